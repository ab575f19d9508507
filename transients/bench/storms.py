"""Alerts that come all at once: a burst out of an archive with one of now in its middle, and one alert again and again."""

from __future__ import annotations

import time
from collections.abc import Collection

import numpy as np

import handlers
from schemas import sha256_hex
from schemas.errors import TransientsError
from transients.config import Settings
from transients.service.parts import utc_now

from .direct import Steps
from .fleet import Fleet
from .lines import Line, line
from .load import PATIENCE_S, archived, documents, feed
from .sizes import Sizes

_STORM, _CALM, _BURST, _NOW = 300_000_000, 310_000_000, 400_000_000, 410_000_000


async def burst(whole: Fleet, steps: Steps, sizes: Sizes) -> list[Line]:
    """Alerts of the archive within a second; the one of now among them is located before all that wait."""
    numbers, now = range(_BURST, _BURST + sizes.burst), utc_now()
    old = documents(numbers, (archived(now, n) for n in numbers))
    fresh = documents([_NOW], [now])
    parse_s = _parsing_s(list(old.values()))
    stored = await _stored(whole)
    begun = time.perf_counter()
    halves = list(old.items())
    await feed(whole, dict(halves[: sizes.burst // 2]), 0.0)
    put = await feed(whole, fresh, 0.0)
    await feed(whole, dict(halves[sizes.burst // 2 :]), 0.0)
    await whole.delivered(stored + sizes.burst + 1, PATIENCE_S)
    drained_s = time.perf_counter() - begun
    if not await whole.came("assessment", fresh, PATIENCE_S):
        raise whole.failure("the alert of now was not located")
    (located_s,) = whole.heard.times("assessment", put)
    _require_before(whole, next(iter(fresh)), old.keys())
    name = f"service: {sizes.burst} alerts of the archive at once"
    direct_s = float(np.median(steps.located_s))
    return [
        line(f"{name}, broker to event", (sizes.burst + 1) / drained_s, "alerts/s", "handlers.parse alone: the same documents",
             parse_s / drained_s),
        line(f"{name}, broker to geometry of the one of now in their middle", 1e3 * located_s, "ms",
             "the same steps called directly, no queue and no database", direct_s / located_s),
    ]  # fmt: skip


def _require_before(whole: Fleet, fresh: str, old: Collection[str]) -> None:
    """Once the alert of now was an event, no more of the archive were located first than were at work already."""
    stood, located = whole.heard.first["event"][fresh], whole.heard.first["assessment"][fresh]
    first = sum(key in old and stood < at < located for key, at in whole.heard.first["assessment"].items())
    at_work = 2 * (Settings().workers + 1)
    if first > at_work:
        raise TransientsError(f"{first} alerts of the archive were located before one of now, more than the {at_work} at work")


async def storm(whole: Fleet, sizes: Sizes) -> list[Line]:
    """One alert again and again, beside as many different ones; it is one document, one event and one job."""
    now = utc_now()
    ((key, document),) = documents([_STORM], [now]).items()
    stored = await _stored(whole)
    begun = time.perf_counter()
    for _ in range(sizes.copies):
        whole.put(document)
    await whole.delivered(stored + sizes.copies)
    storm_s = time.perf_counter() - begun
    await whole.came("assessment", [key], PATIENCE_S)
    await whole.idle()
    await _require_one(whole, key, document, sizes.copies)
    numbers = range(_CALM, _CALM + sizes.copies)
    # Out of the archive: what comes next does not wait for them.
    different = documents(numbers, (archived(now, n) for n in numbers))
    begun = time.perf_counter()
    await feed(whole, different, 0.0)
    await whole.delivered(stored + 2 * sizes.copies)
    different_s = time.perf_counter() - begun
    rate = sizes.copies / storm_s
    name = f"service: one alert {sizes.copies} times, broker to inbox"
    return [line(name, rate, "deliveries/s", "as many different alerts, broker to event", different_s / storm_s)]


async def _require_one(whole: Fleet, key: str, document: bytes, copies: int) -> None:
    event = await whole.store.event(key)
    jobs = [job for job in await whole.store.jobs(key) if job.payload.get("stage") == "geometry"]
    roads = await whole.store.deliveries(sha256_hex(document))
    found = (sum(road.times for road in roads), len(event.history), len(jobs), whole.heard.count["assessment"].get(key, 0))
    if found != (copies, 1, 1, 1):
        raise TransientsError(f"of {copies} copies came {found} deliveries, notices, jobs and results")


async def _stored(whole: Fleet) -> int:
    return sum(state.deliveries for state in await whole.store.source_states())


def _parsing_s(alerts: list[bytes]) -> float:
    begun = time.perf_counter()
    for document in alerts:
        handlers.parse(document)
    return time.perf_counter() - begun

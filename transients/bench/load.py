"""Alerts for the service: which come, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping

import handlers
from schemas import Instant, Notice
from schemas.errors import TransientsError
from transients.missions import shift
from transients.service.parts import utc_now

from .documents import burst
from .fleet import Fleet

#: T0 of an alert whose search is due at once lies this far back, s: the searched window has passed, and its data has come.
_PAST_S = 1200.0
#: Waited for results of a few alerts, on a machine that does much else, s.
PATIENCE_S = 600.0
#: Numbers of the alerts that are not counted.
_WARM = 900_000_000
#: T0 of an alert of the archive, s back.
_ARCHIVE_S = 90 * 86400.0


def due(now: Instant, number: int) -> Instant:
    """T0 of an alert that is searched at once; no two the same."""
    return shift(now, -_PAST_S - number % 1000)


def archived(now: Instant, number: int) -> Instant:
    """T0 of an alert that came out of an archive."""
    return shift(now, -_ARCHIVE_S - number % 10_000)


def documents(numbers: Iterable[int], t0s: Iterable[Instant]) -> dict[str, bytes]:
    """Alerts by the key of their event."""
    made = (burst(number, t0) for number, t0 in zip(numbers, t0s, strict=False))
    return {_key(document): document for document in made}


async def feed(fleet: Fleet, alerts: Mapping[str, bytes], every_s: float) -> dict[str, float]:
    """Put alerts one after the other, at their times whatever becomes of them. Gives the moment of each by event."""
    put: dict[str, float] = {}
    for (key, document), at in zip(alerts.items(), _beats(every_s), strict=False):
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        put[key] = fleet.put(document)
    return put


async def warm(fleet: Fleet, alerts: int) -> None:
    """Take alerts that are not counted, until every worker has imported and compiled what it needs, and nothing more is to do."""
    now = utc_now()
    numbers = range(_WARM, _WARM + alerts)
    put = await feed(fleet, documents(numbers, (due(now, n) for n in numbers)), 0.0)
    await fleet.require_drawn(put, PATIENCE_S)
    await fleet.idle()


def require_once(fleet: Fleet, keys: Iterable[str], assessments: int, drafts: int) -> None:
    """Raise TransientsError where an event was not assessed and drafted exactly so often."""
    for key in keys:
        counts = tuple(fleet.heard.count[what].get(key, 0) for what in ("assessment", "circular"))
        if counts != (assessments, drafts):
            raise TransientsError(f"{key} has {counts[0]} results and {counts[1]} drafts, not {assessments} and {drafts}")


def _beats(every_s: float) -> Iterator[float]:
    begun, n = time.perf_counter(), 0
    while True:
        yield begun + n * every_s
        n += 1


def _key(document: bytes) -> str:
    notice = handlers.parse(document)
    if not isinstance(notice, Notice):
        raise TransientsError(f"the measurement's own document was not taken: {notice}")
    return handlers.event_key(notice)

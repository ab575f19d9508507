"""Data services that are away, silent, refuse or lie, asked by a whole service over the true HTTP client.

Each event has its geometry meanwhile, and its search says what is missing and why; nothing of a lie is in any result; when the services
tell the truth, each event has its final result, once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from cuttable import Line, cuttable
from journey_samples import mission
from lying_services import Answer, Services, serving
from network_faults import all_well, until
from service_samples import about, raw, running, settings

from transients import sources
from transients.config import SourceSettings
from transients.demo import Message
from transients.service import assessing
from transients.service.intake import Intake
from transients.store import Store

pytestmark = pytest.mark.fault

ALERTS = (*about("Antares"), *about("138181"))
KEYS = ("ANTARES:1439919723", "IceCube:138181_66037171")
PAUSE_S = 0.5


@pytest.fixture
async def services(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    # A minute, and 15 s to 5 min, in life.
    monkeypatch.setattr(assessing, "next_look_s", lambda *_: PAUSE_S)
    quick = functools.partial(sources.Breaker, first_pause_s=PAUSE_S, longest_pause_s=2 * PAUSE_S)
    monkeypatch.setattr(sources, "Breaker", quick)
    async with serving() as made:
        yield made


@pytest.fixture
async def line(services: Services) -> AsyncIterator[Line]:
    async with cuttable(("127.0.0.1", services.port)) as made:
        yield made


def with_counts(counts: str) -> Callable[[str, Answer], Answer]:
    """Light curves whose every bin has these counts."""

    def lie(path: str, truth: Answer) -> Answer:
        if "/genlc/" not in path:
            return truth
        row = rb"(?m)^([\d.]+ [-\d.e]+ )\S+( )"
        return dataclasses.replace(truth, body=re.sub(row, rb"\g<1>" + counts.encode() + rb"\2", truth.body))

    return lie


def half(path: str, truth: Answer) -> Answer:
    """Half of each light curve."""
    # Within a row: one cut at the end of a row is a shorter light curve.
    return dataclasses.replace(truth, body=truth.body[: len(truth.body) // 2].rstrip() + b" 1") if "/genlc/" in path else truth


def status(number: int, **headers: str) -> Callable[[str, Answer], Answer]:
    """Nothing but a status."""
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return lambda path, truth: Answer(number, b"not now", {b"content-type": b"text/plain", **sent})


PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><p>Back soon</p></body></html>"
LIES = {
    "a page": (lambda path, truth: Answer(200, PAGE, {b"content-type": b"text/html"}), "an HTML page, not"),
    "half a file": (half, "cut short?"),
    "no numbers": (with_counts("nan"), "every bin is without a number"),
    "less than nothing": (with_counts("-5"), "counts below zero"),
    "forbidden": (status(403), "status 403"),
    "broken": (status(500), "status 500"),
    "busy": (status(429, retry_after="3600"), "status 429"),
    "silence": (lambda path, truth: None, "no answer in time"),
}


@contextlib.asynccontextmanager
async def at_work(port: int, url: str, folder: Path, alerts: Sequence[Message]) -> AsyncIterator[Intake]:
    """A worker with these services, and alerts that came."""
    made = settings(url, folder, sources=SourceSettings(gateway_url=f"http://127.0.0.1:{port}/", timeout_s=2.0))
    intake = Intake(store := await Store.open(url, pool_size=2), made)
    try:
        async with running(made, mission=mission()):
            for number, message in enumerate(alerts):
                await intake.put(raw(message, number))
            yield intake
    finally:
        await store.aclose()


async def put_off(store: Store, says: str) -> None:
    """Each event is looked at, and its search put off for want of data, for this reason."""

    async def said() -> bool:
        jobs = [job for job in await store.jobs() if job.payload.get("stage") == "search" and job.event_key in KEYS]
        return len(jobs) == len(KEYS) and all(says in (job.error or "") for job in jobs)

    await until(said, 120.0)
    for key in KEYS:
        (kept,) = await store.assessments(key)
        assert (kept.verdict, kept.searches) == ("pending", ())
        assert kept.geometry is not None
        assert kept.geometry.visibility is not None
        (search,) = [job for job in await store.jobs(key) if job.payload.get("stage") == "search"]
        assert search.state in ("queued", "running")
        assert search.error is not None
        assert re.match("waiting for: (attitude, )?SPI-ACS ", search.error)


async def found_once(store: Store) -> None:
    """Each event has its search of counts that are there, and the result that wants nothing more once."""
    for key in KEYS:
        kept = await store.assessments(key)
        assert kept[0].verdict == "non-detection", kept[0].caveats
        assert [search.instrument for search in kept[0].searches] == ["SPI-ACS"]
        assert all(each.completeness > 0.9 for each in kept[0].data if each.instrument == "SPI-ACS")
        assert kept[-1].searches == ()
        # Counts may come before the attitude does.
        whole = [each for each in kept if each.searches and each.geometry and each.geometry.orientation]
        assert whole == [kept[0]]


async def test_services_that_lie_refuse_or_are_silent(
    services: Services, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    services.lie, says = LIES["a page"]
    async with at_work(services.port, postgres_url, tmp_path, ALERTS):
        for lie, says in LIES.values():
            services.lie = lie
            await put_off(store, says)
        services.lie = None
        # Those of another event.
        services.reroute = lambda path: re.sub(r"(/genlc/\w+)/[^/]+/", r"\1/2023-06-27T20:00:00.000/", path)
        await put_off(store, "not within")
        for key in KEYS:
            (kept,) = await store.assessments(key)
            assert kept.geometry is not None
            caveats = kept.geometry.caveats
            assert any(each.startswith("No attitude: ") and "an HTML page" in each for each in caveats), caveats
        services.reroute = None
        await all_well(store, len(ALERTS), len(KEYS), 120.0)
    await found_once(store)


async def test_the_line_to_the_services_fails(
    services: Services, line: Line, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    line.refuse()
    async with at_work(line.port, postgres_url, tmp_path, ALERTS) as intake:
        # Once three questions had no answer, nobody waits for another.
        await put_off(store, "left alone for")
        await line.mend()
        line.cut()
        await put_off(store, "left alone for")
        await line.mend()
        line.stall()
        asked = len(services.asked)
        # A new event for which no data is expected needs none, and waits for nobody.
        for number, message in enumerate(about("138193")):
            await intake.put(raw(message, 100 + number))

        async def final() -> bool:
            found = await store.assessment("IceCube:138193_21103478") if len(await store.events()) == 3 else None
            return found is not None and found.verdict == "inactive"

        await until(final)
        await put_off(store, "no answer in time")
        assert len(services.asked) == asked
        await line.mend()
        await all_well(store, len(ALERTS) + 1, len(KEYS) + 1, 120.0)
    await found_once(store)

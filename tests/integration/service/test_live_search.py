"""The live search against the served simulator, through the true client, into Postgres."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import pytest
import uvicorn

from schemas import Instant
from schemas.errors import ServiceUnreachable
from transients.config import ScanSettings
from transients.missions.integral import Integral
from transients.service.live.watch import Watcher, watch
from transients.sources import (
    IntegralServices,
    NoiseOptions,
    Provider,
    ServiceSource,
    SimulatedBurst,
    SimulatedObservatory,
    SimulatedSource,
    load_response,
)
from transients.sources.clock import seconds_between, shift
from transients.store import LIVE, CandidateQuery, Store
from transients.web.services import Faults, create_simulator_app

START = Instant(utc="2023-06-27T20:00:00")
BURST = SimulatedBurst(shift(START, 60.0), 100.0, 20.0, 6e-6, "hard", 2.0)
SETTINGS = ScanSettings(live=True, interval_s=8.0, far_per_day=0.5)
LIVE_ONES = CandidateQuery(scan_id=LIVE)


class Sky:
    """A served simulator whose clock a test moves, and a client of it."""

    def __init__(self, burst: SimulatedBurst = BURST) -> None:
        self.now = START
        self.mission = Integral(load_response())
        self.observatory = SimulatedObservatory(1, self.mission, [burst], NoiseOptions(gaps_per_day=0.0))
        self.faults = Faults()
        provider = Provider(SimulatedSource(self.observatory, self.clock), self.mission, self.clock)
        self.app = create_simulator_app(provider, self.faults)
        self.url = ""

    def clock(self) -> Instant:
        return self.now

    def source(self) -> ServiceSource:
        return ServiceSource(IntegralServices(self.url, clock=self.clock, wait_s=0.01), self.clock)


@contextlib.asynccontextmanager
async def served(sky: Sky) -> AsyncIterator[Sky]:
    server = uvicorn.Server(uvicorn.Config(sky.app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.005)
    sky.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield sky
    finally:
        server.should_exit = True
        await task


async def step(watcher: Watcher) -> None:
    while await watcher.step():
        pass


async def test_a_burst_is_found_within_a_minute_and_a_half(store: Store) -> None:
    async with served(Sky()) as sky, contextlib.aclosing(sky.source()) as data:
        watcher = Watcher(store, data, sky.mission, SETTINGS, sky.clock)
        found: list[Any] = []
        told_s = None
        while not found and seconds_between(sky.now, START) < 300.0:
            await step(watcher)
            found = list(await store.candidates(LIVE_ONES))
            told_s = seconds_between(sky.now, BURST.t0)
            sky.now = shift(sky.now, SETTINGS.interval_s)
        (kept,) = found
        each = kept.candidate
        assert each.classification == "burst"
        assert abs(seconds_between(each.start, BURST.t0)) < 1.0
        assert each.simulated
        assert each.tier == "simulated"
        # Data come after 20 to 66 s; an excess is over 10 s after its end, told in steps of 10 s, looked for every 8 s.
        assert told_s is not None
        assert told_s < 66.0 + 2.0 + 10.0 + 10.0 + 8.0
        (position,) = await store.watch_positions()
        assert 0.0 < seconds_between(sky.now, position.seen) < 90.0


async def test_a_restart_goes_on_and_tells_nothing_twice(store: Store) -> None:
    async with served(Sky()) as sky, contextlib.aclosing(sky.source()) as data:
        await step(Watcher(store, data, sky.mission, SETTINGS, sky.clock))
        await release(store)
        # It was away while the burst came.
        sky.now = shift(START, 400.0)
        second = Watcher(store, data, sky.mission, SETTINGS, sky.clock)
        await step(second)
        (kept,) = await store.candidates(LIVE_ONES)
        assert abs(seconds_between(kept.candidate.start, BURST.t0)) < 1.0
        await release(store)
        sky.now = shift(START, 500.0)
        await step(Watcher(store, data, sky.mission, SETTINGS, sky.clock))
        assert len(await store.candidates(LIVE_ONES)) == 1


async def release(store: Store) -> None:
    """As if the process that searched had died a minute ago."""
    async with store._connection() as connection:
        await connection.execute("UPDATE watch_position SET known_at = known_at - interval '61 seconds'")


async def test_what_is_found_while_the_database_is_away_is_kept_when_it_is_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> NoReturn:
        raise ServiceUnreachable("gone")

    async with served(Sky()) as sky, contextlib.aclosing(sky.source()) as data:
        watcher = Watcher(store, data, sky.mission, SETTINGS, sky.clock)
        await step(watcher)
        sky.now = shift(START, 400.0)
        with monkeypatch.context() as broken:
            broken.setattr(store, "put_live_candidates", away)
            with pytest.raises(ServiceUnreachable):
                await watcher.step()
        assert await store.candidates(LIVE_ONES) == ()
        sky.now = shift(START, 500.0)
        await step(watcher)
        (kept,) = await store.candidates(LIVE_ONES)
        assert abs(seconds_between(kept.candidate.start, BURST.t0)) < 1.0


async def test_a_source_that_breaks_stops_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def breaks(*_: object) -> NoReturn:
        asked.set()
        raise ValueError("a plug-in's mistake")

    stopping = asyncio.Event()
    async with served(Sky()) as sky, contextlib.aclosing(sky.source()) as data:
        monkeypatch.setattr(data, "light_curve", breaks)
        task = asyncio.create_task(watch(store, data, sky.mission, SETTINGS, stopping, sky.clock))
        await asyncio.wait_for(asked.wait(), 10.0)
        stopping.set()
        await asyncio.wait_for(task, 10.0)


async def test_two_processes_do_not_both_search(store: Store) -> None:
    async with served(Sky()) as sky, contextlib.aclosing(sky.source()) as data:
        first, second = (Watcher(store, data, sky.mission, SETTINGS, sky.clock) for _ in range(2))
        await step(first)
        assert not await second.step()
        assert second._search is None
        await release(store)
        await step(second)
        assert second._search is not None
        assert not await first.step()
        assert first._search is None


async def test_a_belt_passage_is_passed_over(store: Store) -> None:
    sky = Sky()
    window = sky.mission.data_window(sky.observatory.revolution(START))
    later = sky.mission.data_window(window.number + 1)
    async with served(sky), contextlib.aclosing(sky.source()) as data:
        sky.now = shift(window.stop, -600.0)
        watcher = Watcher(store, data, sky.mission, SETTINGS, sky.clock)
        await step(watcher)
        sky.now = shift(later.start, 900.0)
        await step(watcher)
        (position,) = await store.watch_positions()
        assert position.seen > shift(later.start, 700.0)


async def test_a_service_that_is_away_stops_nothing(store: Store) -> None:
    sky = Sky()
    stopping = asyncio.Event()
    async with served(sky), contextlib.aclosing(sky.source()):
        gone = ServiceSource(IntegralServices("http://127.0.0.1:9", clock=sky.clock, wait_s=0.01, attempts=1), sky.clock)
        with pytest.raises(ServiceUnreachable):
            await Watcher(store, gone, sky.mission, SETTINGS, sky.clock).step()
        task = asyncio.create_task(watch(store, gone, sky.mission, ScanSettings(live=True, interval_s=0.05), stopping, sky.clock))
        await asyncio.sleep(0.3)
        assert not task.done()
        stopping.set()
        await asyncio.wait_for(task, 5.0)
        await gone.aclose()

"""The clock of the database, or of the service, is stepped by an hour: jobs that are due are run, once, and soon."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from network_faults import until

from schemas import Instant
from transients.store import JobRunner, RetryLater, Store, jobs, runner

pytestmark = pytest.mark.fault

#: The database's clock seems to be stepped by moving everything it wrote the other way.
STEP = """
    UPDATE job SET created = created - $1::interval, started = started - $1::interval, due = due - $1::interval,
                   touched = touched - $1::interval
"""
HOUR = dt.timedelta(hours=1)


class Work:
    """A handler that notes when it is called; "again" asks to come later the first time, "long" waits until it may end."""

    def __init__(self) -> None:
        self.calls: list[tuple[str | None, float]] = []
        self.may_end = asyncio.Event()

    async def __call__(self, event_key: str | None, payload: dict[str, Any]) -> None:
        self.calls.append((event_key, time.monotonic()))
        if event_key == "again" and self.times("again") == 1:
            raise RetryLater(3.0, "not there yet")
        if event_key == "long":
            await self.may_end.wait()

    def times(self, key: str) -> int:
        return [called for called, _ in self.calls].count(key)


@pytest.fixture
async def work(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Work]:
    """Two workers with one handler."""
    # Half a minute in life.
    monkeypatch.setattr(runner, "_STEADY_S", 0.5)
    made = Work()
    runners = [JobRunner(store, {"step": made}) for _ in range(2)]
    tasks = [asyncio.create_task(each.run()) for each in runners]
    yield made
    made.may_end.set()
    for each in runners:
        await each.stop(5.0)
    await asyncio.wait_for(asyncio.gather(*tasks), 20.0)


async def step(store: Store, by: dt.timedelta) -> None:
    connection = await asyncpg.connect(store.url)
    await connection.execute(STEP, by)
    await connection.close()


async def all_done(store: Store) -> None:
    async def done() -> bool:
        return {job.state for job in await store.jobs()} == {"done"}

    await until(done, 30.0)


async def test_the_databases_clock_is_stepped_back(store: Store, work: Work) -> None:
    begun = time.monotonic()
    await store.enqueue("step", "again")
    due = Instant.from_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3.0))
    await store.enqueue("step", "due", not_before=due)
    await store.enqueue("step", "long")

    async def put_off() -> bool:
        return work.times("again") == work.times("long") == 1 and not await store.jobs(state="running", event_key="again")

    await until(put_off)
    await step(store, -HOUR)
    await store.enqueue("step", "new")
    await asyncio.sleep(runner.HEARTBEAT_TIMEOUT_S + 2.0)
    # A worker that lives keeps its job.
    assert work.times("long") == 1
    work.may_end.set()
    await all_done(store)
    assert {key: work.times(key) for key in ("again", "due", "long", "new")} == {"again": 2, "due": 1, "long": 1, "new": 1}
    called = dict(work.calls)
    assert called["due"] - begun >= 2.9
    assert called["again"] - begun >= 2.9


async def test_the_databases_clock_is_stepped_back_while_nobody_works(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_STEADY_S", 0.5)
    # In the hands of a worker that died, which gave a sign of life just before.
    await store.enqueue("step", "left")
    connection = await asyncpg.connect(store.url)
    assert len(await runner.take_jobs(connection, ["step"], 1, silent_s=60.0)) == 1
    await connection.close()
    await store.enqueue("step", "waits")
    await step(store, -HOUR)
    work = Work()
    work.may_end.set()
    alive = JobRunner(store, {"step": work})
    task = asyncio.create_task(alive.run())
    await all_done(store)
    assert sorted(key or "" for key, _ in work.calls) == ["left", "waits"]
    await alive.stop(5.0)
    await asyncio.wait_for(task, 20.0)


async def test_the_databases_clock_is_stepped_forward(store: Store, work: Work) -> None:
    due = Instant.from_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1800.0))
    await store.enqueue("step", "due", not_before=due)
    await store.enqueue("step", "long")

    async def at_work() -> bool:
        return work.times("long") == 1

    await until(at_work)
    await step(store, HOUR)

    async def called() -> bool:
        return work.times("due") == 1

    await until(called, 30.0)
    work.may_end.set()
    await all_done(store)
    # Its worker may seem to have been silent for an hour: then another began it too, and one of the two has the say.
    assert work.times("long") <= 2
    (long,) = [job for job in await store.jobs() if job.event_key == "long"]
    assert (long.state, long.attempts) == ("done", work.times("long"))
    assert work.times("due") == 1


@pytest.mark.parametrize("off", [-HOUR, HOUR])
async def test_the_services_clock_is_off(off: dt.timedelta, store: Store, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    class Off(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) + off

    class Dates:
        datetime, timedelta, UTC = Off, dt.timedelta, dt.UTC

    monkeypatch.setattr(jobs, "dt", Dates)
    begun = time.monotonic()
    await store.enqueue("step", "due", not_before=Instant.from_datetime(Off.now(dt.UTC) + dt.timedelta(seconds=2.0)))
    await all_done(store)
    assert work.times("due") == 1
    assert work.calls[0][1] - begun >= 1.9

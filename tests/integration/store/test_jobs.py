"""Jobs on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import asyncpg
import pytest

from schemas import Instant
from schemas.errors import DatabaseUnreachable, NoData, NotFound, ServiceUnreachable
from transients.store import Job, JobRunner, RetryLater, Store, Wanted
from transients.store.queries import load_queries
from transients.store.queue import FIRST_PRIORITY, OUTSIDE
from transients.store.runner import Handler, take_jobs


@contextlib.asynccontextmanager
async def worker(store: Store, handlers: Mapping[str, Handler], **options: Any) -> AsyncIterator[JobRunner]:
    runner = JobRunner(store, handlers, **{"first_delay_s": 0.05, **options})
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        await runner.stop(5)
        await asyncio.wait_for(task, 15)


async def until(store: Store, good: Callable[[tuple[Job, ...]], bool]) -> tuple[Job, ...]:
    """The jobs, when they are as wanted."""
    async with asyncio.timeout(20):
        # Another process could be the one that works: there is nothing to wait on but the rows.
        while not good(jobs := await store.jobs()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return jobs


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A line to the database of one's own."""
    made = await asyncpg.connect(postgres_url)
    yield made
    await made.close()


def all_in(*states: str) -> Callable[[tuple[Job, ...]], bool]:
    return lambda jobs: all(job.state in states for job in jobs)


async def test_a_job_runs_with_what_it_was_given(store: Store) -> None:
    seen: list[Any] = []

    async def geometry(event_key: str | None, payload: dict[str, Any]) -> None:
        seen.append((event_key, payload))

    async with worker(store, {"geometry": geometry}):
        assert await store.enqueue("geometry", "IceCube:S1", {"revision": 3, "x": 1.5}) is not None
        (job,) = await until(store, all_in("done"))
    assert seen == [("IceCube:S1", {"revision": 3, "x": 1.5})]
    assert (job.kind, job.attempts, job.error) == ("geometry", 1, None)
    assert job.finished is not None
    assert await store.jobs("IceCube:S1") == (job,)
    assert await store.jobs("other") == ()


async def test_the_same_key_is_queued_once_for_ever(store: Store) -> None:
    calls: list[int] = []

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        calls.append(1)

    first = await asyncio.gather(*(store.enqueue("step", "e", dedupe_key="e/1") for _ in range(10)))
    assert sum(number is not None for number in first) == 1
    async with worker(store, {"step": step}):
        await until(store, all_in("done"))
        assert await store.enqueue("step", "e", dedupe_key="e/1") is None
        await store.enqueue("step", "e", dedupe_key="e/2")
        await until(store, lambda jobs: len(jobs) == 2 and all_in("done")(jobs))
    assert len(calls) == 2


async def test_a_job_of_a_transaction_that_failed_was_never_there(store: Store) -> None:
    with contextlib.suppress(KeyError):
        async with store.transaction():
            await store.enqueue("step", dedupe_key="k")
            raise KeyError
    assert await store.jobs() == ()
    assert await store.enqueue("step", dedupe_key="k") is not None


async def test_higher_priority_first_and_not_before_its_time(store: Store) -> None:
    order: list[str | None] = []

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        order.append(event_key)

    # Long enough for a worker to start on a busy machine.
    started = time.monotonic()
    due = Instant.from_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4.0))
    await store.enqueue("step", "later", priority=99, not_before=due)
    for key, priority in (("low", 0), ("high", 5), ("middle", 2)):
        await store.enqueue("step", key, priority=priority)
    async with worker(store, {"step": step}, concurrency=1):
        await until(store, all_in("done"))
    assert order == ["high", "middle", "low", "later"]
    assert time.monotonic() - started > 3.9


async def test_what_passes_is_tried_again_and_what_does_not_is_failed_and_kept(store: Store) -> None:
    calls: dict[str | None, int] = {}

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        calls[event_key] = calls.get(event_key, 0) + 1
        if event_key == "flaky" and calls[event_key] < 3:
            raise ServiceUnreachable("later")
        if event_key == "never":
            raise NoData("there is none")
        if event_key == "bug":
            raise ZeroDivisionError("oops")
        if event_key == "waits" and calls[event_key] < 4:
            raise RetryLater(0.01, "the window has not passed")

    for key in ("flaky", "never", "bug", "waits"):
        await store.enqueue("step", key)
    async with worker(store, {"step": step}, max_attempts=3):
        jobs = {job.event_key: job for job in await until(store, all_in("done", "failed"))}
        assert {key: (job.state, job.attempts) for key, job in jobs.items()} == {
            "flaky": ("done", 3),
            "never": ("failed", 1),
            "bug": ("failed", 3),
            "waits": ("done", 4),
        }
        assert jobs["never"].error == "no-data: there is none"
        assert jobs["bug"].error == "ZeroDivisionError: oops"
        assert await store.job_counts() == {"done": 2, "failed": 2}
        # A person has another try made.
        await store.retry_failed(jobs["never"].job_id)
        await until(store, lambda now: calls["never"] == 2 and all_in("done", "failed")(now))
    with pytest.raises(NotFound):
        await store.retry_failed(jobs["flaky"].job_id)


async def test_only_errors_of_its_own_are_counted(store: Store) -> None:
    calls = 0

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls <= 4:
            raise RetryLater(0.01, "not there yet")
        if calls <= 8:
            raise DatabaseUnreachable("DiskFullError: no space", where="database")
        if calls <= 10:
            raise ServiceUnreachable("later")

    await store.enqueue("step")
    async with worker(store, {"step": step}, max_attempts=3, first_delay_s=0.001):
        (job,) = await until(store, all_in("done", "failed"))
    assert (job.state, job.attempts) == ("done", 11)
    # Two of its own were; a third would have been one too many.
    await store.enqueue("step", "other")
    calls = 8
    async with worker(store, {"step": step}, max_attempts=2, first_delay_s=0.001):
        other, _ = await until(store, all_in("done", "failed"))
    assert (other.state, other.attempts) == ("failed", 2)


async def test_an_attempt_taken_for_dead_changes_nothing_more(store: Store, connection: asyncpg.Connection) -> None:
    await store.enqueue("step")
    (first,) = await take_jobs(connection, ["step"], 5, silent_s=60.0)
    assert await take_jobs(connection, ["step"], 5, silent_s=60.0) == []
    # Whoever still has it does not take it from itself.
    assert await take_jobs(connection, ["step"], 5, silent_s=0.0, at_work=[first.job_id]) == []
    (second,) = await take_jobs(connection, ["step"], 5, silent_s=0.0)
    assert (first.attempt, second.attempt) == (1, 2)
    await store.finish_job(second, "done")
    await store.finish_job(first, "failed", "the database went away", wrong=True)
    (job,) = await store.jobs()
    assert (job.state, job.error) == ("done", None)
    # Nor does one of the same number, where a crash of the server forgot that the first was begun.
    await store.finish_job(second, "queued", "stopped")
    (job,) = await store.jobs()
    assert (job.state, job.error) == ("done", None)
    assert await take_jobs(connection, ["step"], 5, silent_s=0.0) == []


async def test_a_failed_job_of_the_version_before_is_taken_again(store: Store, connection: asyncpg.Connection) -> None:
    number = await store.enqueue("step")
    assert number is not None
    (first,) = await take_jobs(connection, ["step"], 5, silent_s=60.0)
    await store.finish_job(first, "failed", "wrong")
    await connection.execute("UPDATE job SET lane = NULL")
    await store.retry_failed(number)
    (again,) = await take_jobs(connection, ["step"], 5, silent_s=60.0)
    assert again.job_id == number


async def test_jobs_that_wait_for_others_servers_keep_nobody_waiting(store: Store) -> None:
    silent = asyncio.Event()
    sending: list[str | None] = []

    async def deliver(event_key: str | None, payload: dict[str, Any]) -> None:
        sending.append(event_key)
        await silent.wait()

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        pass

    # Told before anything else, and more of them than there are places.
    for number in range(OUTSIDE["deliver"] + 2):
        await store.enqueue("deliver", str(number), priority=FIRST_PRIORITY + 10)
    async with worker(store, {"step": step, "deliver": deliver}, concurrency=1):
        await until(store, lambda jobs: len(sending) == OUTSIDE["deliver"])
        await store.enqueue("step", priority=FIRST_PRIORITY)
        await store.enqueue("step")
        await until(store, lambda jobs: [job.state for job in jobs].count("done") == 2)
        assert len(sending) == OUTSIDE["deliver"]
        silent.set()
        await until(store, all_in("done"))


async def test_no_more_at_once_than_asked(store: Store) -> None:
    now, most = 0, 0

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1

    for _ in range(12):
        await store.enqueue("step")
    async with worker(store, {"step": step}, concurrency=3):
        await until(store, all_in("done"))
    assert most == 3


async def test_stopping_lets_work_finish_and_gives_the_rest_back(store: Store) -> None:
    done: list[str | None] = []
    running = asyncio.Event()

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        running.set()
        await asyncio.sleep(0.2 if event_key == "short" else 60)
        done.append(event_key)

    await store.enqueue("step", "short", priority=1)
    await store.enqueue("step", "long")
    runner = JobRunner(store, {"step": step}, 2)
    task = asyncio.create_task(runner.run())
    await running.wait()
    await until(store, all_in("running"))
    await runner.stop(1.0)
    await asyncio.wait_for(task, 10)
    assert done == ["short"]
    states = {job.event_key: job.state for job in await store.jobs()}
    assert states == {"short": "done", "long": "queued"}

    async def quick(event_key: str | None, payload: dict[str, Any]) -> None:
        done.append(event_key)

    async with worker(store, {"step": quick}):
        await until(store, all_in("done"))
    assert done == ["short", "long"]


async def test_many_jobs_over_two_workers_run_once_each(store: Store, postgres_url: str) -> None:
    seen: list[int] = []

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        seen.append(payload["n"])

    async with store.transaction():
        for n in range(60):
            await store.enqueue("step", payload={"n": n})
    other = await Store.open(postgres_url, pool_size=2)
    async with worker(store, {"step": step}), worker(other, {"step": step}):
        await until(store, all_in("done"))
    await other.aclose()
    assert sorted(seen) == list(range(60))


async def test_to_take_a_job_changes_no_index(store: Store, connection: asyncpg.Connection) -> None:
    """Else every job costs each index of the table twice as much."""
    await store.enqueue_many([Wanted("step", str(number), dedupe_key=str(number)) for number in range(20)])
    updates = "SELECT pg_stat_get_xact_tuples_updated('job'::regclass), pg_stat_get_xact_tuples_hot_updated('job'::regclass)"
    async with connection.transaction():
        taken = await take_jobs(connection, ["step"], 20, silent_s=60.0)
        numbers, attempts = zip(*((job.job_id, job.attempt) for job in taken), strict=True)
        await connection.execute(load_queries()["beat"], numbers, attempts)
        assert tuple(await connection.fetchrow(updates)) == (40, 40)


async def test_a_worker_busy_with_long_jobs_has_a_place_for_what_goes_first(store: Store) -> None:
    go_on, first_done, running = asyncio.Event(), asyncio.Event(), 0

    async def long(event_key: str | None, payload: dict[str, Any]) -> None:
        nonlocal running
        running += 1
        await go_on.wait()

    async def look(event_key: str | None, payload: dict[str, Any]) -> None:
        first_done.set()

    async with worker(store, {"long": long, "look": look}, concurrency=1):
        for _ in range(3):
            await store.enqueue("long", priority=FIRST_PRIORITY - 1)
        async with asyncio.timeout(20):
            while not running:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await store.enqueue("look", priority=FIRST_PRIORITY - 1)
        await store.enqueue("look", priority=FIRST_PRIORITY)
        await asyncio.wait_for(first_done.wait(), 20)
        states = {(job.kind, job.priority): job.state for job in await store.jobs()}
        # What goes first takes nobody's place, and makes none for others.
        assert (running, states["look", FIRST_PRIORITY - 1]) == (1, "queued")
        go_on.set()
        await until(store, all_in("done"))


async def test_first_looks_without_end_leave_a_place_to_the_rest(store: Store) -> None:
    looked = asyncio.Event()
    first, rest = 0, 0

    async def look(event_key: str | None, payload: dict[str, Any]) -> None:
        nonlocal first
        first += 1
        await looked.wait()

    async def search(event_key: str | None, payload: dict[str, Any]) -> None:
        nonlocal rest
        rest += 1

    await store.enqueue_many([Wanted("look", priority=FIRST_PRIORITY) for _ in range(10)])
    await store.enqueue_many([Wanted("search", priority=FIRST_PRIORITY - 1) for _ in range(3)])
    async with worker(store, {"look": look, "search": search}, concurrency=2):
        await until(store, lambda jobs: rest == 3 and first == 3)
        # One after the other in the one place that was theirs; then the first looks had that too.
        states = [job.state for job in await store.jobs() if job.kind == "look"]
        assert (states.count("running"), states.count("queued")) == (3, 7)
        looked.set()
        await until(store, all_in("done"))

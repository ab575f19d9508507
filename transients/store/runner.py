"""The worker: takes jobs from the queue and runs their handlers, on as many machines as there are."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import asyncpg
import structlog

from schemas.errors import DatabaseUnreachable, ServiceUnreachable, TransientsError

from .database import COMMAND_TIMEOUT_S, PASSING, SERVER_SETTINGS, translated
from .jobs import Jobs, JobState, Started, started_of
from .places import Places, places_for
from .queries import load_queries
from .queue import DUE_CHANNEL

#: (event key, payload): runs a job. Raising retries it later or fails it, by the error's `retriable`.
Handler = Callable[[str | None, dict[str, Any]], Awaitable[None]]
#: (kind, how it ended, seconds): told of each attempt. It ends "done", "later" (asked to come again), "again" (went wrong), "failed"
#: (went wrong for good) or "stopped".
Observe = Callable[[str, str, float], None]
#: A killed worker's jobs go to others after this.
HEARTBEAT_TIMEOUT_S = 4.0
MAX_ATTEMPTS = 6
FIRST_DELAY_S = 2.0
MAX_DELAY_S = 300.0
#: The same where the database itself was the reason: as soon as it is back, what waited is wanted.
MAX_DATABASE_DELAY_S = 30.0
#: A job does in seconds what it does at all; a data service may take a minute for each of its answers.
LONGEST_S = 900.0
_RECONNECT_S = 1.0
#: New jobs are announced; what comes due later, was put back or left by a worker that died is not: so the queue is looked at this
#: often, s.
_LOOK_S = 1.0
#: An answer of the queue that takes longer than this will not come, s.
_PATIENCE_S = 10.0
#: Between looks for jobs that a clock stepped back or a process of the version before keeps from being found.
_STEADY_S = 30.0


class RetryLater(Exception):  # noqa: N818 -- says what to do, not what went wrong
    """Raised by a handler to be called again after a delay, however often."""

    def __init__(self, delay_s: float, reason: str) -> None:
        super().__init__(reason)
        self.delay_s = delay_s


class JobRunner:
    """Runs jobs until stopped; goes on when the database went away and came back.

    A handler that raises is tried again, later each time, if the error is retriable (`TransientsError.retriable`, or an
    error that is none of ours: it may pass) and at most `max_attempts` times; then the job is failed and stays readable.
    Only errors of its own count: not that it was asked to come later, that its worker was stopped or died, nor that the
    database went away or had no space.

    Parameters
    ----------
    store : Jobs
        Where the jobs are.
    handlers : mapping
        One per kind of job.
    concurrency : int
        Jobs at once in this process; and one more of those that go first (`queue.FIRST_PRIORITY`), and those that wait for
        others' servers (`queue.OUTSIDE`); see `places.places_for`.
    heartbeat_timeout_s : float
        Jobs of a worker that gave no sign of them for so long go to others.
    longest_s : float
        A job that takes longer is broken off and tried again, like one that failed: nothing else waits behind it for ever.
    observe : callable, optional
        Told how each attempt ended.
    first_delay_s, max_attempts : float, int
        Of the retries after errors; each waits twice as long as the one before, at most `MAX_DELAY_S`.
    """

    def __init__(
        self,
        store: Jobs,
        handlers: Mapping[str, Handler],
        concurrency: int = 2,
        *,
        first_delay_s: float = FIRST_DELAY_S,
        max_attempts: int = MAX_ATTEMPTS,
        heartbeat_timeout_s: float = HEARTBEAT_TIMEOUT_S,
        longest_s: float = LONGEST_S,
        observe: Observe | None = None,
    ) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._first_delay_s = first_delay_s
        self._max_attempts = max_attempts
        self._longest_s = longest_s
        self._observe = observe
        self._silent_s = heartbeat_timeout_s
        self._places = places_for(self._handlers, concurrency)
        self._lanes = sorted({lane for places in self._places for lanes in places.turns for lane in lanes})
        #: Lanes in which something is due, as far as is known.
        self._due: set[str] = set()
        #: Jobs at work, by number and attempt.
        self._running: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._log = structlog.get_logger("transients.jobs")

    async def run(self) -> None:
        """Work until `stop`, and then until what runs has ended."""
        while not self._over:
            try:
                await self._work()
            except Exception as error:
                # Whatever it is, a worker that ends would let the work lie.
                self._log.warning(
                    "the queue broke off; trying again",
                    action="jobs-lost",
                    error=str(error),
                    exc_info=not isinstance(error, (*PASSING, ServiceUnreachable)),
                )
                self._wake.clear()
                await self._pause(_RECONNECT_S)

    async def stop(self, deadline_s: float = 20.0) -> None:
        """Take no more jobs, let running ones finish within the deadline, then cancel them; they go back to the queue."""
        self._stopping = True
        self._wake.set()
        over_at = time.monotonic() + deadline_s
        while self._running and (left_s := over_at - time.monotonic()) > 0.0:
            await asyncio.wait(set(self._running.values()), timeout=left_s)
        for task in self._running.values():
            task.cancel()

    @property
    def _over(self) -> bool:
        return self._stopping and not self._running

    async def _pause(self, longest_s: float) -> None:
        """Until something may have to be done."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), longest_s)
        self._wake.clear()

    async def _work(self) -> None:
        """Fill the places as long as the line to the database holds, on which it hears of new jobs."""
        with translated():
            connection = await asyncpg.connect(
                self._store.url, server_settings=SERVER_SETTINGS, command_timeout=COMMAND_TIMEOUT_S
            )
        steadying = asyncio.create_task(self._steady(), name="steady the queue")
        try:
            connection.add_termination_listener(lambda _connection: self._wake.set())
            await connection.add_listener(DUE_CHANNEL, self._hear)
            look = 0.0
            while not self._over:
                if time.monotonic() >= look:
                    look = time.monotonic() + await self._look(connection)
                await self._fill(connection)
                await self._pause(max(0.0, look - time.monotonic()))
                if connection.is_closed():
                    raise DatabaseUnreachable("the line on which jobs are heard of broke", where="database")
        finally:
            steadying.cancel()
            await _close(connection)

    def _hear(self, _connection: Any, _pid: int, _channel: str, lane: str) -> None:
        self._due.add(lane)
        self._wake.set()

    async def _look(self, connection: Any) -> float:
        """Give a sign of life for what runs, and see what is due without having been announced. Gives how soon to look again, s."""
        if self._running:
            numbers, attempts = zip(*self._running, strict=True)
            await _ask(connection, load_queries()["beat"], numbers, attempts)
        every_s = min(_LOOK_S, 0.25 * self._silent_s)
        for row in await _ask(connection, load_queries()["look"], self._lanes, self._silent_s):
            if row["lane"] is not None:
                self._due.add(row["lane"])
            elif row["wait_s"] is not None:
                every_s = min(every_s, row["wait_s"])
        return every_s

    async def _fill(self, connection: Any) -> None:
        """Start what is due where there is a place for it."""
        for places in self._places:
            for lanes in places.turns:
                due = lanes & self._due
                if due and places.free and not self._stopping:
                    await self._take(connection, places, due)

    async def _take(self, connection: Any, places: Places, due: frozenset[str]) -> None:
        # What is announced from now on may not be found any more.
        self._due -= due
        asked = places.free
        at_work = [number for number, _ in self._running]
        found = await take_jobs(connection, due, asked, silent_s=self._silent_s, at_work=at_work)
        if len(found) == asked:
            # There may be more.
            self._due |= due
        for started in found:
            if self._stopping:
                await self._store.finish_job(started, "queued", "stopped before it was begun")
                continue
            places.busy += 1
            attempt = asyncio.create_task(self._attempt(started, places), name=f"job {started.job_id}")
            self._running[started.job_id, started.attempt] = attempt

    async def _steady(self) -> None:
        """Now and then, let nothing wait for a clock that was stepped back, or for want of a lane."""
        while True:
            try:
                await self._store.steady_queue()
                await self._store.give_lanes()
            except Exception as error:
                # Whatever it is, it may pass.
                ours = isinstance(error, TransientsError)
                self._log.warning("cannot steady the queue", action="jobs-steady-failed", error=str(error), exc_info=not ours)
            await asyncio.sleep(_STEADY_S)

    async def _attempt(self, started: Started, places: Places) -> None:
        try:
            await self._run_one(started)
        except Exception as error:
            # What became of the job could not be written. It counts as left by a worker that died, and comes again.
            self._log.warning("a job's end was not written", action="job-unwritten", job=started.job_id, error=str(error))
        finally:
            del self._running[started.job_id, started.attempt]
            places.busy -= 1
            self._wake.set()

    async def _run_one(self, started: Started) -> None:
        kind = started.kind
        log = self._log.bind(job=started.job_id, kind=kind, event_key=started.event_key, attempt=started.attempt)
        begun = time.monotonic()
        try:
            await self._in_time(started)
        except asyncio.CancelledError:
            self._tell(kind, "stopped", begun)
            await asyncio.shield(self._store.finish_job(started, "queued", "stopped before it was done"))
        except RetryLater as error:
            self._tell(kind, "later", begun)
            await self._store.finish_job(started, "queued", str(error), again_s=error.delay_s)
        except Exception as error:
            delay_s = self._delay(error, started)
            self._tell(kind, "failed" if delay_s is None else "again", begun)
            said = f"{getattr(error, 'kind', type(error).__name__)}: {error}"
            ours = isinstance(error, TransientsError)
            log.warning("a job went wrong", action="job-error", error=said, again_in_s=delay_s, exc_info=not ours)
            wrong = not isinstance(error, DatabaseUnreachable)
            state: JobState = "failed" if delay_s is None else "queued"
            await self._store.finish_job(started, state, said, wrong=wrong, again_s=delay_s or 0.0)
        else:
            self._tell(kind, "done", begun)
            await self._store.finish_job(started, "done")

    def _tell(self, kind: str, outcome: str, begun: float) -> None:
        if self._observe is not None:
            self._observe(kind, outcome, time.monotonic() - begun)

    async def _in_time(self, started: Started) -> None:
        try:
            async with asyncio.timeout(self._longest_s) as limit:
                await self._handlers[started.kind](started.event_key, started.payload)
        except TimeoutError as error:
            if limit.expired():
                raise TimeoutError(f"took longer than {self._longest_s:g} s and was broken off") from error
            raise

    def _delay(self, error: Exception, started: Started) -> float | None:
        """Seconds until the next try; None: no more."""
        if isinstance(error, DatabaseUnreachable):
            # Not the job's fault, and its result can be written nowhere else: it comes again for as long as that lasts.
            return min(self._first_delay_s * 2.0 ** min(started.attempt - 1, 30), MAX_DATABASE_DELAY_S)
        retriable = error.retriable if isinstance(error, TransientsError) else True
        if not retriable or started.errors + 1 >= self._max_attempts:
            return None
        return min(self._first_delay_s * 2.0**started.errors, MAX_DELAY_S)


async def take_jobs(
    connection: Any, lanes: Iterable[str], most: int, *, silent_s: float, at_work: Sequence[int] = ()
) -> list[Started]:
    """Take due jobs, and such as are in the hands of a worker that gave no sign for so long; but none of those `at_work` here."""
    return [started_of(row) for row in await _ask(connection, load_queries()["take_jobs"], list(lanes), most, silent_s, at_work)]


async def _ask(connection: Any, query: str, *arguments: Any) -> Sequence[Any]:
    with translated():
        rows: Sequence[Any] = await connection.fetch(query, *arguments, timeout=_PATIENCE_S)
    return rows


async def _close(connection: Any) -> None:
    try:
        await asyncio.wait_for(connection.close(), 3.0)
    except PASSING:
        connection.terminate()

"""The worker: takes jobs from the queue and runs their handlers, on as many machines as there are."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob
from pgqueuer.qm import QueueManager

from schemas.errors import DatabaseUnreachable, ServiceUnreachable, TransientsError

from .database import COMMAND_TIMEOUT_S, PASSING, SERVER_SETTINGS, translated
from .jobs import Jobs, Started
from .queue import FIRST_LANE, OUTSIDE, QUEUE_CHANNEL, queue_on

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
#: New jobs are announced, but a job put back for a retry is not: so the queue is looked at this often.
_LOOK = dt.timedelta(seconds=1)
#: Between looks for jobs that are open but in no queue: the library drops a job whose retry it could not write.
_ADOPT_S = 30.0


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
        others' servers (`queue.OUTSIDE`).
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
        self._concurrency = concurrency
        self._first_delay_s = first_delay_s
        self._max_attempts = max_attempts
        self._longest_s = longest_s
        self._observe = observe
        self._heartbeat = dt.timedelta(seconds=heartbeat_timeout_s)
        self._stopping = asyncio.Event()
        self._managers: list[QueueManager] = []
        self._running: set[asyncio.Task[Any]] = set()
        self._log = structlog.get_logger("transients.jobs")

    async def run(self) -> None:
        """Work until `stop`."""
        inside = [kind for kind in self._handlers if kind not in OUTSIDE]
        outside = [kind for kind in self._handlers if kind in OUTSIDE]
        await asyncio.gather(
            self._take((*inside, FIRST_LANE), self._concurrency),
            self._take((FIRST_LANE,), 1),
            *(self._take((kind,), OUTSIDE[kind]) for kind in outside),
        )

    async def _take(self, lanes: Sequence[str], concurrency: int) -> None:
        """Work off lanes until `stop`, so many jobs at once."""
        while not self._stopping.is_set():
            try:
                await self._work(lanes, concurrency)
            except Exception as error:
                # Whatever it is, a worker that ends would let the work lie.
                if self._stopping.is_set():
                    return
                self._log.warning(
                    "the queue broke off; trying again",
                    action="jobs-lost",
                    error=str(error),
                    exc_info=not isinstance(error, PASSING),
                )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _RECONNECT_S)

    async def stop(self, deadline_s: float = 20.0) -> None:
        """Take no more jobs, let running ones finish within the deadline, then cancel them; they go back to the queue."""
        self._stopping.set()
        for manager in self._managers:
            manager.shutdown.set()
        if self._running:
            await asyncio.wait(self._running, timeout=deadline_s)
        for task in self._running:
            task.cancel()

    async def _work(self, lanes: Sequence[str], concurrency: int) -> None:
        with translated():
            connection = await asyncpg.connect(
                self._store.url, server_settings=SERVER_SETTINGS, command_timeout=COMMAND_TIMEOUT_S
            )
        adopting: asyncio.Task[None] | None = None
        manager = QueueManager(queue_on(connection), channel=QUEUE_CHANNEL)
        self._managers.append(manager)
        try:
            attempt = functools.partial(self._attempt, asyncio.Semaphore(concurrency))
            for lane in lanes:
                manager.entrypoint(lane, accepts_context=False)(attempt)
            if self._stopping.is_set():
                return
            adopting = asyncio.create_task(self._adopt(), name="adopt jobs")
            await manager.run(
                dequeue_timeout=_LOOK,
                batch_size=1,
                # The library wants at least twice the batch; the semaphore keeps the true number.
                max_concurrent_tasks=max(2, concurrency),
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self._heartbeat,
            )
        finally:
            self._managers = [each for each in self._managers if each is not manager]
            if adopting is not None:
                adopting.cancel()
            await _close(connection)

    async def _adopt(self) -> None:
        """Now and then, queue again what fell out of the queue, and let nothing wait for a clock that was stepped back."""
        while True:
            try:
                await self._store.steady_queue()
                adopted = await self._store.adopt_orphans()
                if adopted:
                    self._log.warning("jobs had fallen out of the queue", action="jobs-adopted", jobs=adopted)
            except ServiceUnreachable as error:
                self._log.warning("cannot look for lost jobs", action="jobs-adopt-failed", error=str(error))
            await asyncio.sleep(_ADOPT_S)

    async def _attempt(self, slots: asyncio.Semaphore, queued: QueuedJob) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            async with slots:
                await self._run_one(int((queued.payload or b"").decode()))
        except asyncio.CancelledError:
            raise RetryRequested(dt.timedelta(0), "the worker is stopping") from None
        except RetryRequested:
            raise
        except Exception as error:
            # What became of the job could not be written: it must come again.
            raise RetryRequested(dt.timedelta(seconds=_RECONNECT_S), str(error)) from error
        finally:
            self._running.discard(task)

    async def _run_one(self, job_id: int) -> None:
        started = await self._store.start_job(job_id)
        if started is None:
            return
        kind = started.kind
        log = self._log.bind(job=job_id, kind=kind, event_key=started.event_key, attempt=started.attempt)
        begun = time.monotonic()
        try:
            await self._in_time(started)
        except asyncio.CancelledError:
            self._tell(kind, "stopped", begun)
            await asyncio.shield(self._store.finish_job(started, "queued", "stopped before it was done"))
            raise
        except RetryLater as error:
            self._tell(kind, "later", begun)
            await self._store.finish_job(started, "queued", str(error))
            raise RetryRequested(dt.timedelta(seconds=error.delay_s), str(error)) from error
        except Exception as error:
            delay_s = self._delay(error, started)
            self._tell(kind, "failed" if delay_s is None else "again", begun)
            said = f"{getattr(error, 'kind', type(error).__name__)}: {error}"
            ours = isinstance(error, TransientsError)
            log.warning("a job went wrong", action="job-error", error=said, again_in_s=delay_s, exc_info=not ours)
            wrong = not isinstance(error, DatabaseUnreachable)
            await self._store.finish_job(started, "failed" if delay_s is None else "queued", said, wrong=wrong)
            if delay_s is not None:
                raise RetryRequested(dt.timedelta(seconds=delay_s), said) from error
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


async def _close(connection: Any) -> None:
    try:
        await asyncio.wait_for(connection.close(), 3.0)
    except PASSING:
        connection.terminate()

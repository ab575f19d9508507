"""Jobs: queued in the transaction of the result that asks for them, readable for ever."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from schemas import Instant, Record, to_json
from schemas.errors import NotFound

from .database import instant, stamp_or_none
from .outgoing import Outgoing
from .queue import FIRST_LANE, FIRST_PRIORITY, OUTSIDE, lane

JobState = Literal["queued", "running", "done", "failed"]


class Job(Record, frozen=True, kw_only=True):
    """A job and what became of it."""

    job_id: int
    kind: str
    event_key: str | None = None
    payload: dict[str, Any] = msgspec.field(default_factory=dict)
    dedupe_key: str | None = None
    priority: int = 0
    state: JobState = "queued"
    #: Times it was started.
    attempts: int = 0
    not_before: Instant | None = None
    created: Instant
    started: Instant | None = None
    finished: Instant | None = None
    #: What went wrong the last time: "kind: message".
    error: str | None = None


@dataclasses.dataclass(frozen=True)
class JobDepth:
    """How many jobs of a kind are in a state, and for how long the one that waits longest has been due, s."""

    kind: str
    state: JobState
    jobs: int
    overdue_s: float


@dataclasses.dataclass(frozen=True)
class Started:
    """An attempt of a job: the first is 1; `errors` are the earlier ones that went wrong."""

    job_id: int
    kind: str
    event_key: str | None
    payload: dict[str, Any]
    attempt: int
    errors: int


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A job to queue; see `Jobs.enqueue`."""

    kind: str
    event_key: str | None = None
    payload: dict[str, Any] = dataclasses.field(default_factory=dict)
    dedupe_key: str | None = None
    priority: int = 0
    not_before: Instant | None = None


class Jobs(Outgoing):
    """Queueing and reading jobs."""

    async def enqueue(
        self,
        kind: str,
        event_key: str | None = None,
        payload: dict[str, Any] | None = None,
        dedupe_key: str | None = None,
        priority: int = 0,
        not_before: Instant | None = None,
    ) -> int | None:
        """Queue a job, in the open transaction if there is one: the job and the result that asks for it stand or fall together.

        Parameters
        ----------
        kind : str
            Names the handler.
        event_key : str, optional
            The event it belongs to.
        payload : dict, optional
            Plain JSON data for the handler.
        dedupe_key : str, optional
            The same key is never queued twice, done or not.
        priority : int
            Higher goes first.
        not_before : Instant, optional
            Not started earlier.

        Returns
        -------
        int or None
            The job's number; None when its key was queued before.
        """
        wanted = Wanted(kind, event_key, payload or {}, dedupe_key, priority, not_before)
        return (await self.enqueue_many([wanted]))[0]

    async def enqueue_many(self, jobs: Sequence[Wanted]) -> list[int | None]:
        """Queue jobs, in order, as `enqueue` does one: the number of each, None where its key was queued before."""
        if not jobs:
            return []
        made = {row["position"] - 1: row["job_id"] for row in await self._rows("put_jobs", *_columns(jobs))}
        return [made.get(position) for position in range(len(jobs))]

    async def retry_failed(self, job_id: int) -> None:
        """Queue a failed job again, its errors counted anew. Raises NotFound when it is not a failed job."""
        async with self.transaction():
            if await self._row("reopen_job", job_id) is None:
                raise NotFound(f"no failed job {job_id}")
            await self.give_lanes()

    async def jobs(self, event_key: str | None = None, state: JobState | None = None, limit: int = 1000) -> tuple[Job, ...]:
        """Jobs of an event, or of all; newest first."""
        return tuple(_job(row) for row in await self._rows("jobs", event_key, state, limit))

    async def job_counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        return {row["state"]: row["jobs"] for row in await self._rows("job_counts")}

    async def job_depths(self) -> tuple[JobDepth, ...]:
        """Jobs that are not done, by kind and state."""
        return tuple(JobDepth(**dict(row)) for row in await self._rows("job_depths"))

    async def jobs_left(self, silent_s: float) -> int:
        """How many jobs are written as running though no worker has given a sign of them for so long: whoever ran them is gone."""
        count: int = (await self._row("jobs_left", silent_s))["jobs"]
        return count

    async def jobs_to_come(self) -> int:
        """How many jobs run, or are due and were never started: 0 when nothing but waiting and retrying is left."""
        count: int = (await self._row("jobs_to_come"))["jobs"]
        return count

    async def steady_queue(self) -> None:
        """After the database's clock was stepped back, let jobs be due when they would have been."""
        await self._do("steady_queue")

    async def give_lanes(self) -> None:
        """Let jobs that a process of the version before queued be found: it knows of no lanes."""
        await self._do("give_lanes", FIRST_PRIORITY, list(OUTSIDE), FIRST_LANE)

    async def finish_job(
        self, started: Started, state: JobState, error: str | None = None, *, wrong: bool = False, again_s: float = 0.0
    ) -> None:
        """Write how an attempt ended: "done", "failed", or "queued" to be tried again after `again_s`; and whether it went wrong.

        An attempt that was given up for dead and lived on says nothing: whoever took the job after it has the say.
        """
        await self._do("finish_job", started.job_id, state, error, wrong, started.attempt, again_s)


def started_of(row: Any) -> Started:
    """A row of a job that was taken."""
    payload = msgspec.json.decode(row["payload"])
    return Started(row["job_id"], row["kind"], row["event_key"], payload, row["attempts"], row["errors"])


def _columns(jobs: Sequence[Wanted]) -> list[list[Any]]:
    """Jobs as columns. Of a key that comes twice the first counts."""
    now = dt.datetime.now(dt.UTC)
    rows = []
    for job in jobs:
        due = stamp_or_none(job.not_before)
        wait_s = 0.0 if due is None else max(0.0, (due - now).total_seconds())
        payload = to_json(job.payload).decode()
        rows.append((job.kind, job.event_key, payload, job.dedupe_key, job.priority, due, lane(job.kind, job.priority), wait_s))
    return [list(column) for column in zip(*rows, strict=True)]


def _instant(when: dt.datetime | None) -> Instant | None:
    return None if when is None else instant(when)


def _job(row: Any) -> Job:
    return Job(
        job_id=row["job_id"],
        kind=row["kind"],
        event_key=row["event_key"],
        payload=msgspec.json.decode(row["payload"]),
        dedupe_key=row["dedupe_key"],
        priority=row["priority"],
        state=row["state"],
        attempts=row["attempts"],
        not_before=_instant(row["not_before"]),
        created=instant(row["created"]),
        started=_instant(row["started"]),
        finished=_instant(row["finished"]),
        error=row["error"],
    )

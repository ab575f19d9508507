"""What is measured all the time: the event loop, and what the database says of lines, jobs and documents."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import get_args

import prometheus_client
import structlog

from schemas import Instant
from schemas.errors import TransientsError
from transients import __version__
from transients.config import MetricsSettings
from transients.missions import seconds_between
from transients.store import Store

from . import metrics
from .lines import BELIEVED_S
from .priorities import JobKind

#: The database is asked this often, s.
_TELL_S = 10.0
#: How often the loop's own lateness is looked at, s; and what is worth a line in the log.
_TICK_S = 0.05
_LATE_S = 0.5

log = structlog.get_logger("transients.watch")


def serve_metrics(settings: MetricsSettings) -> None:
    """Serve this process's numbers on a port of their own, where one is set: processes with a dashboard have them there."""
    metrics.BUILD.labels(__version__).set(1)
    if settings.port:
        try:
            prometheus_client.start_http_server(settings.port, addr=settings.host)
        except OSError as error:
            log.error("no metrics are served", action="metrics-failed", port=settings.port, error=str(error))


async def watch_loop(stopping: asyncio.Event) -> None:
    """Measure how late the loop comes round, until it stops."""
    while not stopping.is_set():
        begun = time.monotonic()
        await asyncio.sleep(_TICK_S)
        late_s = time.monotonic() - begun - _TICK_S
        metrics.LOOP_LAG.observe(max(late_s, 0.0))
        if late_s > _LATE_S:
            log.warning("the loop was held up", action="loop-late", late_s=round(late_s, 3))


async def tell_numbers(store: Store, stopping: asyncio.Event, interval_s: float = _TELL_S) -> None:
    """Set the numbers that the database knows, until it stops; while it is away they keep their last values, and it says so."""
    while not stopping.is_set():
        try:
            await _tell(store)
            metrics.DATABASE_UP.set(1)
        except TransientsError:
            metrics.DATABASE_UP.set(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)


async def _tell(store: Store) -> None:
    metrics.HOLD.set(await store.hold())
    metrics.BACKLOG.set(await store.backlog())
    metrics.GAPS_OPEN.set(len(await store.gaps()))
    for name, lag_s in (await store.lags()).items():
        if lag_s is not None:
            metrics.LINE_AGE.labels(name).set(lag_s)
    for line in await store.told_lines():
        metrics.LINE_UP.labels(line.source).set(line.condition == "connected" and line.age_s <= BELIEVED_S)
    metrics.QUARANTINE.clear()
    for reason, count in (await store.quarantine_counts()).items():
        metrics.QUARANTINE.labels(reason).set(count)
    depths = await store.job_depths()
    # A kind of which there is none is told as 0: a number that is missing now and then cannot be watched.
    for kind in get_args(JobKind):
        metrics.JOBS_FAILED.labels(kind).set(0)
        for state in ("queued", "running"):
            metrics.JOBS_OPEN.labels(kind, state).set(0)
    for depth in depths:
        if depth.state == "failed":
            metrics.JOBS_FAILED.labels(depth.kind).set(depth.jobs)
        else:
            metrics.JOBS_OPEN.labels(depth.kind, depth.state).set(depth.jobs)
    metrics.JOB_OVERDUE.set(max((depth.overdue_s for depth in depths), default=0.0))


def observe_job(kind: str, outcome: str, seconds: float) -> None:
    """An attempt of a job ended."""
    metrics.JOB_ATTEMPTS.labels(kind, outcome).inc()
    metrics.JOB_SECONDS.labels(kind).observe(seconds)


def observe_stage(stage: str, since: Instant, now: Instant) -> None:
    """A stage of an event stands, `since` its alert came or its work could begin."""
    metrics.ALERT_SECONDS.labels(stage).observe(max(seconds_between(now, since), 0.0))

"""From a source to the inbox: store first, commit then, and go on whatever comes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from schemas import Instant, RawAlert
from schemas.errors import TransientsError

from .base import Source

#: Stores an alert; afterwards it is safe.
Put = Callable[[RawAlert], Awaitable[object]]
_FIRST_PAUSE_S = 0.1
_MAX_PAUSE_S = 10.0
#: An error that is none of ours is taken for a passing one this often.
_MAX_ATTEMPTS = 5

log = structlog.get_logger("ingest")


@dataclasses.dataclass
class SourceStats:
    """What became of a source's alerts, counted while it runs."""

    #: Given by the source.
    received: int = 0
    #: Stored (duplicates included) …
    stored: int = 0
    #: … and committed.
    committed: int = 0
    #: Could not be stored for a reason that does not pass; logged with topic and offset.
    failed: int = 0
    #: Tries that were repeated.
    retries: int = 0
    last_received: Instant | None = None


async def run(source: Source, put: Put, stop: asyncio.Event, stats: SourceStats | None = None) -> SourceStats:
    """Store every alert of a source until it ends or `stop` is set.

    Parameters
    ----------
    source : Source
        Where alerts come from; closed at the end.
    put : callable
        Stores one alert. While it raises errors that pass (`TransientsError.retriable`), the alert is tried again, for as
        long as it takes; an alert that cannot be stored for another reason is logged, counted and left, and the next one
        is taken.
    stop : asyncio.Event
        Set it to end: the alert in hand is finished first, unless storing it is being retried.
    stats : SourceStats, optional
        Counted into; a new one by default.

    Returns
    -------
    SourceStats
        The counts.

    Raises
    ------
    TransientsError
        What the source says when nothing more can come.
    """
    stats = SourceStats() if stats is None else stats
    stopped = asyncio.create_task(stop.wait(), name=f"stop {source.name}")
    try:
        async for raw in _until(aiter(source), stopped):
            stats.received += 1
            stats.last_received = raw.received
            if await _store(raw, put, stop, stats):
                stats.stored += 1
                await _commit(source, raw, stats)
            if stop.is_set():
                break
    finally:
        stopped.cancel()
        await source.aclose()
    return stats


async def _until(alerts: AsyncIterator[RawAlert], stopped: asyncio.Task[bool]) -> AsyncIterator[RawAlert]:
    """The alerts, until there is no more or the other task is done."""
    while not stopped.done():
        following = asyncio.ensure_future(anext(alerts))
        try:
            await asyncio.wait({following, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not following.done():
                # Nothing is lost: what was not committed comes again.
                following.cancel()
                with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                    await following
        if following.cancelled():
            return
        try:
            yield following.result()
        except StopAsyncIteration:
            return


async def _store(raw: RawAlert, put: Put, stop: asyncio.Event, stats: SourceStats) -> bool:
    bound = log.bind(source=raw.source, topic=raw.topic, partition=raw.partition, offset=raw.offset, content_id=raw.content_id)
    attempt, pause_s = 0, _FIRST_PAUSE_S
    while True:
        try:
            await put(raw)
            return True
        except Exception as error:
            attempt += 1
            passing = error.retriable if isinstance(error, TransientsError) else attempt < _MAX_ATTEMPTS
            if not passing:
                stats.failed += 1
                bound.error("an alert could not be stored", action="ingest-failed", error=str(error), exc_info=True)
                return False
            stats.retries += 1
            bound.warning("storing is tried again", action="ingest-retry", error=str(error), attempt=attempt, again_in_s=pause_s)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)
            return False
        pause_s = min(2.0 * pause_s, _MAX_PAUSE_S)


async def _commit(source: Source, raw: RawAlert, stats: SourceStats) -> None:
    try:
        await source.commit(raw)
    except Exception as error:
        # The alert is safe; it will come once more and be known.
        log.warning(
            "a commit was lost", action="commit-lost", source=raw.source, topic=raw.topic, offset=raw.offset, error=str(error)
        )
    else:
        stats.committed += 1

"""Take alerts from a source, store them, and only then commit."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from schemas import Instant, RawAlert
from schemas.errors import TransientsError

from .base import LineState, OnLine, Source
from .batches import Batches

#: Stores alerts, in order; afterwards all of them are safe, or (when it raises) they are tried again.
PutMany = Callable[[Sequence[RawAlert]], Awaitable[object]]
#: Stores one.
Put = Callable[[RawAlert], Awaitable[object]]
#: Keeps an alert that the inbox cannot take, in another place; raises OSError when that cannot either.
SetAside = Callable[[RawAlert], None]
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
    #: Could not be stored for a reason that does not pass; set aside where there is a place, and logged with topic and offset.
    failed: int = 0
    #: Tries that were repeated.
    retries: int = 0
    last_received: Instant | None = None
    #: How the source's line is; None: it has none (files).
    line: LineState | None = None


def one_by_one(put: Put) -> PutMany:
    """A PutMany of what takes one alert at a time. Those before one that fails are put again with it: `put` must know them."""

    async def put_many(raws: Sequence[RawAlert]) -> None:
        for raw in raws:
            await put(raw)

    return put_many


async def run(
    source: Source,
    put_many: PutMany,
    stop: asyncio.Event,
    stats: SourceStats | None = None,
    set_aside: SetAside | None = None,
) -> SourceStats:
    """Store every alert of a source until it ends or `stop` is set.

    One alert that comes alone is stored at once; what comes while others are being stored is stored together.

    Parameters
    ----------
    source : Source
        Where alerts come from; closed at the end.
    put_many : callable
        Stores some alerts. While it raises errors that pass (`TransientsError.retriable`), they are tried again, for as long
        as it takes. Alerts that cannot be stored together for another reason are stored one by one; one that cannot be
        stored then is set aside, logged and counted.
    stop : asyncio.Event
        Set it to end: what is being stored is finished first, unless storing it is being retried. What was read and not yet
        stored was not committed, and comes again.
    stats : SourceStats, optional
        Counted into; a new one by default.
    set_aside : callable, optional
        Keeps an alert that cannot be stored. Without it, or when it fails, such an alert is only in the log.

    Returns
    -------
    SourceStats
        The counts.

    Raises
    ------
    TransientsError
        What the source says when nothing more can come; what it gave before is stored.
    """
    stats = SourceStats() if stats is None else stats
    stats.line = source.line if isinstance(source, OnLine) else None
    batches = Batches()
    reading = asyncio.create_task(_read(source, batches, stats), name=f"read {source.name}")
    stopping = asyncio.create_task(_stop(stop, reading), name=f"stop {source.name}")
    try:
        while (alerts := await batches.take()) and not stop.is_set():
            stored = await _store(alerts, put_many, stop, stats, set_aside)
            stats.stored += len(stored)
            if stored:
                await _commit(source, stored, stats)
        if not stop.is_set():
            await reading
    finally:
        stopping.cancel()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await source.aclose()
    return stats


async def _read(source: Source, batches: Batches, stats: SourceStats) -> None:
    try:
        async for raw in source:
            stats.received += 1
            stats.last_received = raw.received
            await batches.put(raw)
    finally:
        batches.end()


async def _stop(stop: asyncio.Event, reading: asyncio.Task[None]) -> None:
    await stop.wait()
    reading.cancel()


async def _store(
    alerts: Sequence[RawAlert], put_many: PutMany, stop: asyncio.Event, stats: SourceStats, set_aside: SetAside | None
) -> Sequence[RawAlert]:
    """Those of the alerts that are stored now."""
    if await _safe(alerts, put_many, stop, stats):
        return alerts
    if len(alerts) == 1:
        if not stop.is_set():
            await _aside(alerts[0], set_aside, stats)
        return ()
    stored: list[RawAlert] = []
    for raw in alerts:
        # One of them is bad, and must not keep the others out.
        if not stop.is_set():
            stored += await _store([raw], put_many, stop, stats, set_aside)
    return stored


async def _aside(raw: RawAlert, set_aside: SetAside | None, stats: SourceStats) -> None:
    """Keep what the inbox cannot take. It is not committed by itself, but what comes after it is."""
    stats.failed += 1
    if set_aside is None:
        return
    try:
        await asyncio.to_thread(set_aside, raw)
    except OSError as error:
        log.error("an alert could not be set aside either", action="aside-failed", **_named([raw]), error=str(error))


async def _safe(alerts: Sequence[RawAlert], put_many: PutMany, stop: asyncio.Event, stats: SourceStats) -> bool:
    """Store alerts together. False: they are not, because of one of them, or because it stops."""
    attempt, pause_s = 0, _FIRST_PAUSE_S
    while True:
        try:
            await put_many(alerts)
            return True
        except Exception as error:
            attempt += 1
            if not _passes(error, attempt, alone=len(alerts) == 1):
                _say_failed(alerts, error)
                return False
            stats.retries += 1
            log.warning(
                "storing is tried again",
                action="ingest-retry",
                **_named(alerts),
                error=str(error),
                attempt=attempt,
                again_in_s=pause_s,
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)
            return False
        pause_s = min(2.0 * pause_s, _MAX_PAUSE_S)


def _passes(error: Exception, attempt: int, *, alone: bool) -> bool:
    if isinstance(error, TransientsError):
        return error.retriable
    # Which of several brought it about is found by storing each alone.
    return alone and attempt < _MAX_ATTEMPTS


def _say_failed(alerts: Sequence[RawAlert], error: Exception) -> None:
    if len(alerts) > 1:
        log.warning("alerts are stored one by one", action="ingest-one-by-one", **_named(alerts), error=str(error))
        return
    log.error("an alert could not be stored", action="ingest-failed", **_named(alerts), error=str(error), exc_info=error)


def _named(alerts: Sequence[RawAlert]) -> dict[str, Any]:
    """Where the first is from, for the log."""
    raw = alerts[0]
    named = {"source": raw.source, "topic": raw.topic, "partition": raw.partition, "offset": raw.offset}
    return named | {"content_id": raw.content_id, "alerts": len(alerts)}


async def _commit(source: Source, alerts: Sequence[RawAlert], stats: SourceStats) -> None:
    try:
        await source.commit(alerts)
    except Exception as error:
        # They are safe; they will come once more and be known.
        log.warning("a commit was lost", action="commit-lost", **_named(alerts), error=str(error))
    else:
        stats.committed += len(alerts)

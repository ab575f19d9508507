"""What came once, through the service again: what is given, in which order, and what came of it in a database of its own."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from pathlib import Path

import msgspec
import structlog

import handlers
from ingest import ReplaySource, iter_documents, topic_stretch
from ingest.base import raw_alert
from ingest.stretch import Place
from schemas import CircularLink, Heartbeat, Instant, Notice, Parsed, PointingUpdate, RawAlert, Refusal
from transients.config import Settings, WebSettings
from transients.missions import Mission
from transients.sources import DataSource
from transients.store import Delivery, EventQuery, InboxQuery, Listed, Store

from .apart import running
from .app import ROLES, Role, Service
from .brokers import broker_of
from .clock import Clock
from .export import deliveries_in

_POLL_S = 0.1

log = structlog.get_logger("transients.replay")


@dataclasses.dataclass(frozen=True)
class ReplayedEvent:
    """An event as the replay left it."""

    event_key: str
    revision: int
    role: str
    state: str
    verdict: str | None
    draft: bool


@dataclasses.dataclass(frozen=True)
class Replayed:
    """What came of a replay."""

    documents: int
    #: Could not be stored: see the log.
    not_stored: int
    #: The same bytes again.
    duplicates: int
    notices: int
    refused: int
    events: tuple[ReplayedEvent, ...]
    circular_drafts: int
    #: Work that waits for data or for its time, and work that failed.
    jobs_waiting: int
    jobs_failed: int
    seconds: float


@dataclasses.dataclass
class Counted:
    """What was left out on the way."""

    #: Came, or was issued, after the moment that is replayed.
    later: int = 0
    #: Does not say when it was issued, and nobody noted when it came.
    undated: int = 0
    unreadable: int = 0


def known_at(parsed: Parsed) -> Instant | None:
    """When a document was issued as it says itself: what stands for its time of receipt where nobody noted that."""
    match parsed:
        case Notice() | PointingUpdate():
            return parsed.issued
        case Heartbeat() | CircularLink():
            return parsed.time
        case Refusal():
            return None


async def from_files(paths: Iterable[Path], left_out: Counted, *, dated: bool) -> AsyncIterator[RawAlert]:
    """Documents of files, folders and archives; as the time of receipt stands when each was issued.

    An archive that `transients inbox export` wrote gives each document as it came, as often as it came, by its index.

    `dated`: those whose time nobody knows are left out, and all come in the order of their times, which takes memory for all of
    them; otherwise they come in the order of the files.
    """
    kept: list[RawAlert] = []
    for path in paths:
        async for raw, known in _of_path(path, left_out):
            if not dated:
                yield raw
            elif known:
                kept.append(raw)
            else:
                left_out.undated += 1
    for raw in sorted(kept, key=lambda alert: alert.received):
        yield raw


async def _of_path(path: Path, left_out: Counted) -> AsyncIterator[tuple[RawAlert, bool]]:
    """Documents of one path, and whether it is known when each came or was issued."""
    came = await asyncio.to_thread(deliveries_in, path)
    documents = iter_documents([path])
    while (document := await asyncio.to_thread(next, documents, None)) is not None:
        if isinstance(document.data, Refusal):
            log.warning("not read", action="unreadable", path=document.name, reason=document.data.reason)
            left_out.unreadable += 1
            continue
        raw = raw_alert(document.data, source="archive", topic=document.name)
        deliveries = came.get(document.name.removeprefix(f"{path}:"), ())
        for delivery in deliveries:
            yield _as_it_came(raw, delivery), True
        if not deliveries:
            issued = known_at(handlers.parse(raw.body))
            yield (raw if issued is None else msgspec.structs.replace(raw, received=issued)), issued is not None


def _as_it_came(raw: RawAlert, delivery: Delivery) -> RawAlert:
    return msgspec.structs.replace(
        raw,
        source=delivery.source,
        topic=delivery.topic,
        partition=delivery.partition,
        offset=delivery.offset,
        received=delivery.received,
        broker_time=delivery.broker_time,
        headers=dict(delivery.headers),
    )


def from_topic(store: Store, topic: str, start: Place, stop: Place) -> AsyncIterator[RawAlert]:
    """What the inbox has of a topic, from an offset or time up to and without another."""
    return store.select(
        InboxQuery(
            topic=topic,
            received_from=start if isinstance(start, Instant) else None,
            received_before=stop if isinstance(stop, Instant) else None,
            offset_from=start if isinstance(start, int) else None,
            offset_before=stop if isinstance(stop, int) else None,
        )
    )


def from_broker(settings: Settings, name: str, topic: str, start: Place, stop: Place) -> AsyncIterator[RawAlert]:
    """What a broker still has of a topic. Raises ConfigurationError when the settings know no such broker."""
    connection, client = broker_of(settings, name)
    return topic_stretch(connection, topic, start, stop, source=name, client=client)


async def until(alerts: AsyncIterable[RawAlert], moment: Instant | None, left_out: Counted) -> AsyncIterator[RawAlert]:
    """Those that had been received at a moment (None: all)."""
    async for raw in alerts:
        if moment is None or raw.received <= moment:
            yield raw
        else:
            left_out.later += 1


@contextlib.asynccontextmanager
async def rehearsal(
    settings: Settings,
    folder: Path,
    source: ReplaySource,
    data: DataSource,
    mission: Mission,
    clock: Clock,
    port: int | None = None,
) -> AsyncIterator[tuple[Service, Replayed]]:
    """Run the service in `folder` on what the source gives, until all that is due is done; it runs on while the context is open.

    Nothing of the user's own world is touched: the database is a new one, no other alert comes in, deposits and messages are
    recorded, not sent. `port`: of a dashboard that shows it, on loopback.

    Raises
    ------
    TransientsError
        What ended the source before its time.
    """
    started = time.monotonic()
    roles: tuple[Role, ...] = ("ingest", "worker") if port is None else ROLES
    service = Service(_apart(settings, folder, port), roles, data=data, alerts=(source,), mission=mission, clock=clock)
    async with running(service) as task:
        while not await _done(service, source):
            if task.done():
                task.result()
            await asyncio.sleep(_POLL_S)
        if source.failed is not None:
            raise source.failed
        assert service.store is not None
        yield service, await _replayed(service.store, source, time.monotonic() - started)


def _apart(settings: Settings, folder: Path, port: int | None) -> Settings:
    return Settings(
        workers=settings.workers,
        shutdown_s=settings.shutdown_s,
        process_tests=settings.process_tests,
        log_format=settings.log_format,
        mission=settings.mission,
        circular=settings.circular,
        sources=settings.sources,
        data_dir=str(folder),
        web=WebSettings() if port is None else WebSettings(port=port),
    )


async def _done(service: Service, source: ReplaySource) -> bool:
    """Whether everything was given and understood, and what is due was tried."""
    if source.name not in service.ended:
        return False
    assert service.store is not None
    return not await service.store.backlog() and not await service.store.jobs_to_come()


async def _replayed(store: Store, source: ReplaySource, seconds: float) -> Replayed:
    totals, counts, states = await store.totals(), await store.job_counts(), await store.source_states()
    events = await _events(store)
    return Replayed(
        documents=source.given,
        not_stored=source.given - sum(state.deliveries for state in states),
        duplicates=sum(state.duplicates for state in states),
        notices=totals.notices,
        refused=totals.refused,
        events=tuple(events),
        circular_drafts=sum(event.draft for event in events),
        jobs_waiting=counts.get("queued", 0),
        jobs_failed=counts.get("failed", 0),
        seconds=round(seconds, 2),
    )


async def _events(store: Store) -> list[ReplayedEvent]:
    """Every event, the newest T0 first."""
    found: list[ReplayedEvent] = []
    while True:
        page = await store.find_events(EventQuery(limit=500, offset=len(found)))
        found += [await _event(store, item) for item in page.items]
        if not page.items or len(found) >= page.total:
            return found


async def _event(store: Store, item: Listed) -> ReplayedEvent:
    event, assessment = item.event, item.assessment
    return ReplayedEvent(
        event_key=event.event_key,
        revision=event.revision,
        role=event.role,
        state=event.state,
        verdict=None if assessment is None else assessment.verdict,
        draft=await store.circular(event.event_key) is not None,
    )

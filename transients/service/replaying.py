"""What came once, through the service again: what is given, in which order, and what came of it in a database of its own."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import structlog

import handlers
from ingest import ReplaySource, iter_documents
from ingest.base import raw_alert
from schemas import CircularLink, Heartbeat, Instant, Notice, Parsed, PointingUpdate, RawAlert, Refusal
from transients.config import Settings
from transients.missions import Mission
from transients.sources import DataSource
from transients.store import EventQuery, Store

from .apart import running
from .app import Service
from .clock import Clock

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


def known_at(parsed: Parsed) -> Instant | None:
    """When a document was issued as it says itself: what stands for its time of receipt where nobody noted that."""
    match parsed:
        case Notice() | PointingUpdate():
            return parsed.issued
        case Heartbeat() | CircularLink():
            return parsed.time
        case Refusal():
            return None


async def from_files(paths: Iterable[Path]) -> AsyncIterator[tuple[RawAlert, bool]]:
    """Documents of files, folders and archives, each with whether it says when it was issued; that is its time of receipt then.

    A file that cannot be read is logged and left.
    """
    documents = iter_documents(paths)
    while (document := await asyncio.to_thread(next, documents, None)) is not None:
        if isinstance(document.data, Refusal):
            log.warning("not read", action="unreadable", path=document.name, reason=document.data.reason)
            continue
        raw = raw_alert(document.data, source="archive", topic=document.name)
        issued = known_at(handlers.parse(raw.body))
        yield (raw if issued is None else dataclasses.replace(raw, received=issued)), issued is not None


@contextlib.asynccontextmanager
async def rehearsal(
    settings: Settings,
    folder: Path,
    source: ReplaySource,
    data: DataSource,
    mission: Mission,
    clock: Clock,
) -> AsyncIterator[tuple[Service, Replayed]]:
    """Run the service in `folder` on what the source gives, until all that is due is done; it runs on while the context is open.

    Nothing of the user's own world is touched: the database is a new one, no other alert comes in, deposits and messages are
    recorded, not sent.
    """
    started = time.monotonic()
    service = Service(_apart(settings, folder), ("ingest", "worker"), data=data, alerts=(source,), mission=mission, clock=clock)
    async with running(service) as task:
        while not await _done(service, source):
            if task.done():
                task.result()
            await asyncio.sleep(_POLL_S)
        assert service.store is not None
        yield service, await _replayed(service.store, source, time.monotonic() - started)


def _apart(settings: Settings, folder: Path) -> Settings:
    return Settings(
        workers=settings.workers,
        shutdown_s=settings.shutdown_s,
        process_tests=settings.process_tests,
        log_format=settings.log_format,
        mission=settings.mission,
        circular=settings.circular,
        sources=settings.sources,
        data_dir=str(folder),
    )


async def _done(service: Service, source: ReplaySource) -> bool:
    """Whether everything was given and understood, and what is due was tried."""
    if source.name not in service.ended:
        return False
    assert service.store is not None
    return not await service.store.backlog() and not await service.store.jobs_to_come()


async def _replayed(store: Store, source: ReplaySource, seconds: float) -> Replayed:
    totals, counts = await store.totals(), await store.job_counts()
    events = [await _event(store, key) for key in await _keys(store)]
    return Replayed(
        documents=source.given,
        duplicates=sum(state.duplicates for state in await store.source_states()),
        notices=totals.notices,
        refused=totals.refused,
        events=tuple(events),
        circular_drafts=sum(event.draft for event in events),
        jobs_waiting=counts.get("queued", 0),
        jobs_failed=counts.get("failed", 0),
        seconds=round(seconds, 2),
    )


async def _keys(store: Store) -> Sequence[str]:
    """Every event, the newest T0 first."""
    keys: list[str] = []
    while True:
        page = await store.find_events(EventQuery(limit=500, offset=len(keys)))
        keys += [item.event.event_key for item in page.items]
        if not page.items or len(keys) >= page.total:
            return keys


async def _event(store: Store, key: str) -> ReplayedEvent:
    event, assessment = await store.event(key), await store.assessment(key)
    return ReplayedEvent(
        event_key=key,
        revision=event.revision,
        role=event.role,
        state=event.state,
        verdict=None if assessment is None else assessment.verdict,
        draft=await store.circular(key) is not None,
    )

"""A store in memory that satisfies the dashboard: for trying the pages out and for tests. It forgets everything at exit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from functools import partial

from handlers.names import event_names
from schemas import Assessment, Circular, CircularLink, Event, Publication, RawAlert, sha256_hex
from schemas.errors import NotFound
from transients.store import (
    Artefact,
    CandidateQuery,
    Change,
    EventPage,
    EventQuery,
    KeptCandidate,
    Listed,
    QuarantineQuery,
    RefusedAlert,
    Totals,
    WatchPosition,
)


class MemoryStore:
    """Everything in dictionaries; `put_…` adds and tells every listener of `changes`."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self._assessments: dict[str, list[Assessment]] = {}
        self._files: dict[tuple[str, int], dict[str, tuple[str, bytes]]] = {}
        self._circulars: dict[tuple[str, int], Circular] = {}
        self._publications: list[Publication] = []
        self._raw: dict[str, RawAlert] = {}
        self._refused: list[RefusedAlert] = []
        self._circular_links: list[CircularLink] = []
        self._candidates: list[KeptCandidate] = []
        #: How far the live search has come.
        self.watched: list[WatchPosition] = []
        self._listeners: set[asyncio.Queue[Change]] = set()

    def put_event(self, event: Event) -> None:
        """Add or replace an event."""
        self._events[event.event_key] = event
        self._tell(Change(event_key=event.event_key, what="event", revision=event.revision))

    def put_assessment(
        self, assessment: Assessment, files: dict[str, tuple[str, bytes]] | None = None, circular: Circular | None = None
    ) -> None:
        """Add a revision with its files (name: media type, bytes) and draft."""
        self._assessments.setdefault(assessment.event_key, []).append(assessment)
        self._files[assessment.event_key, assessment.revision] = dict(files or {})
        if circular is not None:
            self._circulars[assessment.event_key, assessment.revision] = circular
        self._tell(Change(event_key=assessment.event_key, what="assessment", revision=assessment.revision))

    def put_publication(self, publication: Publication) -> None:
        """Add a publication."""
        self._publications.append(publication)
        self._tell(Change(event_key=publication.event_key, what="publication"))

    def put_circular_link(self, link: CircularLink) -> None:
        """Add a circular."""
        self._circular_links.append(link)

    def put_raw(self, alert: RawAlert, refused: RefusedAlert | None = None) -> None:
        """Add a document, and why it was refused if it was."""
        self._raw[alert.content_id] = alert
        if refused is not None:
            self._refused.insert(0, refused)
            self._tell(Change(what="refusal"))

    async def find_events(self, query: EventQuery) -> EventPage:
        """Events that match, newest T0 first; those without a time last."""
        found = sorted((e for e in self._events.values() if _matches(e, query)), key=_by_time, reverse=True)
        page = found[query.offset : query.offset + query.limit]
        items = tuple(Listed(event=e, assessment=self._newest(e.event_key)) for e in page)
        return EventPage(items=items, total=len(found))

    async def event(self, event_key: str) -> Event:
        """The event."""
        if event_key not in self._events:
            raise NotFound(f"no event {event_key!r}")
        return self._events[event_key]

    async def assessment(self, event_key: str, revision: int | None = None) -> Assessment | None:
        """A revision, the newest by default."""
        await self.event(event_key)
        if revision is None:
            return self._newest(event_key)
        for assessment in self._assessments.get(event_key, ()):
            if assessment.revision == revision:
                return assessment
        raise NotFound(f"{event_key!r} has no assessment {revision}")

    async def assessments(self, event_key: str) -> tuple[Assessment, ...]:
        """Every revision, newest first."""
        return tuple(sorted(self._assessments.get(event_key, ()), key=lambda a: -a.revision))

    async def artefacts(self, event_key: str, revision: int) -> tuple[Artefact, ...]:
        """The files of a revision."""
        files = self._files.get((event_key, revision), {})
        return tuple(
            Artefact(name=name, media_type=kind, size=len(body), sha256=sha256_hex(body)) for name, (kind, body) in files.items()
        )

    async def artefact(self, event_key: str, revision: int, name: str) -> bytes:
        """A file's bytes."""
        try:
            return self._files[event_key, revision][name][1]
        except KeyError:
            raise NotFound(f"no file {name!r}") from None

    async def circular(self, event_key: str, revision: int | None = None) -> Circular | None:
        """The draft of a revision, the newest by default."""
        revisions = [r for key, r in self._circulars if key == event_key and (revision is None or r == revision)]
        return self._circulars[event_key, max(revisions)] if revisions else None

    async def publications(self, event_key: str) -> tuple[Publication, ...]:
        """Publications of an event."""
        return tuple(p for p in self._publications if p.event_key == event_key)

    async def raw(self, content_id: str) -> RawAlert:
        """A document."""
        if content_id not in self._raw:
            raise NotFound(f"no document {content_id!r}")
        return self._raw[content_id]

    async def circulars_of(self, event_key: str) -> tuple[CircularLink, ...]:
        """The circulars about an event."""
        event = await self.event(event_key)
        names = event_names(event.origin, event.event_id, event.aliases)
        return tuple(link for link in self._circular_links if names.intersection(link.aliases))

    async def quarantine(self, query: QuarantineQuery) -> tuple[RefusedAlert, ...]:
        """Refused documents, newest first."""
        return tuple(filter(partial(_is_wanted, query), self._refused))[query.offset :][: query.limit]

    async def quarantine_counts(self, query: QuarantineQuery | None = None) -> Mapping[str, int]:
        """How many by reason."""
        counts = Counter(each.reason for each in self._refused if _is_wanted(query or QuarantineQuery(), each))
        return dict(counts.most_common())

    def put_candidate(self, kept: KeptCandidate) -> None:
        """Add something that blind search found."""
        self._candidates.append(kept)

    async def candidates(self, query: CandidateQuery) -> tuple[KeptCandidate, ...]:
        """Candidates that match, newest first."""
        found = sorted(filter(partial(_is_asked, query), self._candidates), key=lambda kept: kept.candidate.start, reverse=True)
        return tuple(found[query.offset :][: query.limit])

    async def candidate_counts(self, query: CandidateQuery) -> Mapping[str, int]:
        """How many match, by class."""
        return Counter(kept.candidate.classification for kept in self._candidates if _is_asked(query, kept))

    async def watch_positions(self) -> tuple[WatchPosition, ...]:
        """What was put there."""
        return tuple(self.watched)

    async def totals(self) -> Totals:
        """The counts."""
        newest = [self._newest(key) for key in self._events]
        return Totals(
            events=len(self._events),
            notices=sum(len(e.history) for e in self._events.values()),
            refused=len(self._refused),
            detections=sum(a is not None and a.verdict == "detection" for a in newest),
        )

    async def ping(self) -> None:
        """Always there."""

    async def changes(self) -> AsyncIterator[Change]:
        """Changes from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _newest(self, event_key: str) -> Assessment | None:
        return max(self._assessments.get(event_key, ()), key=lambda a: a.revision, default=None)

    def _tell(self, change: Change) -> None:
        for queue in self._listeners:
            queue.put_nowait(change)


def _is_wanted(query: QuarantineQuery, alert: RefusedAlert) -> bool:
    return (
        (query.reason is None or alert.reason == query.reason)
        and (query.kind is None or alert.kind == query.kind)
        and (query.source is None or alert.source == query.source)
        and (query.since is None or alert.received >= query.since)
    )


def _is_asked(query: CandidateQuery, kept: KeptCandidate) -> bool:
    found = kept.candidate
    return (
        (query.scan_id is None or kept.scan_id == query.scan_id)
        and (query.classification is None or found.classification == query.classification)
        and (query.since is None or found.start >= query.since)
        and (query.before is None or found.start < query.before)
        and (query.far_hz_at_most is None or found.far_hz <= query.far_hz_at_most)
    )


def _by_time(event: Event) -> tuple[bool, str, int]:
    return (False, "", 0) if event.t0 is None else (True, event.t0.utc, event.t0.ns)


def _matches(event: Event, query: EventQuery) -> bool:
    names = (event.event_key, event.event_id, *event.aliases)
    return (
        (query.messenger is None or event.messenger == query.messenger)
        and (query.origin is None or query.origin.lower() in event.origin.lower())
        and (query.role is None or event.role == query.role)
        and any(query.text.lower() in name.lower() for name in names)
        # An event without a time lies in no stretch of time.
        and (query.t0_from is None or (event.t0 is not None and event.t0 >= query.t0_from))
        and (query.t0_before is None or (event.t0 is not None and event.t0 < query.t0_before))
    )

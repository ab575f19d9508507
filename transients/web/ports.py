"""What the dashboard asks of the rest of the house: the store's read side, the status card, the health checks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Literal, Protocol

import msgspec

from schemas import Assessment, Circular, CircularLink, Event, Instant, Publication, RawAlert, Record
from transients.store import (
    Artefact,
    CandidateQuery,
    Change,
    EventPage,
    EventQuery,
    KeptCandidate,
    QuarantineQuery,
    RefusedAlert,
    Totals,
    WatchPosition,
)


class TierStatus(Record, frozen=True, kw_only=True):
    """How fresh one tier of data is."""

    #: The mission's words for the age of the newest data; "UNAVAILABLE": no source tells; "COMPLETE": of a mission that ended, all.
    state: Literal["ONLINE", "Delayed", "OFFLINE", "UNAVAILABLE", "COMPLETE"]
    #: Newest science window, where the tier has them.
    last: str | None = None
    #: When the newest data ends.
    until: Instant | None = None
    #: Its age when the card was given.
    latency_s: float | None = None
    ra_deg: float | None = None
    dec_deg: float | None = None
    #: Who told it, and when it was asked.
    source: str = ""
    asked_at: Instant | None = None
    #: Why it is not fresh, where that is known.
    reason: str = ""


class LineStatus(Record, frozen=True, kw_only=True):
    """How the line of one source is, as the inbox knows it."""

    #: As the process that listens says: "waiting" (not connected), "connected", "silent" (connected, but its pulse stopped),
    #: "refused" (a person must act); "not listened to": none says anything. "gap": alerts may be missing, and nobody has looked
    #: into it. Of what is no line (files): "heard" or "never heard".
    state: Literal["waiting", "connected", "silent", "refused", "not listened to", "gap", "heard", "never heard"]
    #: Since when, and why, where it is not well.
    since: Instant | None = None
    reason: str = ""
    lag_s: float | None = None
    #: The time that the last heartbeat says.
    last_pulse: Instant | None = None
    deliveries: int = 0
    duplicates: int = 0
    #: Open gaps.
    gaps: int = 0


class WatchStatus(Record, frozen=True, kw_only=True):
    """How the live search of an instrument is."""

    #: "watching": it said so within the last minute; "not watching": it did once.
    state: Literal["watching", "not watching"]
    #: End of the newest bin seen.
    seen: Instant
    #: Seconds from there to now.
    lag_s: float


class StatusCard(Record, frozen=True, kw_only=True):
    """The state of the observatory's data and of this service, for the top of the page and for `transients status`."""

    #: When the card was given: ages are as of then.
    at: Instant
    #: When the sources were last asked, and who they are.
    asked_at: Instant | None = None
    source: str = ""
    mission: str = "INTEGRAL"
    realtime: TierStatus | None = None
    nrt: TierStatus | None = None
    cons: TierStatus | None = None
    revolution: int | None = None
    phase: float | None = None
    revolution_source: str = ""
    #: From Earth's centre; a bound on its error; who told it, of which instant.
    distance_mm: float | None = None
    distance_error_mm: float | None = None
    distance_source: str = ""
    distance_at: Instant | None = None
    #: "next break in data in 29 hr: …, for 9.6 hr".
    next_break: str | None = None
    #: Where the sentence comes from: "timeline", "orbit model" …
    next_break_source: str | None = None
    #: Bound on the error of its times.
    next_break_error_s: float | None = None
    #: Seconds since each source was last heard, None: never.
    ingest: dict[str, float | None] = msgspec.field(default_factory=dict)
    lines: dict[str, LineStatus] = msgspec.field(default_factory=dict)
    #: Stretches of lines in which alerts may be missing, that are open: how many, and the newest in words.
    gaps: int = 0
    open_gaps: tuple[str, ...] = ()
    #: Documents that were refused.
    quarantine: int = 0
    jobs: dict[str, int] = msgspec.field(default_factory=dict)
    #: This machine's clock minus that of a data service, from the last reply's header Date; a bound on its error; which service.
    clock_offset_s: float | None = None
    clock_offset_error_s: float | None = None
    clock_offset_source: str = ""
    hold: bool = False
    #: The live search by instrument; none: it never ran.
    watch: dict[str, WatchStatus] = msgspec.field(default_factory=dict)
    simulated: bool = False
    caveats: tuple[str, ...] = ()


class DashboardStore(Protocol):
    """The read side of the store. Unknown names raise schemas.errors.NotFound."""

    async def find_events(self, query: EventQuery) -> EventPage:
        """Events with their newest assessments, newest T0 first."""

    async def event(self, event_key: str) -> Event:
        """The event as folded so far."""

    async def assessment(self, event_key: str, revision: int | None = None) -> Assessment | None:
        """An assessment, the newest by default; None when nothing was computed yet, NotFound for a revision that is not there."""

    async def assessments(self, event_key: str) -> tuple[Assessment, ...]:
        """Every revision, newest first."""

    async def artefacts(self, event_key: str, revision: int) -> tuple[Artefact, ...]:
        """The files of an assessment."""

    async def artefact(self, event_key: str, revision: int, name: str) -> bytes:
        """A file's bytes."""

    async def circular(self, event_key: str, revision: int | None = None) -> Circular | None:
        """The draft written from an assessment, the newest by default."""

    async def publications(self, event_key: str) -> tuple[Publication, ...]:
        """What was deposited or proposed for deposit."""

    async def raw(self, content_id: str) -> RawAlert:
        """A document as it came."""

    async def circulars_of(self, event_key: str) -> tuple[CircularLink, ...]:
        """The circulars about an event, each in its newest edit, in the order of their numbers."""

    async def quarantine(self, query: QuarantineQuery) -> tuple[RefusedAlert, ...]:
        """Documents not taken that match, newest first."""

    async def quarantine_counts(self, query: QuarantineQuery | None = None) -> Mapping[str, int]:
        """How many documents that match are refused for each reason, the most frequent first."""

    async def candidates(self, query: CandidateQuery) -> tuple[KeptCandidate, ...]:
        """What blind search found that matches, newest first."""

    async def candidate_counts(self, query: CandidateQuery) -> Mapping[str, int]:
        """How many candidates match, by class."""

    async def watch_positions(self) -> tuple[WatchPosition, ...]:
        """How far the live search has come with every instrument."""

    async def totals(self) -> Totals:
        """Numbers of the whole."""

    async def ping(self) -> None:
        """Raises when the database does not answer."""

    def changes(self) -> AsyncIterator[Change]:
        """Changes as they happen, until the iterator is closed."""


#: The status card when asked; never raises, unknown fields are None.
StatusSource = Callable[[], Awaitable[StatusCard]]
#: None: well. A sentence: what is wrong.
HealthCheck = Callable[[], Awaitable[str | None]]
HealthChecks = Mapping[str, HealthCheck]

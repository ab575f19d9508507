"""What the store answers beside the records that travel."""

from __future__ import annotations

from typing import Literal

import msgspec

from schemas import Assessment, Candidate, CandidateClass, Event, Gap, Instant, Record

ChangeKind = Literal[
    "event", "assessment", "circular", "files", "publication", "message", "refused", "gap", "candidate", "hold", "reconnected"
]


class EventQuery(Record, frozen=True, kw_only=True):
    """Which events are wanted, newest first. Every condition that is set must hold."""

    messenger: str | None = None
    #: Part of the origin's name, any case: "fermi".
    origin: str | None = None
    role: str | None = None
    #: Part of the event's id, key or an alias, any case.
    text: str = ""
    #: T0 from here (included) to there (excluded).
    t0_from: Instant | None = None
    t0_before: Instant | None = None
    limit: int = 25
    offset: int = 0


class Listed(Record, frozen=True, kw_only=True):
    """An event and its newest assessment, if there is one yet."""

    event: Event
    assessment: Assessment | None = None


class EventPage(Record, frozen=True, kw_only=True):
    """Some of the events that match, and how many match in all."""

    items: tuple[Listed, ...] = ()
    total: int = 0


class Artefact(Record, frozen=True, kw_only=True):
    """A file made for an event at a revision of its assessment: a figure, a map, a table, a notebook."""

    name: str
    media_type: str
    size: int
    sha256: str


class Outdated(Record, frozen=True, kw_only=True):
    """An event whose newest assessment was made by other code, or with another calibration, than those of now."""

    event_key: str
    event_revision: int
    #: Of the assessment, and what made it.
    revision: int
    version: str
    response: str | None = None


class RefusedAlert(Record, frozen=True, kw_only=True):
    """A document that was not taken, and why; its bytes are kept."""

    content_id: str
    source: str
    topic: str
    received: Instant
    reason: str
    message: str
    kind: str | None = None
    partition: int | None = None
    offset: int | None = None
    #: Bytes of the document, and whether they went by the inbox's policy.
    size: int = 0
    expired: bool = False


class QuarantineQuery(Record, frozen=True, kw_only=True):
    """Which refused documents are wanted, newest first. Every condition that is set must hold."""

    reason: str | None = None
    kind: str | None = None
    source: str | None = None
    #: Came from here (included) on.
    since: Instant | None = None
    limit: int = 100
    offset: int = 0


class KeptGap(Record, frozen=True, kw_only=True):
    """A gap of a line, and who closed it."""

    gap_id: int
    gap: Gap
    known: Instant
    closed: Instant | None = None
    closed_by: str | None = None
    closed_why: str | None = None


class Delivery(Record, frozen=True, kw_only=True):
    """One road by which a content came, and how often this same delivery was read."""

    source: str
    topic: str
    partition: int | None = None
    offset: int | None = None
    received: Instant
    broker_time: Instant | None = None
    #: What the carrier said beside the bytes, the first time.
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    times: int = 1


class Change(Record, frozen=True, kw_only=True):
    """Something shown has changed. `event_key` is None for what belongs to no event (a refusal, the hold switch).

    "reconnected": the line to the database broke and is back; anything may have changed meanwhile.
    """

    event_key: str | None = None
    what: str = "event"
    revision: int | None = None


class Totals(Record, frozen=True, kw_only=True):
    """Numbers of the whole database."""

    events: int = 0
    notices: int = 0
    refused: int = 0
    #: Events whose newest assessment is a detection.
    detections: int = 0
    #: Jobs waiting or running.
    jobs: int = 0


class SourceState(Record, frozen=True, kw_only=True):
    """How a source is doing."""

    source: str
    #: Seconds since the last message or heartbeat was received; None: never.
    lag_s: float | None
    last_received: Instant | None
    deliveries: int
    #: Deliveries whose content was known already.
    duplicates: int
    heartbeats: int
    #: The time that the last heartbeat says.
    last_pulse: Instant | None = None
    #: Open gaps of this source.
    gaps: int = 0
    #: Whether a silence goes on.
    silent: bool = False


class ToldLine(Record, frozen=True, kw_only=True):
    """How a source's line is, as the process that listens to it says."""

    source: str
    #: "waiting", "connected", "silent" or "refused".
    condition: str
    since: Instant
    reason: str = ""
    last_pulse: Instant | None = None
    #: Seconds since it was said.
    age_s: float = 0.0


class InboxPart(Record, frozen=True, kw_only=True):
    """The documents of one source and outcome."""

    source: str
    #: "notice", "pointing", "circular", "refusal"; None: waits for a handler.
    outcome: str | None
    documents: int
    #: Bytes as they came, those that are still there, and documents whose bytes went by policy.
    bytes_came: int
    bytes_kept: int
    expired: int
    first: Instant
    last: Instant


class CandidateQuery(Record, frozen=True, kw_only=True):
    """Which candidates of the blind search are wanted, newest first. Every condition that is set must hold."""

    #: Of one scan; "" is the live search.
    scan_id: str | None = None
    classification: CandidateClass | None = None
    #: Began from here (included) to there (excluded).
    since: Instant | None = None
    before: Instant | None = None
    far_hz_at_most: float | None = None
    limit: int = 100
    offset: int = 0


class KeptCandidate(Record, frozen=True, kw_only=True):
    """A candidate as it is kept."""

    candidate_id: int
    scan_id: str
    candidate: Candidate
    known: Instant


class WatchPosition(Record, frozen=True, kw_only=True):
    """How far the live search has come with an instrument."""

    mission: str
    instrument: str
    #: Whatever began before is known.
    settled: Instant
    #: End of the newest bin seen.
    seen: Instant
    #: Seconds since this was said.
    age_s: float = 0.0

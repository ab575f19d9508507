"""From bytes to meaning: what a source yields (RawAlert), and what a handler makes of it."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .regions import SkyRegion

Role = Literal["observation", "test", "utility"]
Messenger = Literal["gravitational-wave", "neutrino", "gamma-ray", "x-ray", "optical", "radio", "none"]


class RawAlert(Record, kw_only=True):
    """The bytes of an alert as they came, and where and when they came from. Written to the inbox before anything else."""

    #: SHA-256 of `body`: the same bytes by any road are one document.
    content_id: str
    body: bytes
    #: Name of the configured source: "gcn", "hop", "directory", "archive", "http" …
    source: str
    #: Topic for a broker, path for a file.
    topic: str
    partition: int | None = None
    offset: int | None = None
    #: When this process had the bytes in hand.
    received: Instant
    #: The broker's own time of the message, where it has one.
    broker_time: Instant | None = None
    #: What the carrier said beside the bytes: Kafka's headers ("_test", "_id", "_format"), as text.
    headers: dict[str, str] = {}


class Significance(Record, kw_only=True):
    """How sure the source is, in the source's own measures. Rates are in Hz whatever the source printed."""

    far_hz: float | None = None
    #: Signal-to-noise or sigma, as printed.
    snr: float | None = None
    p_value: float | None = None
    #: Probability of astrophysical origin (IceCube's signalness, p_astro).
    p_astro: float | None = None
    #: The source's own flag, where it has one (LVK O4).
    significant: bool | None = None


class Blob(Record, kw_only=True):
    """Bytes that came inside an alert (a base64 sky map), named by content."""

    blob_id: str
    media_type: str
    data: bytes


class Notice(Record, kw_only=True, tag="notice"):
    """One alert, understood. Nothing of the document is lost: what has no field of its own is in `fields`."""

    #: The document's kind: "igwn.gwalert", "FERMI_GBM_FLT_POS", "ICECUBE_ASTROTRACK_GOLD" …
    kind: str
    messenger: Messenger
    #: Who speaks, as shown to people: "LIGO Virgo KAGRA", "IceCube", "Fermi-GBM" …
    origin: str
    #: Identity of the event within its origin: a superevent id, "run_event", a trigger number.
    event_id: str
    #: Other names of the same event.
    aliases: tuple[str, ...] = ()
    #: The revision as the source names it ("INITIAL", "1", "FLT_POS 3").
    revision: str
    #: Order of revisions within one event: stage, then serial; higher supersedes lower.
    revision_order: tuple[int, ...] = ()
    role: Role
    retraction: bool = False
    #: Time of the event (T0), UTC.
    time: Instant | None = None
    #: How T0 was had when not from the plain field: "TJD+SOD" …
    time_source: str | None = None
    time_error_s: float | None = None
    #: The time the document states, where that is not T0: the start of a follow-up's exposure, or a clock that was never set.
    stated_time: Instant | None = None
    #: When the notice was issued.
    issued: Instant | None = None
    region: SkyRegion | None = None
    significance: Significance | None = None
    #: Probabilities of classes ("BNS": 0.98), as given.
    classification: dict[str, float] = {}
    #: Properties ("HasNS": 1.0), as given.
    properties: dict[str, float] = {}
    #: Mean luminosity distance and its standard deviation, Mpc, where the document says.
    distance_mpc: float | None = None
    distance_error_mpc: float | None = None
    duration_s: float | None = None
    instruments: tuple[str, ...] = ()
    #: Addresses the document gives, by name.
    links: dict[str, str] = {}
    #: Identities this notice cites: (relation, identity).
    citations: tuple[tuple[str, str], ...] = ()
    #: The source's own identity of the document (IVORN …), not unique over the years.
    document_id: str | None = None
    #: Every remaining field, by its path in the document, as printed.
    fields: dict[str, str] = {}
    #: What was normalised on the way ("position 0,0 is a sentinel: no position"), a line each.
    remarks: tuple[str, ...] = ()
    #: Bytes that came inside, referred to by `region`.
    blobs: tuple[Blob, ...] = ()


class PointingUpdate(Record, kw_only=True, tag="pointing"):
    """Where a spacecraft says it will point: the X axis, no roll."""

    kind: str
    mission: str
    time: Instant
    ra_deg: float
    dec_deg: float
    role: Role = "utility"
    issued: Instant | None = None
    fields: dict[str, str] = {}
    #: What was normalised on the way, a line each.
    remarks: tuple[str, ...] = ()


class Heartbeat(Record, kw_only=True, tag="heartbeat"):
    """The line is alive."""

    kind: str
    time: Instant


class CircularLink(Record, kw_only=True, tag="circular"):
    """A circular about an event. The same circular comes again at every edit: (circular_id, version) is its identity."""

    kind: str
    circular_id: str
    version: int = 1
    subject: str
    #: The event as the circular names it ("GRB 230407B", "LIGO/Virgo/KAGRA S240830gn").
    event_id: str | None = None
    #: Names of the event as notices would give them ("S240830gn", "IceCube-230416A"): what links it.
    aliases: tuple[str, ...] = ()
    submitter: str | None = None
    time: Instant | None = None


class Refusal(Record, kw_only=True, tag="refusal"):
    """A document that is not taken, with a reason a human finds right. The bytes stay in the inbox."""

    #: A stable word: "malformed-xml", "unknown-kind", "not-an-object", "error-text", "no-identity" …
    reason: str
    message: str
    kind: str | None = None


Parsed = Notice | PointingUpdate | Heartbeat | CircularLink | Refusal

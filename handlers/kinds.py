"""Kinds of GCN Classic as data: what each means is a row of a table; what no row can say is a handler's own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from schemas import Messenger, Notice, Parsed, PointingUpdate, Policy, Role, Significance

from .classic import classic_kind, common, links_of, moment_of, place_of, role_of
from .clocks import times_of
from .documents import Document, JsonDocument
from .numbers import celestial, integer, positive
from .refused import Refused
from .times import read_iso
from .voevent import VOEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicKind:
    """What notices of one kind mean, whether they came as VOEvent, packet or text."""

    #: Name of the kind, "SWIFT_XRT_POSITION".
    kind: str
    messenger: Messenger
    #: Who speaks; events of one origin share their names.
    origin: str
    #: Name of the revision; the serial number follows it.
    revision: str
    #: Order among the kinds of an event: a higher stage supersedes a lower one.
    stage: int = 0
    #: Parameters that name the event, the first that is there.
    identity: tuple[str, ...] = ("TrigID",)
    #: Whether the position is the source's: a kind that prints a pointing, or the position of an earlier notice, says no.
    localises: bool = True
    #: Whether the printed time is the event's: the start of a follow-up's exposure is not, it becomes `stated_time`.
    dates_event: bool = True
    #: Whether a notice is refused when its time cannot be read or believed; else it has none.
    needs_time: bool = True
    #: Prefix of the kind's own (…_TJD, …_SOD) pair, where it is no usual one.
    clocks: tuple[str, ...] = ()
    #: What the error radius contains, and whether systematics are in it; None where nobody says.
    containment: float | None = None
    systematic: bool | None = None
    #: Parameters that hold the signal-to-noise ratio, the first that is positive.
    snr: tuple[str, ...] = ()
    duration: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    #: Every notice of the kind takes its event back.
    retraction: bool = False
    #: The role, where the document's own is known to be wrong or says too little.
    role: Role | None = None
    #: Name of the policy, where the handler has several.
    policy: str | None = None


def identity_of(document: VOEvent, names: tuple[str, ...]) -> str:
    """The event's name: the first parameter that is there. Raises Refused (no-identity)."""
    found = document.get(*names)
    if found is None:
        raise Refused("no-identity", f"the notice has no {' or '.join(names)}")
    return found


def classic_notice(document: VOEvent, kind: ClassicKind, **changes: Any) -> Notice:
    """Read a notice as its kind's row says; `changes` are fields of Notice that the handler knows better.

    A `remarks` among the changes is added to what reading itself remarks.

    Raises
    ------
    Refused
        no-identity, bad-time.
    """
    event_id = changes.pop("event_id", None) or identity_of(document, kind.identity)
    retracts = changes.get("retraction", kind.retraction)
    needs_time = (
        kind.needs_time and not retracts
    )  # what takes an event back must not be lost for a time that is the event's anyway
    times = times_of(document, dates_event=kind.dates_event, needs_time=needs_time, clocks=kind.clocks)
    place = place_of(document, containment=kind.containment, systematic_included=kind.systematic)
    serial = integer(document.get("Pkt_Ser_Num")) or 0
    snr = next((s for name in kind.snr if (s := positive(document.get(name))) is not None), None)
    remarks = (*times.remarks, *(place.remarks if kind.localises else ()), *changes.pop("remarks", ()))
    values: dict[str, Any] = {
        "kind": kind.kind, "messenger": kind.messenger, "origin": kind.origin, "event_id": event_id,
        "revision": f"{kind.revision} {serial}", "revision_order": (kind.stage, serial),
        "role": kind.role or role_of(document), "retraction": kind.retraction, "time": times.time,
        "time_source": times.source, "stated_time": times.stated,
        "region": place.circle if kind.localises else None,
        "significance": Significance(snr=snr) if snr is not None else None,
        "duration_s": next((d for name in kind.duration if (d := positive(document.get(name))) is not None), None),
        "instruments": kind.instruments, "links": links_of(document), "remarks": remarks, **common(document),
    }  # fmt: skip
    return Notice(**(values | changes))


def classic_pointing(document: VOEvent, kind: str, mission: str) -> PointingUpdate:
    """Where a spacecraft says it will point: its next direction where printed, else the position. Raises Refused (bad-position)."""
    moment = moment_of(document, clocks=("Start",))
    direction = celestial(document.get("Next_RA"), document.get("Next_Dec"))
    if direction is None and document.position is not None:
        direction = celestial(document.position.ra, document.position.dec)
    if direction is None:
        raise Refused("bad-position", "the pointing has no direction on the sky")
    return PointingUpdate(
        kind=kind, mission=mission, time=moment.time, ra_deg=direction[0], dec_deg=direction[1], role=role_of(document),
        issued=read_iso(document.date), fields=document.fields(), remarks=moment.remarks,
    )  # fmt: skip


class ClassicHandler:
    """A messenger all of whose kinds have a packet type. A handler names its kinds and adds what its table cannot say."""

    name: ClassVar[str]
    #: Rows by kind.
    table: ClassVar[Mapping[str, ClassicKind]] = {}
    #: Kinds that are pointings, and whose.
    pointings: ClassVar[Mapping[str, str]] = {}
    #: Kinds that come as JSON, by the path of their schema; the kind is the topic too.
    json_kinds: ClassVar[Mapping[str, str]] = {}
    policies: ClassVar[tuple[Policy, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds it takes."""
        return (*self.table, *self.pointings, *dict.fromkeys(self.json_kinds.values()))

    @property
    def topics(self) -> tuple[str, ...]:
        """GCN's topics of its kinds."""
        classic = (f"gcn.classic.voevent.{kind}" for kind in (*self.table, *self.pointings) if "INTERNAL" not in kind)
        return (*classic, *dict.fromkeys(self.json_kinds.values()))

    def recognise(self, document: Document) -> str | None:
        """By packet type; JSON by its schema or topic."""
        if isinstance(document, JsonDocument):
            named = document.topic if document.topic in self.json_kinds.values() else None
            return self.json_kinds.get(document.schema or "") or named
        kind = classic_kind(document) if isinstance(document, VOEvent) else None
        return kind if kind in self.table or kind in self.pointings else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a notice or a pointing."""
        if isinstance(document, JsonDocument):
            return self.from_json(document, kind)
        assert isinstance(document, VOEvent)
        if kind in self.pointings:
            return classic_pointing(document, kind, self.pointings[kind])
        return classic_notice(document, self.table[kind], **self.amend(document, kind))

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a JSON notice; a handler with `json_kinds` says how."""
        raise Refused("unknown-kind", f"no reader of {kind}", kind=kind)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Fields of the notice that the table's row cannot say."""
        return {}

    def policy_for(self, notice: Notice) -> Policy:
        """The policy that the kind's row names, else the general one."""
        row = self.table.get(notice.kind)
        named = next((p for p in self.policies if row is not None and p.name == row.policy), None)
        return named or self.policies[0]


def by_kind(*rows: ClassicKind) -> dict[str, ClassicKind]:
    """Rows of a table by their kinds."""
    return {row.kind: row for row in rows}

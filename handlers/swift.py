"""Swift: BAT's triggers, what XRT and UVOT make of them, pointings, the monitor, and GUANO's candidates.

A retraction exists in GUANO's JSON only. "Definitely not a GRB", a catalogue's source and a NACK say what a trigger was, or what a
telescope did not see; none says that nothing happened. They are remarked, and no circular is proposed for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Notice, Parsed, Policy, Threshold

from ._guano import GUANO, from_guano, is_guano
from ._swift_table import ORIGIN, POINTINGS, RECORDED, TABLE
from .classic import role_by_trigger
from .clocks import times_of
from .documents import Document, JsonDocument
from .kinds import ClassicHandler, ClassicKind
from .numbers import celestial, integer
from .refused import Refused
from .voevent import VOEvent

#: "1187142v2": the trigger, and the version of its processing.
_VERSIONED = re.compile(r"(-?\d+)v(\d+)", re.ASCII)
#: -1 in the 24 bits of a trigger number: none was set.
_NO_NUMBER = ("16777215", "-1", "-00001")
#: Swift flags nothing as significant, so that this threshold is never met.
_NEVER = (Threshold(require_significant=True),)
#: A burst may start before BAT's trigger and last minutes after it; light travel adds at most 0.6 s.
_WINDOW_S = (-30.0, 100.0)
_STAR_TRACKER = "StarTrack_Lost_Lock"
_LOST_IMAGE = "ImTrig_during_ST_LoL"
_NOT_A_BURST = "Def_NOT_a_GRB"
_CATALOGUES = ("Target_in_Flt_Catalog", "Target_in_Gnd_Catalog")


class Swift(ClassicHandler):
    """Handler of Swift's notices."""

    name = "swift"
    table = TABLE
    pointings = POINTINGS
    json_kinds: ClassVar[Mapping[str, str]] = {"gcn/notices/swift/bat/Guano": GUANO}
    policies = (
        Policy(name="swift", association_window_s=_WINDOW_S),
        Policy(name="swift-doubtful", association_window_s=_WINDOW_S, circular_if=_NEVER),
        Policy(name=RECORDED, roles=()),
    )

    def recognise(self, document: Document) -> str | None:
        """By packet type; GUANO by its schema, topic or name: early documents have no schema."""
        if isinstance(document, JsonDocument) and is_guano(document.value):
            return GUANO
        return super().recognise(document)

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read one of GUANO's notices."""
        return from_guano(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Trigger numbers with their version, the role, and positions and sources that are not what they seem."""
        row = self.table[kind]
        event_id, version, remarks = _number(document, row)
        role, why = role_by_trigger(document, event_id)
        serial = integer(document.get("Pkt_Ser_Num")) or 0
        changes: dict[str, Any] = {
            "event_id": event_id, "revision": f"{row.revision} {serial}" + (f" v{version}" if version else ""),
            "revision_order": (row.stage, version, serial), "role": row.role or role,
            "remarks": (*remarks, *(why if row.role is None else ()), *_doubts(document)),
        }  # fmt: skip
        if row.localises and (why_none := _no_position(document, row)) is not None:
            changes["region"] = None
            changes["remarks"] += (f"{why_none}: no position",)
        return changes

    def policy_for(self, notice: Notice) -> Policy:
        """The row's; a trigger that is a catalogue's source, no burst, or came while the star tracker was lost, is doubtful."""
        policy = super().policy_for(notice)
        return self.policies[1] if policy is self.policies[0] and _is_doubtful(notice) else policy


def _number(document: VOEvent, row: ClassicKind) -> tuple[str, int, tuple[str, ...]]:
    """Name of the event, version of its processing, remarks. Raises Refused (no-identity)."""
    printed = document.get(*row.identity)
    if row.kind == "SWIFT_BAT_MONITOR":
        # The reference number begins anew for each source and year: source and outburst name it.
        outburst = times_of(document, dates_event=False, needs_time=False, clocks=row.clocks).stated
        name = f"{printed} {outburst.utc}" if printed and outburst is not None else printed
        if name is None:
            raise Refused("no-identity", "the notice names no source")
        return name, 0, ()
    if printed is None or (row.origin == ORIGIN and printed in _NO_NUMBER):
        stated = times_of(document, needs_time=False, clocks=row.clocks)
        time = stated.time.utc if stated.time is not None else document.date
        if time is None:
            raise Refused("no-identity", "neither a trigger number nor a time")
        return time, 0, (f"trigger number {printed or 'none'} is no number: named by its time",)
    if match := _VERSIONED.fullmatch(printed):
        return match[1], int(match[2]), ()
    return printed, 0, ()


def _doubts(document: VOEvent) -> tuple[str, ...]:
    """What the flags say of the trigger, for people."""
    found = []
    if document.flag(_NOT_A_BURST):
        found.append("marked as definitely not a burst")
    if document.flag(_LOST_IMAGE):
        found.append("an image trigger while the star tracker had lost its lock")
    if document.get("GRB_Identified") == "false" and document.flag(*_CATALOGUES):
        found.append("identified with a source of a catalogue, not as a burst")
    return tuple(found)


def _no_position(document: VOEvent, row: ClassicKind) -> str | None:
    """Why a position is not the source's, though printed as one."""
    if document.flag(_STAR_TRACKER):
        return "the star tracker had lost its lock, the position is bogus"
    position = document.position
    # BAT's radius is a constant of the kind, so that it says nothing of a position that was never set.
    if row.instruments == ("BAT",) and position is not None and celestial(position.ra, position.dec) == (0, 0):
        return "position 0, 0 is a sentinel"
    times = times_of(document, dates_event=row.dates_event, needs_time=False, clocks=row.clocks)
    if row.dates_event and times.stated is not None:
        return "the packet is garbled, its time cannot be true"
    return None


def _is_doubtful(notice: Notice) -> bool:
    flags = {key.rpartition("/")[2]: value.lower() for key, value in notice.fields.items() if value.lower() in ("true", "false")}
    known = flags.get("GRB_Identified") == "false" and any(flags.get(name) == "true" for name in _CATALOGUES)
    return known or any(flags.get(name) == "true" for name in (_NOT_A_BURST, _STAR_TRACKER, _LOST_IMAGE))

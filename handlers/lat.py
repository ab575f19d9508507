"""Fermi-LAT: positions of bursts on board and on ground, flares of known sources; and where Fermi points.

An event is a trigger number, which is mission elapsed time in whole seconds. Positions supersede each other: initial, updated,
final on board, ground, offline. The monitor's flares are other origins: a day's mean of a source that is always there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Notice, Parsed, Policy, Significance

from . import gcnjson
from .classic import role_by_trigger, role_of
from .clocks import times_of
from .documents import JsonDocument
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, positive
from .refused import Refused
from .times import from_fermi_clock, read_iso
from .voevent import VOEvent

FLARE = "gcn.notices.fermi.lat.flare"
_MONITOR = "FERMI_LAT_MONITOR"
_RECORDED = "lat-recorded"


def _position(kind: str, stage: int, **more: Any) -> ClassicKind:
    """LAT's radius is statistical, 90 %."""
    return ClassicKind(
        kind=f"FERMI_LAT_{kind}", messenger="gamma-ray", origin="Fermi-LAT", revision=kind, stage=stage, needs_time=False,
        containment=0.9, systematic=False, instruments=("LAT",), **more,
    )  # fmt: skip


class Lat(ClassicHandler):
    """Handler of Fermi-LAT's notices and Fermi's pointings."""

    name = "lat"
    table = by_kind(
        _position("TRANS", 0),
        _position("POS_TEST", 0, role="test"),
        _position("POS_INI", 1),
        _position("POS_UPD", 2),
        _position("POS_DIAG", 3),
        _position("GND", 4, snr=("Trigger_Signif",)),
        _position("OFFLINE", 5, snr=("Trigger_Signif",)),
        # No error is printed. The time is the middle of the day whose flux is high. "Signif" is not in sigma (50 900 is usual).
        ClassicKind(
            kind=_MONITOR, messenger="gamma-ray", origin="Fermi-LAT monitor", revision="MONITOR", dates_event=False,
            needs_time=False, clocks=("Trans",), instruments=("LAT",), policy=_RECORDED,
        ),
    )  # fmt: skip
    #: A slew is announced at the trigger's time and begins after it.
    pointings: ClassVar[Mapping[str, str]] = {
        "FERMI_POINTDIR": "Fermi", "FERMI_SC_SLEW": "Fermi", "FERMI_SC_SLEW_INTERNAL": "Fermi",
    }  # fmt: skip
    json_kinds: ClassVar[Mapping[str, str]] = {"gcn/notices/fermi/lat/flare": FLARE}
    #: LAT's photons may come before the burst's peak and thousands of seconds after it; gamma rays below MeV are sought about T0.
    policies = (Policy(name="lat", association_window_s=(-30.0, 100.0)), Policy(name=_RECORDED, roles=()))

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a flare."""
        return _flare(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Roles, retractions, and the time where only the trigger number has it."""
        row = self.table[kind]
        event_id = document.get(*row.identity)
        if event_id is None:
            raise Refused("no-identity", "the notice has no trigger number")
        if kind == _MONITOR:
            utility = role_of(document) == "utility"
            return {
                "event_id": event_id, "role": "observation" if utility else role_of(document),
                "retraction": document.flag("Retraction"),
                "remarks": ("role utility of a real flare in early notices: observation",) if utility else (),
            }  # fmt: skip
        role, remarks = role_by_trigger(document, event_id)
        if document.flag("Def_NOT_a_GRB"):
            remarks = (*remarks, "marked as definitely not a burst")
        return {"event_id": event_id, "role": row.role or role, **_by_number(document, event_id, remarks)}

    def policy_for(self, notice: Notice) -> Policy:
        """Bursts, or flares, which are recorded and not searched."""
        return self.policies[1] if notice.kind == FLARE else super().policy_for(notice)


def _by_number(document: VOEvent, event_id: str, remarks: tuple[str, ...]) -> dict[str, Any]:
    """The time by the trigger number where the printed one is none: notices of 2026 print the zero of the clock."""
    number = integer(event_id)
    if number is None or times_of(document, needs_time=False).time is not None or (time := from_fermi_clock(number)) is None:
        return {"remarks": remarks}
    return {
        "time": time, "time_source": "TrigID", "time_error_s": 1.0,
        "remarks": (*remarks, "time taken from the trigger number, mission elapsed time in whole seconds"),
    }  # fmt: skip


def _flare(document: JsonDocument) -> Notice:
    """A flare advocate's notice: a source and a day, no trigger. The source and the day name it, as sources flare again."""
    value = document.value
    name = next(iter(gcnjson.identities(value.get("event_name"))), None)
    start = value.get("observation_start")
    began = read_iso(start) if isinstance(start, str) else None
    ids = gcnjson.identities(value.get("id"))
    if not ids and (name is None or began is None):
        raise Refused("no-identity", "neither an id nor a source's name with the day of its flare")
    times, statistic = gcnjson.times_of(document), positive(value.get("TS"))
    region, blobs, remarks = gcnjson.place_of(value)
    event_id, *others = ids or (f"{name} {began.utc if began is not None else ''}",)
    return Notice(
        kind=FLARE, messenger="gamma-ray", origin="Fermi-LAT flares", event_id=event_id,
        aliases=tuple(others), revision=str(value.get("alert_type") or "initial"),
        revision_order=(integer(value.get("record_number")) or 0,),
        role=gcnjson.role_of(document), retraction=value.get("alert_type") == "retraction", region=region, stated_time=began,
        # The test statistic is about the square of the significance (its schema says so).
        significance=Significance(snr=math.sqrt(statistic)) if statistic is not None else None,
        instruments=("LAT",), links=gcnjson.links_of(value), fields=document.fields(), blobs=blobs, remarks=remarks, **times,
    )  # fmt: skip

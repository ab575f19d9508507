"""SVOM: triggers of GRM, positions of ECLAIRs and MXT, slews, retractions; VOEvents, and the JSON of GCN's schema.

An event is a Burst_Id. GRM triggers first, ECLAIRs localises, MXT refines with a quality factor 1 to 4; the satellite's slewing
or not slewing is told with ECLAIRs' newest position. Within ECLAIRs the latest issue wins: its serial numbers are always 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Notice, Parsed, Policy

from . import gcnjson
from .classic import place_of, role_of
from .documents import JsonDocument
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, number, positive
from .refused import Refused
from .times import read_iso
from .voevent import VOEvent

JSON_KIND = "gcn.notices.svom.trigger"
#: "sb26050402": day and number of the burst; the documentation's example has letters in place of digits.
_BURST_ID = re.compile(r"sb\d{8}$", re.ASCII)
_QUALITY = re.compile(r"_qf(\d)$", re.ASCII)
#: The stage of a retraction: above all others.
_RETRACTED = 9


def _kind(name: str, revision: str, stage: int, instrument: str, **more: Any) -> ClassicKind:
    return ClassicKind(
        kind=name, messenger="x-ray" if instrument == "MXT" else "gamma-ray", origin="SVOM", revision=revision, stage=stage,
        identity=("Burst_Id",), snr=("SNR",), instruments=(instrument,), **more,
    )  # fmt: skip


class Svom(ClassicHandler):
    """Handler of SVOM's notices."""

    name = "svom"
    #: ECLAIRs' radius holds both errors, what share of them is not said; MXT's is the 90 % radius.
    table = by_kind(
        _kind("SVOM_GRM_TRIGGER", "GRM_TRIGGER", 0, "GRM", localises=False),
        _kind("SVOM_ECLAIRS_WAKEUP", "ECLAIRS_WAKEUP", 1, "ECLAIRs", systematic=True),
        _kind("SVOM_ECLAIRS_CATALOG", "ECLAIRS_CATALOG", 1, "ECLAIRs", systematic=True, policy="svom-catalog"),
        _kind("SVOM_SLEWING", "SLEWING", 1, "ECLAIRs", systematic=True),
        _kind("SVOM_NOT_SLEWING", "NOT_SLEWING", 1, "ECLAIRs", systematic=True),
        _kind("SVOM_MXT_INITIAL", "MXT_INITIAL", 2, "MXT", containment=0.9, dates_event=False),
        _kind("SVOM_MXT_UPDATE", "MXT_UPDATE", 2, "MXT", containment=0.9, dates_event=False),
        _kind("SVOM_RETRACTION", "RETRACTION", _RETRACTED, "ECLAIRs", systematic=True, retraction=True),
    )
    json_kinds: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("gcn/notices/svom/trigger", "gcn/notices/svom/eclairs/wakeup"), JSON_KIND
    )
    #: A source of the on-board catalogue is recorded: it is known to shine.
    policies = (Policy(name="svom", association_window_s=(-30.0, 100.0)), Policy(name="svom-catalog", roles=()))

    @property
    def topics(self) -> tuple[str, ...]:
        """A topic for each instrument; none is public for the JSON form."""
        return tuple(f"gcn.notices.svom.voevent.{instrument}" for instrument in ("grm", "eclairs", "mxt", "vt"))

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a JSON notice."""
        return _from_json(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Role of the documentation's example, the burst's class, and what GRM and MXT do in their own ways."""
        changes: dict[str, Any] = {"remarks": [], "classification": _classes(document)}
        if role_of(document) == "observation" and not _BURST_ID.match(document.get("Burst_Id") or ""):
            changes["role"] = "test"
            changes["remarks"].append("Burst_Id is no burst's: an example, role test")
        if kind == "SVOM_GRM_TRIGGER":
            if document.position is not None and positive(document.position.error) is not None:
                changes["region"] = place_of(document).circle
            elif document.position is not None:
                changes["remarks"].append("GRM's position without an error is a guess, tens of degrees off at times: no position")
        stage, serial = self.table[kind].stage, integer(document.get("Pkt_Ser_Num")) or 0
        if stage == 1:
            changes["revision_order"] = (stage,)
        elif stage == 2:
            changes |= _mxt(document, self.table[kind].revision, stage, serial)
        return changes


def _mxt(document: VOEvent, revision: str, stage: int, serial: int) -> dict[str, Any]:
    """The quality orders MXT's positions; the time printed is when MXT looked, the burst's stands in Alert_Seq_T0 at times."""
    match = _QUALITY.search(document.ivorn)
    quality = int(match[1]) if match else 0
    changes: dict[str, Any] = {"revision": f"{revision} qf{quality}", "revision_order": (stage, quality, serial)}
    burst = read_iso(document.get("Alert_Seq_T0"))
    return changes | ({"time": burst, "time_source": "Alert_Seq_T0"} if burst is not None else {})


def _classes(document: VOEvent) -> dict[str, float]:
    """Probability of a gamma-ray burst, which early notices print."""
    found = number(document.probabilities[0]) if document.probabilities else None
    return {"GRB": found} if found is not None else {}


def _from_json(document: JsonDocument) -> Notice:
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times = gcnjson.times_of(document)
    if times["time"] is None:
        raise Refused("bad-time", "the notice has no trigger_time")
    region, remarks = gcnjson.region_of(value)
    instrument = str(value.get("instrument") or "")
    stage = {"GRM": 0, "MXT": 2}.get(instrument, 1)
    retraction = value.get("alert_type") == "retraction"
    return Notice(
        kind=JSON_KIND, messenger="x-ray" if instrument == "MXT" else "gamma-ray", origin="SVOM", event_id=event_id,
        aliases=(*others, *gcnjson.identities(value.get("event_name"))),
        revision=f"{instrument} {value.get('alert_type') or 'initial'}",
        revision_order=(_RETRACTED if retraction else stage,), role=gcnjson.role_of(document), retraction=retraction,
        region=region, significance=gcnjson.significance_of(value),
        instruments=(instrument,) if instrument else (), links=gcnjson.links_of(value), fields=document.fields(),
        remarks=remarks, **times,
    )  # fmt: skip

"""SNEWS: coincidences of neutrino bursts, as GCN Classic notices, after GCN's schema, and as its own alerts on Hop.

Position: none of them has one; the classic form prints 0, 0 with an error of 360 degrees. Nearly all notices are tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Instant, Notice, Parsed, Policy, Significance, Threshold

from . import gcnjson
from .classic import place_of, role_of
from .documents import Document, JsonDocument
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, number, per_year_hz, positive
from .refused import Refused
from .times import read_iso
from .voevent import VOEvent

JSON_KIND = "gcn.notices.snews2.coincidence"
HOP_KIND = "snews.alert"
ORIGIN = "SNEWS"
#: A burst of neutrinos announces a supernova of our galaxy: somebody is woken whatever its numbers. Light comes after the
#: neutrinos, by minutes to a day: what an archive of minutes can show is what is asked.
POLICY = Policy(
    name="snews", search_half_width_s=600.0, association_window_s=(-600.0, 600.0), wake_if=(Threshold(),),
)  # fmt: skip
#: A circle of this radius is the whole sky.
_EVERYWHERE_DEG = 180.0
_RATE = re.compile(r"every\s+([\d.eE+-]+)\s+year")


class Snews(ClassicHandler):
    """Handler of SNEWS' alerts."""

    name = "snews"
    table = by_kind(ClassicKind(kind="SNEWS", messenger="neutrino", origin=ORIGIN, revision="SNEWS", duration=("Duration",)))
    policies = (POLICY,)

    json_kinds: ClassVar[Mapping[str, str]] = {"gcn/notices/snews2/coincidence": JSON_KIND, HOP_KIND: HOP_KIND}

    def recognise(self, document: Document) -> str | None:
        """By packet type or schema; SNEWS' own alerts by the name they give themselves."""
        if isinstance(document, JsonDocument) and "neutrino_times" in document.value:
            return HOP_KIND if str(_own_name(document.value)).startswith("SNEWS_Coincidence") else None
        return super().recognise(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Detectors, retraction, and no position where the error is the whole sky."""
        return _amend(document)

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a notice of GCN's schema, or SNEWS' own. Raises Refused: no-identity, bad-time."""
        return _from_schema(document) if kind == JSON_KIND else _from_hop(document)


def _amend(document: VOEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {"retraction": document.flag("Retraction"), "instruments": _participants(document)}
    place = place_of(document).circle
    remarks: list[str] = []
    if place is not None and place.radius_deg is not None and place.radius_deg >= _EVERYWHERE_DEG:
        changes["region"] = None
        remarks.append(f"an error of {place.radius_deg:g} deg is the whole sky: no position")
    if document.flag("Test", "InternalTest") and role_of(document) == "observation":
        changes["role"] = "test"
        remarks.append("the test flag is set: role test")
    return changes | {"remarks": tuple(remarks)}


def _participants(document: VOEvent) -> tuple[str, ...]:
    """Detectors that took part; SNEWS does not say which letter is which."""
    return tuple(f"detector {letter}" for letter in "ABCDEFGH" if document.flag(f"Detector_{letter}_Participate"))


def _from_schema(document: JsonDocument) -> Notice:
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times, retraction = gcnjson.dated(document)
    region, remarks = gcnjson.region_of(value)
    tier = value.get("tier_data")
    chance = number(tier.get("false_alarm_prob")) if isinstance(tier, dict) else None
    far = number(value.get("far"))
    if far is not None and far == chance:
        far, remarks = None, (*remarks, "far repeats the probability of a false alarm: no rate")
    record = integer(value.get("record_number")) or 0
    return Notice(
        kind=JSON_KIND, messenger="neutrino", origin=ORIGIN, event_id=event_id, aliases=tuple(others), revision=str(record),
        revision_order=(record,), role=gcnjson.role_of(document), retraction=retraction,
        region=region, significance=Significance(far_hz=far, p_value=chance) if (far, chance) != (None, None) else None,
        instruments=_triggered(value.get("detector_status")), links=gcnjson.links_of(value), fields=document.fields(),
        remarks=remarks, **times,
    )  # fmt: skip


def _triggered(status: Any) -> tuple[str, ...]:
    return tuple(name for name, word in status.items() if word == "triggered") if isinstance(status, dict) else ()


def _from_hop(document: JsonDocument) -> Notice:
    """Read SNEWS' own alert. Each update has a new name: what names the event is its first neutrino, to the second."""
    value = document.value
    name = str(_own_name(value))
    first = _first_neutrino(value.get("neutrino_times"))
    word = str(value.get("alert_type") or "").upper()
    detectors = tuple(map(str, value["detector_names"])) if isinstance(value.get("detector_names"), list) else ()
    test = word.startswith("TEST") or any(part in (document.topic or "") for part in ("test", "firedrill"))
    update = "UPDATE" in name or "UPDATE" in word
    retraction = "RETRACT" in word
    average = number(value.get("p_values average"))
    stage = "RETRACTION" if retraction else "UPDATE" if update else "ALERT"
    sent = value.get("sent_time")
    far = _rate_hz(value.get("False Alarm Prob"))
    return Notice(
        kind=HOP_KIND, messenger="neutrino", origin=ORIGIN, event_id=first.utc, aliases=(name,), revision=stage,
        revision_order=(2 if retraction else int(update), len(detectors)), role="test" if test else "observation",
        retraction=retraction, time=first, issued=read_iso(sent) if isinstance(sent, str) else None, document_id=name,
        significance=Significance(far_hz=far) if far is not None else None,
        properties={"p_values average": average} if average is not None else {}, instruments=detectors,
        fields=document.fields(),
    )  # fmt: skip


def _own_name(value: dict[str, Any]) -> Any:
    """The alert's own name; the key lost its underscore in later versions."""
    return value.get("_id") or value.get("id")


def _first_neutrino(times: Any) -> Instant:
    found = [t for text in times if isinstance(text, str) and (t := read_iso(text))] if isinstance(times, list) else []
    if not found:
        raise Refused("bad-time", f"no readable time of a neutrino: {times!r}")
    return min(found)


def _rate_hz(printed: Any) -> float | None:
    """Once in so many years, from "Would happen every 1.2e+01 year"; a percentage is no rate."""
    match = _RATE.search(printed) if isinstance(printed, str) else None
    years = positive(match[1]) if match is not None else None
    return per_year_hz(1.0 / years) if years is not None else None

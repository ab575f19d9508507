"""Super-Kamiokande's supernova alerts: GCN Classic notices and JSON; the classic number names the event in both.

The classic position prints an error of 0; the radii stand in `Src_Error68`, `Src_Error90` and `Src_Error95`. Distances are in
kpc there and in Mpc in JSON, where the mission's page says kpc.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from schemas import Notice, Parsed, Policy, Threshold

from . import gcnjson
from .classic import place_of
from .documents import JsonDocument
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, number, positive
from .voevent import VOEvent

JSON_KIND = "gcn.notices.superk.sn_alert"
ORIGIN = "Super-Kamiokande"
#: The radii as printed, the one that all others print first, and what each contains.
_RADII = (("Src_Error90", 0.9), ("Src_Error68", 0.68), ("Src_Error95", 0.95))
#: No detector of today sees a supernova's neutrinos from further than this: a larger number is in kpc.
_FURTHEST_MPC = 1.0


class SuperK(ClassicHandler):
    """Handler of Super-Kamiokande's alerts."""

    name = "superk"
    table = by_kind(
        ClassicKind(
            kind="SK_SN", messenger="neutrino", origin=ORIGIN, revision="SK_SN", identity=("Trigger_Number", "TrigID"),
            duration=("Duration",), instruments=("Super-Kamiokande",), clocks=("Pkt",), containment=0.9,
        )
    )  # fmt: skip
    json_kinds: ClassVar[Mapping[str, str]] = {"gcn/notices/superk/sn_alert": JSON_KIND}
    #: As for all neutrino bursts of supernovae: somebody is woken, minutes about the neutrinos are searched.
    policies = (
        Policy(name="superk", search_half_width_s=600.0, association_window_s=(-600.0, 600.0), wake_if=(Threshold(),)),
    )  # fmt: skip

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Radius, distance, how many neutrinos."""
        return _amend(document)

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a JSON alert. Raises Refused: no-identity, bad-time."""
        return _from_json(document)


def _amend(document: VOEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {"retraction": document.flag("Retraction"), "properties": _properties(document.get("N_Events"))}
    place = place_of(document).circle
    found = next(((r, share) for name, share in _RADII if (r := positive(document.get(name))) is not None), None)
    if place is not None and found is not None:
        changes["region"] = msgspec.structs.replace(place, radius_deg=found[0], containment=found[1])
        changes["remarks"] = (f"the radius is the one of {found[1] * 100:g} %, printed among the parameters",)
    low, high = number(document.get("Min_Distance")), number(document.get("Max_Distance"))
    if low is not None and high is not None and high > 0:
        changes |= {"distance_mpc": 0.5e-3 * (low + high), "distance_error_mpc": 0.5e-3 * abs(high - low)}
    return changes


def _properties(n_events: Any) -> dict[str, float]:
    """How many neutrinos were seen."""
    count = number(n_events)
    return {"n_events": count} if count is not None else {}


def _from_json(document: JsonDocument) -> Notice:
    value = document.value
    names = gcnjson.require_identity(document)
    number_ = integer(value.get("trigger_number"))
    event_id, aliases = (str(number_), names) if number_ is not None else (names[0], names[1:])
    times, retraction = gcnjson.dated(document)
    region, remarks = gcnjson.region_of(value)
    record, sample = integer(value.get("record_number")) or 0, str(value.get("processed_sample") or "full")
    distance, distance_remarks = _distance(value)
    return Notice(
        kind=JSON_KIND, messenger="neutrino", origin=ORIGIN, event_id=event_id, aliases=aliases,
        revision=f"{record} {sample}", revision_order=(record, int(sample != "partial")), role=gcnjson.role_of(document),
        retraction=retraction, region=region, duration_s=positive(value.get("detection_interval")),
        time_error_s=positive(value.get("trigger_time_error")), properties=_properties(value.get("n_events")),
        instruments=("Super-Kamiokande",), links=gcnjson.links_of(value), fields=document.fields(),
        remarks=(*remarks, *distance_remarks), **distance, **times,
    )  # fmt: skip


def _distance(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Distance and its error in Mpc, as the schema says; in kpc when it could not be."""
    far, error = positive(value.get("luminosity_distance")), number(value.get("luminosity_distance_error"))
    if far is None:
        return {}, ()
    if far <= _FURTHEST_MPC:
        return {"distance_mpc": far, "distance_error_mpc": error}, ()
    shrunk = {"distance_mpc": 1e-3 * far, "distance_error_mpc": None if error is None else 1e-3 * error}
    return shrunk, (f"a distance of {far:g} Mpc is beyond any supernova seen in neutrinos: taken as kpc",)

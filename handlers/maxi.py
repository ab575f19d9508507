"""MAXI: X-ray transients unknown before, flares of known sources, tests; VOEvents and JSON.

Radii are fixed, one degree for unknown and half a degree for known sources. JSON localises unknown ones by a circle, an ellipse
or the corners of a rectangle, or not at all, and takes an event back under its own id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Circle, Ellipse, Notice, Parsed, Policy, Polygon

from . import gcnjson
from .classic import role_by_trigger
from .documents import JsonDocument
from .kinds import ClassicHandler, ClassicKind, by_kind, identity_of
from .numbers import celestial, integer
from .voevent import VOEvent

JSON_UNKNOWN, JSON_KNOWN = "gcn.notices.maxi.gsc.unknown", "gcn.notices.maxi.gsc.known"
#: Order of the types within an event: the retraction wins, even where its time of issue precedes the event's.
_TYPES = {"initial": 0, "subsequent": 0, "update": 1, "retraction": 2}


def _kind(name: str, revision: str, **more: Any) -> ClassicKind:
    return ClassicKind(
        kind=name,
        messenger="x-ray",
        origin="MAXI",
        revision=revision,
        containment=0.9,
        systematic=True,
        instruments=("GSC",),
        **more,
    )


class Maxi(ClassicHandler):
    """Handler of MAXI's notices."""

    name = "maxi"
    table = by_kind(
        _kind("MAXI_UNKNOWN", "UNKNOWN"), _kind("MAXI_KNOWN", "KNOWN", policy="maxi-known"), _kind("MAXI_TEST", "TEST", role="test")
    )  # fmt: skip
    json_kinds: ClassVar[Mapping[str, str]] = {
        "gcn/notices/maxi/gsc.unknown": JSON_UNKNOWN, "gcn/notices/maxi/gsc.known": JSON_KNOWN
    }  # fmt: skip
    #: Transients last minutes and are seen once in an orbit of 92 minutes; known sources flare by the day and are recorded only.
    policies = (Policy(name="maxi", association_window_s=(-300.0, 300.0)), Policy(name="maxi-known", roles=()))

    def from_json(self, document: JsonDocument, kind: str) -> Parsed:
        """Read a JSON notice."""
        return _from_json(document, kind)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Numbers without leading zeros, which the same event has in one form and lacks in another; 0, 0 despite a radius."""
        printed = identity_of(document, ("TrigID",))
        changes: dict[str, Any] = {"event_id": printed.lstrip("0") or "0", "remarks": []}
        if self.table[kind].role is None:
            changes["role"], remarks = role_by_trigger(document, printed)
            changes["remarks"] += remarks
        place = document.position
        if place is not None and celestial(place.ra, place.dec) == (0, 0):
            changes["region"] = None
            changes["remarks"].append(f"position {place.ra}, {place.dec} is a sentinel: no position")
        return changes

    def policy_for(self, notice: Notice) -> Policy:
        """Unknown transients, or known sources."""
        return self.policies[1 if notice.kind in ("MAXI_KNOWN", JSON_KNOWN) else 0]


def _from_json(document: JsonDocument, kind: str) -> Notice:
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times, retraction = gcnjson.dated(document)
    what = str(value.get("alert_type") or "initial")
    region, remarks = _region(value)
    record = integer(value.get("record_number")) or 0
    #: A known source's name is no event's: circulars about the source are not about this flare.
    names = gcnjson.identities(value.get("event_name")) if kind == JSON_UNKNOWN else ()
    return Notice(
        kind=kind, messenger="x-ray", origin="MAXI", event_id=event_id, aliases=(*others, *names), revision=f"{what} {record}",
        revision_order=(_TYPES.get(what, 0), record), role=gcnjson.role_of(document), retraction=retraction, region=region,
        instruments=("GSC",), links=gcnjson.links_of(value), fields=document.fields(), remarks=remarks, **times,
    )  # fmt: skip


def _region(value: dict[str, Any]) -> tuple[Circle | Ellipse | Polygon | None, tuple[str, ...]]:
    """The corners of the rectangle where there are any, else circle or ellipse."""
    printed = value.get("rectangular_error_corners")
    if printed is None:
        return gcnjson.region_of(value)
    pairs = printed if isinstance(printed, list) else []
    corners = [celestial(*pair) for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    vertices = tuple(corner for corner in corners if corner is not None)
    if len(vertices) != len(pairs) or len(set(vertices)) < 3:
        region, remarks = gcnjson.region_of(value)
        return region, (*remarks, "rectangular_error_corners are no corners on the sky: not used")
    return Polygon(vertices_deg=vertices), ()

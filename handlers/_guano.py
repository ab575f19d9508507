"""GUANO: what a targeted search in BAT's saved events finds about another mission's trigger; `gcn.notices.swift.bat.guano`.

Four notices share an id: found (1), a map (2), a position (3), taken back (4).
"""

from __future__ import annotations

from typing import Any

from schemas import Notice

from . import gcnjson
from .documents import JsonDocument
from .numbers import integer, probabilities

GUANO = "gcn.notices.swift.bat.guano"
#: Where a notice has no record number.
_NUMBERS = {"initial": 1, "update": 3, "retraction": 4}


def is_guano(value: dict[str, Any]) -> bool:
    """Whether a document without a schema calls itself GUANO's."""
    return value.get("mission") == "Swift" and value.get("instrument") == "BAT-GUANO"


def from_guano(document: JsonDocument) -> Notice:
    """Read a notice. Raises Refused: no-identity, bad-time."""
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times, retraction = gcnjson.dated(document)
    kind = str(value.get("alert_type") or "initial")
    region, blobs, remarks = gcnjson.place_of(value)
    number = integer(value.get("record_number"))
    order = number if number is not None else _NUMBERS.get(kind, 0)
    classes = value.get("classification")
    return Notice(
        kind=GUANO, messenger="gamma-ray", origin="Swift-BAT GUANO", event_id=event_id, aliases=tuple(others),
        revision=f"{kind} {order}", revision_order=(order,), role=gcnjson.role_of(document), retraction=retraction, region=region,
        significance=gcnjson.significance_of(value), classification=probabilities(classes) if isinstance(classes, dict) else {},
        instruments=("BAT",), links=gcnjson.links_of(value), citations=gcnjson.followed(value), fields=document.fields(), blobs=blobs,
        remarks=remarks, **times,
    )  # fmt: skip

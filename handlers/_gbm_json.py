"""Fermi-GBM in JSON: triggers (not public yet) and the targeted search's candidates, which LVK is sent."""

from __future__ import annotations

from typing import Any

from schemas import Notice

from . import gcnjson
from ._gbm_systematic import with_systematic
from .documents import JsonDocument
from .numbers import integer, probabilities

TRIGGER, TARGETED = "gcn.notices.fermi.gbm.trigger", "gcn.notices.fermi.gbm.targeted"
#: Kinds by the path of their schema.
JSON_KINDS = {"gcn/notices/fermi/gbm/trigger": TRIGGER, "gcn/notices/fermi/gbm/TargetedSearch": TARGETED}
#: Subtype: name of the revision and stage, those of the classic notices.
_SUBTYPES = {
    "INITIAL_ALERT": ("ALERT", 0), "FLIGHT_POSITION": ("FLT_POS", 1), "GROUND_POSITION": ("GND_POS", 2),
    "FINAL_POSITION": ("FIN_POS", 3),
}  # fmt: skip


def from_json(document: JsonDocument, kind: str) -> Notice:
    """Read a notice. Raises Refused: no-identity, bad-time."""
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times, retraction = gcnjson.dated(document)
    region, blobs, remarks = gcnjson.place_of(value)
    stage, order, doubts = _stage(value, kind)
    serial = integer(value.get("record_number")) or 0
    classes = value.get("classification")
    return Notice(
        kind=kind, messenger="gamma-ray", origin="Fermi-GBM" if kind == TRIGGER else "Fermi-GBM targeted", event_id=event_id,
        aliases=tuple(others), revision=f"{stage} {serial}", revision_order=(order, serial), role=gcnjson.role_of(document),
        retraction=retraction, region=with_systematic(region, stage), significance=gcnjson.significance_of(value),
        classification=probabilities(classes) if isinstance(classes, dict) else {}, instruments=("GBM",),
        links=gcnjson.links_of(value), citations=gcnjson.followed(value), fields=document.fields(), blobs=blobs,
        remarks=(*remarks, *doubts), **times,
    )  # fmt: skip


def _stage(value: dict[str, Any], kind: str) -> tuple[str, int, tuple[str, ...]]:
    """Name and order of the revision; a subtype of later days is kept by its own name, and supersedes nothing."""
    alert_type = str(value.get("alert_type") or "initial")
    if kind == TARGETED:
        return alert_type, 1 if alert_type == "retraction" else 0, ()
    subtype = str(value.get("subtype") or alert_type)
    if subtype in _SUBTYPES:
        return (*_SUBTYPES[subtype], ())
    # A retraction comes after every position; anything else unknown before them.
    order = len(_SUBTYPES) if value.get("alert_type") == "retraction" else -1
    return subtype, order, (f"subtype {value.get('subtype')!r} is not known",)

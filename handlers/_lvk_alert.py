"""`igwn.gwalert`: JSON with the sky map in base64, or Avro with its bytes; SCiMMA's HERMES form comes without the map."""

from __future__ import annotations

from typing import Any

from schemas import Blob, Notice, Significance, SkyMapRef

from ._lvk_common import ORIGIN, order_of, role_by_name, stage_of
from .documents import JsonDocument
from .maps import map_blob
from .numbers import integer, number, positive, probabilities
from .refused import Refused
from .times import read_iso

JSON_KIND = "igwn.gwalert"


def from_alert(document: JsonDocument) -> Notice:
    """Read an alert.

    Raises
    ------
    Refused
        no-identity, bad-time, or not-an-alert when `event` is missing from anything but a retraction.
    """
    value = document.value
    event_id, alert_type = value.get("superevent_id"), value.get("alert_type")
    if not isinstance(event_id, str) or not event_id.strip() or not isinstance(alert_type, str):
        raise Refused("no-identity", "no superevent_id or alert_type", kind=JSON_KIND)
    event_id, stage = event_id.strip(), stage_of(alert_type)
    event = value.get("event")
    if stage != "RETRACTION" and not isinstance(event, dict):
        raise Refused("not-an-alert", f"{alert_type} without an event", kind=JSON_KIND)
    event = event if isinstance(event, dict) else {}
    created = _instant(value.get("time_created"))
    search = event.get("search")
    role, remarks = role_by_name(event_id, "observation", search if isinstance(search, str) else None)
    blob, blob_remarks = map_blob(event.get("skymap"), "the sky map")
    coincidence, joint, joint_remarks = _coincidence(value.get("external_coinc"))
    links = value.get("urls")
    return Notice(
        kind=JSON_KIND, messenger="gravitational-wave", origin=ORIGIN, event_id=event_id, revision=stage,
        revision_order=order_of(stage, created, integer(value.get("sequence_num")) or 0), role=role,
        retraction=stage == "RETRACTION", time=_event_time(event, stage), issued=created,
        region=SkyMapRef(blob_id=blob.blob_id, label=stage.lower()) if blob is not None else None,
        links={k: v for k, v in links.items() if isinstance(v, str)} if isinstance(links, dict) else {},
        citations=coincidence, fields=document.fields(), blobs=tuple(b for b in (blob, joint) if b is not None),
        remarks=(*remarks, *blob_remarks, *joint_remarks), **_numbers(event),
    )  # fmt: skip


def _instant(text: Any) -> Any:
    return read_iso(text) if isinstance(text, str) else None


def _event_time(event: dict[str, Any], stage: str) -> Any:
    time = _instant(event.get("time"))
    if time is None and (stage != "RETRACTION" or event.get("time") is not None):
        raise Refused("bad-time", f"no readable time of the event: {event.get('time')!r}", kind=JSON_KIND)
    return time


def _numbers(event: dict[str, Any]) -> dict[str, Any]:
    significant, instruments = event.get("significant"), event.get("instruments")
    far = number(event.get("far"))
    flag = significant if isinstance(significant, bool) else None
    classification, properties = event.get("classification"), event.get("properties")
    return {
        "significance": Significance(far_hz=far, significant=flag) if far is not None or flag is not None else None,
        "classification": probabilities(classification) if isinstance(classification, dict) else {},
        "properties": probabilities(properties) if isinstance(properties, dict) else {},
        "duration_s": positive(event.get("duration")),
        "instruments": tuple(i for i in instruments if isinstance(i, str)) if isinstance(instruments, list) else (),
    }


def _coincidence(value: Any) -> tuple[tuple[tuple[str, str], ...], Blob | None, tuple[str, ...]]:
    """The coincident external event: its IVORN as a citation, the combined map as a second blob beside the alert's own."""
    if not isinstance(value, dict):
        return (), None, ()
    ivorn = value.get("ivorn")
    blob, remarks = map_blob(value.get("combined_skymap"), "the combined sky map")
    if blob is not None:
        remarks = (*remarks, f"combined sky map of the coincidence: blob {blob.blob_id}")
    return ((("coincidence", ivorn),) if isinstance(ivorn, str) and ivorn else ()), blob, remarks

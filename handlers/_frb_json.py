"""JSON notices of fast radio bursts: CHIME/FRB and DSA-110.

Updates and retractions may say no more than a sentence and the time; what they do not say, the earlier notice does.
"""

from __future__ import annotations

from typing import Any

from schemas import Notice, Significance

from . import gcnjson
from .documents import JsonDocument
from .numbers import number, positive
from .times import read_iso

#: Kind by the schema's path: (kind, origin, instruments).
SCHEMAS = {
    "gcn/notices/chime/frb": ("gcn.notices.chime.frb", "CHIME/FRB", "CHIME"),
    "gcn/notices/dsa110/frb": ("gcn.notices.dsa110.frb", "DSA-110", "DSA-110"),
}
_SAID = {kind: (origin, instrument) for kind, origin, instrument in SCHEMAS.values()}
#: A detection and a repeater's next burst are first notices of an event; an update comes after, a retraction last.
STAGES = {"initial": 0, "detection": 0, "subsequent": 0, "update": 1, "retraction": 2}
#: Numbers of a burst that have no field of their own.
_NUMBERS = ("dm", "importance", "association_probability")


def json_kind(document: JsonDocument) -> str | None:
    """The kind by schema, or by topic; a mission's page once printed ".alert" after the topic."""
    row = SCHEMAS.get(document.schema or "")
    if row is not None:
        return row[0]
    topic = (document.topic or "").removesuffix(".alert")
    return topic if topic in _SAID else None


def from_json(document: JsonDocument, kind: str) -> Notice:
    """Read a notice. Raises Refused: no-identity, bad-time."""
    value = document.value
    origin, instrument = _SAID[kind]
    event_id, *others = gcnjson.require_identity(document)
    word = str(value.get("alert_type") or "initial").lower()
    times, retraction = gcnjson.dated(document)
    region, remarks = gcnjson.region_of(value)
    snr, width_ms = positive(value.get("snr")), positive(value.get("event_duration"))
    error = value.get("trigger_time_error")
    return Notice(
        kind=kind, messenger="radio", origin=origin, event_id=event_id,
        aliases=(*others, *gcnjson.identities(value.get("event_name"))), revision=word,
        revision_order=(STAGES.get(word, 0),), role=gcnjson.role_of(document), retraction=retraction, region=region,
        time_error_s=positive(max(error, key=lambda e: number(e) or 0.0) if isinstance(error, list) and error else error),
        significance=Significance(snr=snr) if snr is not None else None,
        properties={name: found for name in _NUMBERS if (found := number(value.get(name))) is not None},
        duration_s=1e-3 * width_ms if width_ms is not None else None, instruments=(instrument,),
        citations=known_source(value.get("known_source")), links=gcnjson.links_of(value), fields=document.fields(),
        remarks=(*remarks, *undispersed(times["time"], value.get("trigger_time_inf_freq"))), **times,
    )  # fmt: skip


def known_source(name: Any) -> tuple[tuple[str, str], ...]:
    """The repeating source that the burst belongs to: another burst's name, so no other name of this one."""
    return (("source", name.strip()),) if isinstance(name, str) and name.strip() else ()


def undispersed(time: Any, printed: Any) -> tuple[str, ...]:
    """A line saying how much earlier the burst would have come without dispersion, which is when gamma rays come."""
    unhindered = read_iso(printed) if isinstance(printed, str) else None
    if time is None or unhindered is None:
        return ()
    delay_s = (time.to_datetime() - unhindered.to_datetime()).total_seconds()
    return (
        f"the time is that of arrival at the band's lower edge; without dispersion {delay_s:.3f} s earlier: {unhindered.iso}",
    )

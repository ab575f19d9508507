"""KM3NeT's neutrinos, as JSON and as VOEvents of their own (known by their IVORN, without a packet type).

The sky maps hold probability per square degree, not per pixel: they stay links. VOEvents label the rate per year and print it
in Hz: alerts are rarer than one a month, so a number too small for any rate per year is in Hz.
"""

from __future__ import annotations

from schemas import Notice, Parsed, Policy, Role, Significance

from . import gcnjson
from .classic import classic_kind, common, links_of, place_of, role_of
from .clocks import times_of
from .documents import Document, JsonDocument, TextDocument
from .numbers import integer, number, per_year_hz
from .refused import Refused
from .voevent import VOEvent

JSON_KIND = "gcn.notices.km3net.alert"
VOEVENT_KIND = "gcn.notices.km3net.voevent"
ORIGIN = "KM3NeT"
#: Alerts have a rate below 3.9e-7 Hz, one a month; as a rate per year such a number would be one in 2.5 million years.
_LARGEST_HZ = 3.9e-7
_MAP = "the map at healpix_url holds probability per square degree"


class Km3net:
    """Handler of KM3NeT's alerts."""

    name = "km3net"
    kinds = (JSON_KIND, VOEVENT_KIND)
    topics = (JSON_KIND, VOEVENT_KIND)
    #: As for IceCube's neutrinos.
    policies = (Policy(name="km3net", association_window_s=(-300.0, 300.0)),)

    def recognise(self, document: Document) -> str | None:
        """JSON by schema or topic, VOEvents by IVORN."""
        match document:
            case JsonDocument():
                return JSON_KIND if document.schema == "gcn/notices/km3net/alert" or document.topic == JSON_KIND else None
            case VOEvent():
                mine = classic_kind(document) is None and document.ivorn.lower().startswith("ivo://km3net")
                return VOEVENT_KIND if mine else None
            case TextDocument():
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert of either form."""
        return _from_json(document) if isinstance(document, JsonDocument) else _from_voevent(document)

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]


def _from_json(document: JsonDocument) -> Notice:
    value = document.value
    event_id, *others = gcnjson.require_identity(document)
    times, retraction = gcnjson.dated(document)
    region, remarks = gcnjson.region_of(value)
    record = integer(value.get("record_number")) or 0
    links = gcnjson.links_of(value)
    instrument = value.get("instrument")
    return Notice(
        kind=JSON_KIND, messenger="neutrino", origin=ORIGIN, event_id=event_id,
        aliases=(*others, *gcnjson.identities(value.get("event_name"))), revision=str(record), revision_order=(record,),
        role=gcnjson.role_of(document), retraction=retraction, region=region,
        significance=_significance(number(value.get("far")), number(value.get("p_value"))),
        instruments=(instrument,) if isinstance(instrument, str) else (), links=links, fields=document.fields(),
        remarks=(*remarks, *_map_remark(links)), **times,
    )  # fmt: skip


def _from_voevent(document: Document) -> Notice:
    assert isinstance(document, VOEvent)
    name, number_ = document.get("Event_Name"), document.get("TrigID")
    event_id = number_ or name
    if event_id is None:
        raise Refused("no-identity", "neither TrigID nor Event_Name")
    retraction = (document.get("Alert_Type") or "").lower() == "retraction"
    times, place = times_of(document, needs_time=not retraction), place_of(document, containment=0.9, systematic_included=False)
    record = integer(document.get("record_number")) or 0
    far, rate_remarks = _rate(document)
    role, role_remarks = _role(document)
    links = links_of(document)
    instrument = document.get("Instrument")
    return Notice(
        kind=VOEVENT_KIND, messenger="neutrino", origin=ORIGIN, event_id=event_id,
        aliases=(name,) if name is not None and name != event_id else (), revision=str(record), revision_order=(record,),
        role=role, retraction=retraction, time=times.time, time_source=times.source,
        region=place.circle, significance=_significance(far, number(document.get("p_value"))),
        instruments=(instrument,) if instrument is not None else (), links=links,
        remarks=(*times.remarks, *place.remarks, *rate_remarks, *role_remarks, *_map_remark(links)), **common(document),
    )  # fmt: skip


def _role(document: VOEvent) -> tuple[Role, tuple[str, ...]]:
    """The document's role, unless `Alert_Tense` says that it is no observation."""
    role, tense = role_of(document), (document.get("Alert_Tense") or "current").lower()
    said = gcnjson.tense_role(tense)
    if role == "observation" and said != "observation":
        return said, (f"the tense is {tense}: role {said}",)
    return role, ()


def _rate(document: VOEvent) -> tuple[float | None, tuple[str, ...]]:
    """The rate in Hz, whatever its label, and what was made of it."""
    printed, unit = number(document.get("FAR")), document.unit("FAR")
    if printed is None or printed < 0:
        return None, ()
    if unit.lower() in ("hz", "s^-1", ""):
        return printed, ()
    if printed <= _LARGEST_HZ:
        return printed, (f"a rate of {printed:g} labelled {unit} is in Hz",)
    return per_year_hz(printed), ()


def _significance(far_hz: float | None, p_value: float | None) -> Significance | None:
    return Significance(far_hz=far_hz, p_value=p_value) if far_hz is not None or p_value is not None else None


def _map_remark(links: dict[str, str]) -> tuple[str, ...]:
    return (_MAP,) if "healpix_url" in links else ()

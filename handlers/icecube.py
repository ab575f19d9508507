"""IceCube's neutrinos: gold and bronze tracks, cascades, the earlier HESE and EHE streams, and the JSON tracks.

Identity is (run, event), the version is `Rev` (JSON: record_number); `Pkt_Ser_Num` is no revision there. Rates are printed
per year in VOEvents and in Hz in JSON. The maps of cascades and of revised tracks lie at the link `healpix_url`: the printed
circle stays the region, for a map that cannot be had would leave none.
"""

from __future__ import annotations

import re
from typing import Any

from schemas import Notice, Parsed, Policy, Significance

from . import gcnjson
from .classic import classic_kind, common, links_of, moment_of, place_of, role_of
from .documents import Document, JsonDocument, TextDocument
from .numbers import integer, number, per_year_hz, positive
from .refused import Refused
from .voevent import VOEvent

JSON_KIND = "gcn.notices.icecube.gold_bronze_track_alerts"
#: Containment of Error2Radius and whether systematics are in it: tracks are statistical, cascades are both; EHE prints
#: the 50 % radius where all others print 90 %.
_RADII: dict[str, tuple[float, bool]] = {
    "ICECUBE_ASTROTRACK_GOLD": (0.9, False),
    "ICECUBE_ASTROTRACK_BRONZE": (0.9, False),
    "ICECUBE_CASCADE": (0.9, True),
    "AMON_ICECUBE_HESE": (0.9, False),
    "AMON_ICECUBE_EHE": (0.5, False),
}
#: The JSON schema today, and before the stream was public: that one printed run and event as two ids, and was a test.
_TEST_SCHEMA = "gcn/notices/icecube/test/gold_bronze_track_alerts"
_SCHEMAS = ("gcn/notices/icecube/single_neutrino_alerts", _TEST_SCHEMA)
#: "…_<run>_<event>[_<revision>][-NNN]" ends the IVORN.
_IVORN = re.compile(r"_(\d+)_(\d+)(?:_(\d+))?(?:-\d+)?$")


class IceCube:
    """Handler of IceCube's alerts."""

    name = "icecube"
    kinds = (*_RADII, JSON_KIND)
    topics = (*(f"gcn.classic.voevent.{kind}" for kind in _RADII), JSON_KIND)
    #: T0 +- 300 s as in INTEGRAL's published follow-ups of neutrinos (Savchenko et al. 2017, A&A 603 A46, for the method).
    policies = (Policy(name="icecube", association_window_s=(-300.0, 300.0)),)

    def recognise(self, document: Document) -> str | None:
        """By packet type; JSON by its schema or topic."""
        match document:
            case VOEvent():
                kind = classic_kind(document)
                return kind if kind in _RADII else None
            case JsonDocument():
                return JSON_KIND if document.schema in _SCHEMAS or _track_topic(document.topic) else None
            case TextDocument():
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a VOEvent or JSON alert."""
        return _from_json(document) if isinstance(document, JsonDocument) else _from_voevent(document, kind)

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]


def _track_topic(topic: str | None) -> bool:
    return topic is not None and topic.startswith("gcn.notices.icecube.") and topic.endswith("gold_bronze_track_alerts")


def _identity(document: VOEvent) -> tuple[int, int]:
    run, event = integer(document.get("run_id")), integer(document.get("event_id"))
    if run is not None and event is not None:
        return run, event
    if match := _IVORN.search(document.ivorn):
        return int(match[1]), int(match[2])
    raise Refused("no-identity", "neither run and event number nor an IVORN that holds them")


def _from_voevent(document: Document, kind: str) -> Notice:
    assert isinstance(document, VOEvent)
    run, event = _identity(document)
    containment, systematic = _RADII[kind]
    moment = moment_of(document)
    place = place_of(document, containment=containment, systematic_included=systematic)
    revision = integer(document.get("Rev")) or 0
    role, remarks = role_of(document), [*moment.remarks, *place.remarks]
    if document.flag("Test", "InternalTest") and role == "observation":
        role = "test"
        remarks.append("the test flag is set: role test")
    names = (document.get("AMON_ID"), document.get("ID"), document.get("event_name"))
    return Notice(
        kind=kind, messenger="neutrino", origin="IceCube", event_id=f"{run}_{event}",
        aliases=tuple(dict.fromkeys(name for name in names if name)),
        revision=str(revision), revision_order=(revision,), role=role, retraction=document.flag("Retraction", "retraction"),
        time=moment.time, time_source=moment.source, region=place.circle,
        significance=Significance(
            far_hz=per_year_hz(document.get("FAR")), p_astro=number(document.get("signalness", "Signalness")),
        ),
        properties=_energy(document.get("energy"), document.unit("energy")), instruments=("IceCube",), links=_links(document),
        remarks=tuple(remarks), **common(document),
    )  # fmt: skip


def _energy(printed: Any, unit: str = "TeV") -> dict[str, float]:
    """The neutrino's likeliest energy in TeV. A label of GeV is left alone: such numbers were in TeV too."""
    energy = positive(printed)
    return {"energy_tev": energy} if energy is not None and unit == "TeV" else {}


def _links(document: VOEvent) -> dict[str, str]:
    """Addresses; a cascade's map under the name that all maps have."""
    links = links_of(document)
    return links | {"healpix_url": links["skymap_fits"]} if "skymap_fits" in links else links


def _json_identity(document: JsonDocument) -> tuple[str, tuple[str, ...]]:
    """Run and event as "run_event", and other names; the oldest form has the two as two ids."""
    names = gcnjson.require_identity(document)
    if len(names) == 2 and all(name.isascii() and name.isdigit() for name in names):
        return f"{int(names[0])}_{int(names[1])}", ()
    return names[0], names[1:]


def _from_json(document: JsonDocument) -> Notice:
    value = document.value
    event_id, others = _json_identity(document)
    region, remarks = gcnjson.region_of(value)
    record = integer(value.get("record_number")) or 0
    times, retraction = gcnjson.dated(document)
    return Notice(
        kind=JSON_KIND, messenger="neutrino", origin="IceCube", event_id=event_id,
        aliases=(*others, *gcnjson.identities(value.get("event_name"))), revision=str(record), revision_order=(record,),
        role="test" if document.schema == _TEST_SCHEMA else gcnjson.role_of(document), retraction=retraction, region=region,
        significance=Significance(far_hz=number(value.get("far")), p_astro=number(value.get("p_astro", value.get("signalness")))),
        properties=_energy(value.get("nu_energy")), instruments=("IceCube",), links=gcnjson.links_of(value),
        fields=document.fields(), remarks=remarks, **times,
    )  # fmt: skip

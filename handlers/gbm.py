"""Fermi-GBM: trigger alerts, flight, ground and final positions, sub-threshold transients, tests; VOEvents and JSON.

An event is a trigger number; stages supersede each other in the order alert, flight, ground, final, within a stage by serial.
"""

from __future__ import annotations

import re

from schemas import Instant, Notice, Parsed, Policy, Role, Significance

from ._gbm_json import JSON_KINDS, TARGETED, from_json
from ._gbm_systematic import with_systematic
from .classic import Place, classic_kind, common, links_of, moment_of, place_of, role_of
from .documents import Document, JsonDocument, TextDocument
from .numbers import integer, positive
from .refused import Refused
from .voevent import VOEvent

#: Kind: (name of the revision, stage, containment of the error radius, systematics in it).
#: Flight radii hold both errors, ground and final ones are statistical only, at 1 sigma; what the sub-threshold search's and
#: the test's radius contain is not said.
_STAGES: dict[str, tuple[str, int, float | None, bool | None]] = {
    "FERMI_GBM_ALERT": ("ALERT", 0, None, None),
    "FERMI_GBM_ALERT_INTERNAL": ("ALERT", 0, None, None),
    "FERMI_GBM_FLT_POS": ("FLT_POS", 1, 0.68, True),
    "FERMI_GBM_FLT_INTERNAL": ("FLT_POS", 1, 0.68, True),
    "FERMI_GBM_GND_POS": ("GND_POS", 2, 0.68, False),
    "FERMI_GBM_GND_INTERNAL": ("GND_POS", 2, 0.68, False),
    "FERMI_GBM_FIN_POS": ("FIN_POS", 3, 0.68, False),
    "FERMI_GBM_FIN_INTERNAL": ("FIN_POS", 3, 0.68, False),
    # Types that exist and were hardly ever sent: nobody says what their radius contains.
    "FERMI_GBM_LC": ("LC", 0, None, None),
    "FERMI_GBM_TRANS": ("TRANS", 0, None, None),
    "FERMI_GBM_SUBTHRESH": ("SUBTHRESH", 0, None, True),
    "FERMI_GBM_POS_TEST": ("POS_TEST", 1, None, True),
}
#: Kinds without a position of the burst, whatever they print.
_NOWHERE = ("FERMI_GBM_LC",)
#: Classes of the flight software by index.
_CLASSES = {
    0: "ERROR", 1: "UNRELIABLE_LOCATION", 2: "LOCAL_PARTICLES", 3: "BELOW_HORIZON", 4: "GRB", 5: "GENERIC_SGR",
    6: "GENERIC_TRANSIENT", 7: "DISTANT_PARTICLES", 8: "SOLAR_FLARE", 9: "CYG_X1", 10: "SGR_1806_20", 11: "GROJ_0422_32",
    19: "TGF",
}  # fmt: skip
#: Trigger number of every test.
_TEST_ID = "99999"
#: All real sub-threshold notices before this said role "test".
_SUBTHRESH_ROLE_RIGHT = Instant(utc="2023-10-01T00:00:00")


class Gbm:
    """Handler of Fermi-GBM's notices."""

    name = "gbm"
    kinds = (*_STAGES, *JSON_KINDS.values())
    topics = tuple(f"gcn.classic.voevent.{kind}" for kind in _STAGES if "INTERNAL" not in kind)
    #: A burst may start before GBM's trigger and last minutes after it; light travel adds at most 0.6 s.
    policies = (
        Policy(name="gbm", association_window_s=(-30.0, 100.0)),
        Policy(name="gbm-subthreshold", association_window_s=(-30.0, 30.0)),
        Policy(name="gbm-targeted", roles=()),
    )

    def recognise(self, document: Document) -> str | None:
        """By packet type; JSON by its schema."""
        match document:
            case VOEvent():
                kind = classic_kind(document)
                return kind if kind in _STAGES else None
            case JsonDocument():
                return JSON_KINDS.get(document.schema or "")
            case TextDocument():
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a VOEvent or a JSON notice."""
        return from_json(document, kind) if isinstance(document, JsonDocument) else _from_voevent(document, kind)

    def policy_for(self, notice: Notice) -> Policy:
        """Triggers, sub-threshold transients, or candidates about another's event, which is searched itself."""
        return self.policies[{"FERMI_GBM_SUBTHRESH": 1, TARGETED: 2}.get(notice.kind, 0)]


def _from_voevent(document: Document, kind: str) -> Notice:
    assert isinstance(document, VOEvent)
    stage, order, containment, systematic = _STAGES[kind]
    subthreshold = kind == "FERMI_GBM_SUBTHRESH"
    event_id = document.get("Trans_Num", "TrigID") if subthreshold else document.get("TrigID")
    if not event_id:
        raise Refused("no-identity", "the notice has no trigger number")
    moment = moment_of(document, repair_rounding=subthreshold)
    place = place_of(document, containment=containment, systematic_included=systematic)
    region = with_systematic(place.circle, stage) if kind not in _NOWHERE else None
    role, remarks = _role(document, kind, event_id, moment.time)
    serial = integer(document.get("Pkt_Ser_Num")) or 0
    if document.flag("Def_NOT_a_GRB"):
        remarks = (*remarks, "marked as definitely not a burst")
    return Notice(
        kind=kind, messenger="gamma-ray", origin="Fermi-GBM sub-threshold" if subthreshold else "Fermi-GBM", event_id=event_id,
        aliases=_burst_names(document),
        revision=f"{stage} {serial}", revision_order=(order, serial), role=role, time=moment.time, time_source=moment.source,
        region=region, significance=_significance(document), classification=_classes(document),
        duration_s=positive(document.get("Trans_Duration")), instruments=("GBM",), links=_links(document, place),
        remarks=(*moment.remarks, *place.remarks, *remarks), **common(document),
    )  # fmt: skip


def _role(document: VOEvent, kind: str, event_id: str, time: Instant) -> tuple[Role, tuple[str, ...]]:
    role = role_of(document)
    if event_id.lstrip("0") == _TEST_ID and role == "observation":
        return "test", (f"trigger number {event_id} is the test's: role test",)
    submission = (document.get("Test_Submission") or "").lower()
    if kind == "FERMI_GBM_SUBTHRESH" and role == "test" and submission == "false" and time < _SUBTHRESH_ROLE_RIGHT:
        return "observation", ("role test of a real sub-threshold notice before 2023-10: observation",)
    return role, ()


def _burst_names(document: VOEvent) -> tuple[str, ...]:
    """GBM's own name of the burst, "bn230307656", as its file addresses carry it."""
    found = re.findall(r"/(bn\d{9})/", " ".join(links_of(document).values()), re.ASCII)
    return tuple(dict.fromkeys(found))


def _significance(document: VOEvent) -> Significance | None:
    snr = next((s for n in ("Trig_Signif", "Data_Signif", "Burst_Signif") if (s := positive(document.get(n))) is not None), None)
    return Significance(snr=snr) if snr is not None else None


def _classes(document: VOEvent) -> dict[str, float]:
    """Probabilities of the two likeliest classes; a class of probability 0 is none."""
    found: dict[str, float] = {}
    for prefix in ("Most_Likely", "Sec_Most_Likely"):
        index, percent = integer(document.get(f"{prefix}_Index")), positive(document.get(f"{prefix}_Prob"))
        if index is not None and percent is not None:
            found.setdefault(_CLASSES.get(index, f"CLASS_{index}"), percent / 100.0)
    return found


def _links(document: VOEvent, place: Place) -> dict[str, str]:
    """Addresses; the HEALPix map of a final position lies beside its plot under a like name."""
    links = links_of(document)
    plot = links.get("LocationMap_URL", "")
    if place.circle is not None and "_locplot_" in plot and plot.endswith(".png"):
        links["healpix_url"] = plot.replace("_locplot_", "_healpix_").removesuffix(".png") + ".fit"
    return links

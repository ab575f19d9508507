"""LIGO, Virgo and KAGRA: `igwn.gwalert` as JSON (GCN) and Avro (SCiMMA), and the VOEvents of 2015 to 2026.

An alert carries neither role, version nor serial: mock and test events are known by the first letter of their name, the
order of revisions is stage, time of creation, serial where there is one.
"""

from __future__ import annotations

from schemas import Notice, Parsed, Policy, Threshold

from ._lvk_alert import JSON_KIND, from_alert
from ._lvk_voevent import VOEVENT_KINDS, from_voevent
from .classic import classic_kind
from .documents import Document, JsonDocument, TextDocument
from .voevent import VOEvent

#: What INTEGRAL's team announced for its circulars: significant, with a neutron star.
_NEUTRON_STAR = Threshold(max_far_hz=1e-5, require_significant=True, min_properties={"HasNS": 0.3})
#: Where gamma rays are expected after (before) a merger, and about an unmodelled burst: RAVEN's windows, seconds from the GW.
_POLICIES = (
    Policy(
        name="lvk-cbc", association_window_s=(-1.0, 5.0), circular_if=(_NEUTRON_STAR,),
        wake_if=(_NEUTRON_STAR,),
    ),
    Policy(
        name="lvk-burst", search_half_width_s=600.0, association_window_s=(-60.0, 600.0),
        circular_if=(Threshold(max_far_hz=1e-5, require_significant=True),),
        wake_if=(Threshold(max_far_hz=1e-5, require_significant=True),),
    ),
)  # fmt: skip


class Lvk:
    """Handler of gravitational-wave alerts."""

    name = "lvk"
    kinds = (JSON_KIND, *VOEVENT_KINDS)
    topics = (JSON_KIND, *(f"gcn.classic.voevent.{kind}" for kind in VOEVENT_KINDS))
    policies = _POLICIES

    def recognise(self, document: Document) -> str | None:
        """JSON and Avro by shape, VOEvents by packet type, or by author and GraceID where they have none."""
        match document:
            case JsonDocument(value=value):
                return JSON_KIND if "superevent_id" in value and "alert_type" in value else None
            case VOEvent():
                return _voevent_kind(document)
            case TextDocument():
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert."""
        if isinstance(document, JsonDocument):
            return from_alert(document)
        assert isinstance(document, VOEvent)
        return from_voevent(document, kind)

    def policy_for(self, notice: Notice) -> Policy:
        """Mergers or unmodelled bursts, by the analysis group; a retraction does not say and counts as a merger."""
        group = notice.fields.get("event/group") or notice.fields.get("What/Group") or ""
        return _POLICIES[1 if group.lower() == "burst" else 0]


def _voevent_kind(document: VOEvent) -> str | None:
    kind = classic_kind(document)
    if kind is None and document.get("GraceID") is not None and ("lvc" in document.ivorn.lower() or "gwnet" in document.ivorn):
        word = (document.get("AlertType") or "").upper()
        kind = "LVC_EARLY_WARNING" if word.startswith("EARLY") else f"LVC_{word}"
    return kind if kind in VOEVENT_KINDS else None

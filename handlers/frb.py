"""Fast radio bursts: JSON of CHIME/FRB and DSA-110, VOEvents of CHIME's own service, Parkes, UTMOST and realfast."""

from __future__ import annotations

from schemas import Notice, Parsed, Policy

from ._frb_json import SCHEMAS, from_json, json_kind
from ._frb_voevent import CHIME_KIND, KIND, from_voevent, voevent_kind
from .documents import Document, JsonDocument, TextDocument
from .voevent import VOEvent

_JSON_KINDS = tuple(kind for kind, _, _ in SCHEMAS.values())


class Frb:
    """Handler of fast radio bursts."""

    name = "frb"
    kinds = (*_JSON_KINDS, CHIME_KIND, KIND)
    topics = _JSON_KINDS
    #: A flare of a magnetar may begin before its radio burst and go on after it; dispersion delays the radio by up to a minute.
    policies = (Policy(name="frb", association_window_s=(-300.0, 300.0), roles=("observation",)),)

    def recognise(self, document: Document) -> str | None:
        """JSON by schema or topic, VOEvents by IVORN."""
        match document:
            case JsonDocument():
                return json_kind(document)
            case VOEvent():
                return voevent_kind(document)
            case TextDocument():
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a notice of any form."""
        if isinstance(document, JsonDocument):
            return from_json(document, kind)
        assert isinstance(document, VOEvent)
        return from_voevent(document, kind)

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]

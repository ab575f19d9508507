"""Glowbug and BurstCube: JSON after GCN's schema. No traffic of theirs was ever seen; BurstCube's test schema makes tests."""

from __future__ import annotations

from schemas import Notice, Parsed, Policy

from . import gcnjson
from .documents import Document, JsonDocument
from .numbers import integer, positive, probabilities

GLOWBUG, BURSTCUBE, BURSTCUBE_TEST = "gcn.notices.glowbug.alert", "gcn.notices.burstcube.alert", "gcn.notices.burstcube.test"
_SCHEMAS = {
    "gcn/notices/glowbug/Alert": GLOWBUG,
    "gcn/notices/burstcube/alert": BURSTCUBE,
    "gcn/notices/burstcube/test": BURSTCUBE_TEST,
}
_ORIGINS = {GLOWBUG: "Glowbug", BURSTCUBE: "BurstCube", BURSTCUBE_TEST: "BurstCube"}
_TYPES = {"initial": 0, "subsequent": 0, "update": 1, "retraction": 2}


class SmallSatellites:
    """Handler of Glowbug's and BurstCube's alerts."""

    name = "smallsats"
    kinds = (GLOWBUG, BURSTCUBE, BURSTCUBE_TEST)
    topics = kinds
    policies = (Policy(name="smallsats", association_window_s=(-30.0, 100.0)),)

    def recognise(self, document: Document) -> str | None:
        """By schema or topic."""
        if not isinstance(document, JsonDocument):
            return None
        return _SCHEMAS.get(document.schema or "") or (document.topic if document.topic in self.kinds else None)

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert. Raises Refused: no-identity, bad-time."""
        assert isinstance(document, JsonDocument)
        value = document.value
        event_id, *others = gcnjson.require_identity(document)
        times, retraction = gcnjson.dated(document)
        what = str(value.get("alert_type") or "initial")
        region, blobs, remarks = gcnjson.place_of(value)
        role = gcnjson.role_of(document)
        if kind == BURSTCUBE_TEST and role == "observation":
            role, remarks = "test", (*remarks, "the schema is that of tests: role test")
        record, classes = integer(value.get("record_number")) or 0, value.get("classification")
        return Notice(
            kind=kind, messenger="gamma-ray", origin=_ORIGINS[kind], event_id=event_id, aliases=tuple(others),
            revision=f"{what} {record}", revision_order=(_TYPES.get(what, 0), record), role=role,
            retraction=retraction, region=region,
            significance=gcnjson.significance_of(value),
            classification=probabilities(classes) if isinstance(classes, dict) else {}, duration_s=positive(value.get("t90")),
            instruments=(_ORIGINS[kind],), links=gcnjson.links_of(value), fields=document.fields(), remarks=remarks, blobs=blobs,
            **times,
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]

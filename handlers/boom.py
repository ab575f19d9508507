"""BOOM: optical transients inside the localisations of GCN's events. They are recorded and never searched."""

from __future__ import annotations

from typing import Any

from schemas import Notice, Parsed, Policy

from . import gcnjson
from .documents import Document, JsonDocument
from .numbers import probabilities
from .refused import Refused

KIND = "gcn.notices.boom.alert"


class Boom:
    """Handler of BOOM's alerts."""

    name = "boom"
    kinds = (KIND,)
    topics = (KIND, f"{KIND}.heartbeat")
    policies = (Policy(name="boom", roles=()),)

    def recognise(self, document: Document) -> str | None:
        """By schema, or topic (its heartbeats have one of their own)."""
        mine = isinstance(document, JsonDocument) and (document.schema == "gcn/notices/boom/alert" or document.topic == KIND)
        return KIND if mine else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert: its first target is the event. It has no time of an event. Raises Refused (no-identity)."""
        assert isinstance(document, JsonDocument)
        targets = _targets(document.value)
        names = [name for target in targets for name in gcnjson.identities(target.get("event_name"))[:1]]
        if not names:
            raise Refused("no-identity", "the alert names no target")
        target = targets[0]
        region, remarks = gcnjson.region_of(target)
        scores = target.get("classification_scores")
        if len(names) > 1:
            remarks = (*remarks, f"more targets in this alert: {', '.join(names[1:])[:200]}")
        return Notice(
            kind=kind, messenger="optical", origin="BOOM", event_id=names[0],
            aliases=(*gcnjson.identities(target.get("event_name"))[1:], *gcnjson.identities(target.get("id"))),
            revision="alert", role=gcnjson.role_of(document), retraction=document.value.get("alert_type") == "retraction",
            region=region, classification=probabilities(scores) if isinstance(scores, dict) else {},
            instruments=_instruments(document.value, names[0]), citations=_crossmatches(target),
            links=gcnjson.links_of(document.value), fields=document.fields(), remarks=remarks,
            **gcnjson.times_of(document),
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """The one that searches nothing."""
        return self.policies[0]


def _rows(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    data = value.get("data")
    printed = data.get(name) if isinstance(data, dict) else None
    return [row for row in printed if isinstance(row, dict)] if isinstance(printed, list) else []


def _targets(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in _rows(value, "targets") if gcnjson.identities(row.get("event_name"))]


def _instruments(value: dict[str, Any], target: str) -> tuple[str, ...]:
    """Instruments that saw the target."""
    seen = (row.get("instrument") for row in _rows(value, "photometry") if row.get("event_name") == target)
    return tuple(dict.fromkeys(name for name in seen if isinstance(name, str)))


def _crossmatches(target: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Events of GCN whose localisation holds the target."""
    rows = target.get("gcn_crossmatch")
    matches = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(("crossmatch", str(name)) for row in matches if (name := row.get("ref_ID") or row.get("ref_id")))

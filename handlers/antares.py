"""ANTARES' neutrinos: VOEvents without a packet type, known by their IVORN. They had no topic of their own on GCN's Kafka:
the converter sends what it cannot name to "…UNKNOWN".
"""

from __future__ import annotations

from schemas import Notice, Parsed, Policy, Significance

from .classic import classic_kind, common, links_of, moment_of, place_of, role_of
from .documents import Document
from .numbers import number
from .refused import Refused
from .voevent import VOEvent

KIND = "ANTARES_ALERT"


class Antares:
    """Handler of ANTARES' alerts."""

    name = "antares"
    kinds = (KIND,)
    topics = ("gcn.classic.voevent.UNKNOWN",)
    policies = (Policy(name="antares", association_window_s=(-300.0, 300.0)),)

    def recognise(self, document: Document) -> str | None:
        """By "antares" in the IVORN of a VOEvent without packet type."""
        mine = isinstance(document, VOEvent) and classic_kind(document) is None and "antares" in document.ivorn.lower()
        return KIND if mine else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert; what the error radius contains is not said anywhere."""
        assert isinstance(document, VOEvent)
        event_id = document.get("TrigID") or document.ivorn.partition("#")[2]
        if not event_id:
            raise Refused("no-identity", "neither TrigID nor a name in the IVORN")
        moment, place = moment_of(document), place_of(document)
        role, remarks = role_of(document), [*moment.remarks, *place.remarks]
        if role == "observation" and (document.get("isRealAlert") or "true").lower() in ("false", "0"):
            role = "test"
            remarks.append("isRealAlert is false: role test")
        return Notice(
            kind=kind, messenger="neutrino", origin="ANTARES", event_id=event_id, revision="0", revision_order=(0,),
            role=role, time=moment.time, time_source=moment.source, region=place.circle,
            significance=Significance(p_value=number(document.get("pvalue"))), instruments=("ANTARES",),
            links=links_of(document), remarks=tuple(remarks), **common(document),
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]

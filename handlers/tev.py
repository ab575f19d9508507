"""Very high energies from the ground: MILAGRO's burst positions (ended 2008), and H.E.S.S.'s reports on bursts it followed."""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .documents import Document
from .kinds import ClassicHandler, ClassicKind, by_kind
from .voevent import VOEvent

HESS = "HESS_GRB"


class Tev(ClassicHandler):
    """Handler of MILAGRO's and H.E.S.S.'s notices."""

    name = "tev"
    table = by_kind(
        ClassicKind(kind="MILAGRO_POS", messenger="gamma-ray", origin="MILAGRO", revision="POS", instruments=("MILAGRO",)),
        ClassicKind(
            kind=HESS, messenger="gamma-ray", origin="H.E.S.S.", revision="GRB", snr=("significance",),
            duration=("observation_duration",), instruments=("H.E.S.S.",), policy="hess", dates_event=False,
        ),
    )  # fmt: skip
    #: H.E.S.S. looks where another's alert sent it: that alert is searched, the report recorded.
    policies = (Policy(name="milagro", association_window_s=(-30.0, 100.0)), Policy(name="hess", roles=()))

    @property
    def topics(self) -> tuple[str, ...]:
        """MILAGRO's; H.E.S.S. has none on GCN's Kafka."""
        return ("gcn.classic.voevent.MILAGRO_POS",)

    def recognise(self, document: Document) -> str | None:
        """By packet type; H.E.S.S. by its IVORN."""
        if isinstance(document, VOEvent) and document.ivorn.startswith("ivo://HESS/GRB#"):
            return HESS
        return super().recognise(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """H.E.S.S. names the event in the IVORN."""
        return {"event_id": document.ivorn.partition("#")[2] or None} if kind == HESS else {}

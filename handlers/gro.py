"""BATSE on the Compton Observatory (ended 2000): burst positions, and the test coordinates that GCN still sends in its name."""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .kinds import ClassicHandler, ClassicKind, by_kind
from .voevent import VOEvent


def _kind(name: str, revision: str, **more: Any) -> ClassicKind:
    return ClassicKind(kind=name, messenger="gamma-ray", origin="BATSE", revision=revision, instruments=("BATSE",), **more)


class Gro(ClassicHandler):
    """Handler of BATSE's notices."""

    name = "gro"
    table = by_kind(_kind("GRB_COORDS", "COORDS"), _kind("TEST_COORDS", "TEST", role="test"))
    policies = (Policy(name="batse", association_window_s=(-30.0, 100.0)),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """What the flags say."""
        return {"remarks": ("marked as definitely not a burst",)} if document.flag("Definite_Not_GRB") else {}

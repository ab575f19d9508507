"""CALET: light curves of gamma-ray triggers. The position printed is where the instrument looked, never the burst's."""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .classic import role_of
from .kinds import ClassicHandler, ClassicKind, by_kind
from .voevent import VOEvent

#: Flags of participation ("HMX" as GCN spells it) and the detectors they mean.
_DETECTORS = {"HMX1_participated": "CGBM HXM1", "HMX2_participated": "CGBM HXM2", "SGM_participated": "CGBM SGM"}


def _kind(name: str, revision: str, stage: int) -> ClassicKind:
    return ClassicKind(
        kind=name, messenger="gamma-ray", origin="CALET", revision=revision, stage=stage, localises=False, snr=("SIGNIFICANCE",),
        instruments=("CGBM",),
    )  # fmt: skip


class Calet(ClassicHandler):
    """Handler of CALET's notices."""

    name = "calet"
    table = by_kind(_kind("CALET_GBM_FLT_LC", "FLT_LC", 0), _kind("CALET_GBM_GND_LC", "GND_LC", 1))
    policies = (Policy(name="calet", association_window_s=(-30.0, 100.0)),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Which detectors triggered, and what the flags say of retraction and test."""
        changes: dict[str, Any] = {"retraction": document.flag("Retraction")}
        if detectors := tuple(name for flag, name in _DETECTORS.items() if document.flag(flag)):
            changes["instruments"] = detectors
        if role_of(document) == "observation" and document.flag("InternalTest"):
            changes |= {"role": "test", "remarks": ("the test flag is set: role test",)}
        return changes

"""GECAM: flight and ground positions of gamma-ray transients.

The trigger number names the event; the spacecraft (A, B, C) count for themselves, so each is an origin of its own. Numbers from
100 000 000 on are tests: there is no test role. The time in the IVORN is garbage ("T569:03:04.96"), the ISO time is right.
"""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .classic import role_of
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer
from .voevent import VOEvent

#: The first number of a test.
_FIRST_TEST = 100_000_000


def _kind(name: str, revision: str, stage: int) -> ClassicKind:
    # "~1-10 deg radius, statistical, 68 % containment" (GCN's page of the mission); the text form names it SRC_ERROR68.
    return ClassicKind(
        kind=name, messenger="gamma-ray", origin="GECAM", revision=revision, stage=stage, identity=("Trigger_Number", "TrigID"),
        containment=0.68, systematic=False, snr=("TRIGGER_SIGNIF",), duration=("BURST_DUR",), instruments=("GRD",),
    )  # fmt: skip


class Gecam(ClassicHandler):
    """Handler of GECAM's notices."""

    name = "gecam"
    table = by_kind(_kind("GECAM_FLT", "FLT", 0), _kind("GECAM_GND", "GND", 1))
    policies = (Policy(name="gecam", association_window_s=(-30.0, 100.0)),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """The spacecraft, the class it gave, and the role that the number tells."""
        changes: dict[str, Any] = {}
        if (spacecraft := document.get("MISSION")) is not None:
            changes["origin"] = f"GECAM-{spacecraft}"
        if (source_class := document.get("SRC_CLASS")) is not None:
            changes["classification"] = {source_class: 1.0}
        number = integer(document.get("Trigger_Number", "TrigID"))
        if role_of(document) == "observation" and number is not None and number >= _FIRST_TEST:
            changes |= {"role": "test", "remarks": (f"trigger numbers from {_FIRST_TEST} on are tests: role test",)}
        return changes

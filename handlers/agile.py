"""AGILE (ended 2024): triggers of the mini-calorimeter, positions of Super-AGILE, transients, pointings, tests.

The mini-calorimeter prints no position that means anything. A plain VOEvent of the same trigger, without packet type, is known by
its IVORN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from schemas import Policy

from .classic import classic_kind, moment_of, role_by_trigger
from .documents import Document
from .kinds import ClassicHandler, ClassicKind, by_kind, identity_of
from .numbers import integer
from .voevent import VOEvent

MCAL = "AGILE_MCAL_ALERT"


def _kind(name: str, revision: str, stage: int, instrument: str = "Super-AGILE", **more: Any) -> ClassicKind:
    return ClassicKind(
        kind=name, messenger="gamma-ray", origin="AGILE", revision=revision, stage=stage, instruments=(instrument,),
        snr=("grb_signif", "grb.signif", "SignifX"), **more,
    )  # fmt: skip


class Agile(ClassicHandler):
    """Handler of AGILE's notices."""

    name = "agile"
    table = by_kind(
        _kind(MCAL, "MCAL_ALERT", 0, "MCAL", localises=False),
        _kind("AGILE_GRB_WAKEUP", "WAKEUP", 1),
        _kind("AGILE_GRB_GROUND", "GROUND", 2),
        _kind("AGILE_GRB_REFINED", "REFINED", 3),
        _kind("AGILE_TRANS", "TRANS", 1, "GRID", policy="agile-transient"),
        _kind("AGILE_GRB_POS_TEST", "POS_TEST", 1, role="test"),
    )
    pointings: ClassVar[Mapping[str, str]] = {"AGILE_POINTDIR": "AGILE"}
    #: The imager's transients shone for days: recorded only.
    policies = (Policy(name="agile", association_window_s=(-30.0, 100.0)), Policy(name="agile-transient", roles=()))

    def recognise(self, document: Document) -> str | None:
        """By packet type; the plain form by its IVORN."""
        if isinstance(document, VOEvent) and document.ivorn.startswith("ivo://AGILE") and classic_kind(document) is None:
            return MCAL
        return super().recognise(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """A trigger without a number (the first ones print 0) is named by its time."""
        number = identity_of(document, ("TrigID",))
        changes: dict[str, Any] = {"remarks": []}
        if self.table[kind].role is None:
            changes["role"], remarks = role_by_trigger(document, number)
            changes["remarks"] += remarks
        if document.flag("Def_NOT_a_GRB"):
            changes["remarks"].append("marked as definitely not a burst")
        if kind == MCAL and integer(number) == 0:
            changes["event_id"] = moment_of(document).time.utc
            changes["remarks"].append("TrigID 0 names no event: named by its time")
        return changes

"""HETE-2 (ended 2008): alert, update, final and ground analysis; its test notices run to this day.

TrigID is the event's number plus 65536 times the revision.
"""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .kinds import ClassicHandler, ClassicKind, by_kind, identity_of
from .numbers import integer
from .voevent import VOEvent


def _kind(name: str, revision: str, stage: int, **more: Any) -> ClassicKind:
    return ClassicKind(
        kind=name, messenger="gamma-ray", origin="HETE", revision=revision, stage=stage, instruments=("WXM", "SXC"), **more
    )


class Hete(ClassicHandler):
    """Handler of HETE-2's notices."""

    name = "hete"
    table = by_kind(
        _kind("HETE_ALERT_SRC", "ALERT", 0),
        _kind("HETE_UPDATE_SRC", "UPDATE", 1),
        _kind("HETE_FINAL_SRC", "FINAL", 2),
        _kind("HETE_GNDANA_SRC", "GNDANA", 3),
        _kind("HETE_TEST", "TEST", 0, role="test"),
    )
    policies = (Policy(name="hete", association_window_s=(-30.0, 100.0)),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Number and revision apart."""
        printed = identity_of(document, ("TrigID",))
        trigger = integer(printed)
        if trigger is None or trigger < 0:
            return {}
        revision, number = divmod(trigger, 65536)
        row = self.table[kind]
        return {"event_id": str(number), "revision": f"{row.revision} {revision}", "revision_order": (row.stage, revision)}

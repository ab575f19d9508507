"""Notices about other notices' events: counterparts of bursts, coincidences of two instruments, catalogued sources nearby.

They are recorded and never searched: the burst itself comes, or came, with its own alert.
"""

from __future__ import annotations

from typing import Any

from schemas import Messenger, Policy

from .kinds import ClassicHandler, ClassicKind, by_kind
from .voevent import VOEvent

#: Parts of telescopes' names, and what they see; anything else is taken for optical.
_TELESCOPES: dict[str, Messenger] = {
    "XRT": "x-ray", "CHANDRA": "x-ray", "XMM": "x-ray", "NICER": "x-ray", "VLA": "radio", "AMI": "radio", "ATCA": "radio",
    "WSRT": "radio",
}  # fmt: skip


def _kind(name: str, messenger: Messenger, revision: str, **more: Any) -> ClassicKind:
    return ClassicKind(kind=name, messenger=messenger, origin=f"GCN {revision.lower()}", revision=revision, **more)


class Counterparts(ClassicHandler):
    """Handler of notices about other notices' events."""

    name = "counterparts"
    table = by_kind(
        # Candidates of one event follow each other, each with the time of its own observation.
        _kind("GRB_CNTRPART", "optical", "COUNTERPART", dates_event=False),
        _kind("COINCIDENCE", "gamma-ray", "COINCIDENCE"),
        _kind("SIMBADNED", "optical", "SIMBADNED"),
    )
    policies = (Policy(name="counterparts", roles=()),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """The telescope, and the messenger by it."""
        telescope = document.get("Telescope")
        if telescope is None:
            return {}
        names = telescope.upper().replace("_", "-").split("-")
        messenger = next((found for part, found in _TELESCOPES.items() if part in names), None)
        return {"instruments": (telescope,)} | ({"messenger": messenger} if messenger is not None else {})

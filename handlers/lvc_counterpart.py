"""Counterpart candidates of gravitational waves (LVC_COUNTERPART): what a telescope found inside a localisation.

Each candidate is an event of its own, named after the gravitational wave and its number there; it is recorded and never
searched, for the gravitational wave is; the time is the gravitational wave's. The number's key was misspelt in text ("SOURSE_SERNUM").
"""

from __future__ import annotations

import re
from typing import Any

from schemas import Messenger, Policy

from ._lvk_common import role_by_name
from .classic import role_of
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, number
from .refused import Refused
from .voevent import VOEvent

_EVENT = ("GraceID", "EVENT_TRIG_NUM", "TrigID")
_SERIAL = ("SOURCE_SERNUM", "SOURSE_SERNUM", "Source_SerNum")
_RANK, _TELESCOPE = ("RANK", "Rank"), ("TELESCOPE", "Telescope")
#: A superevent's day without its letters.
_CUT = re.compile(r"[MT]?S\d{6}", re.ASCII)
#: What telescopes see, by a part of their name; Swift's X-ray telescope reported nearly all candidates.
_SEES: dict[str, Messenger] = {"XRT": "x-ray", "UVOT": "optical", "VLA": "radio", "GBM": "gamma-ray", "BAT": "gamma-ray"}


class LvcCounterpart(ClassicHandler):
    """Handler of counterpart candidates."""

    name = "lvc-counterpart"
    table = by_kind(
        ClassicKind(
            kind="LVC_COUNTERPART", messenger="optical", origin="LVC counterpart", revision="COUNTERPART", identity=_EVENT,
            needs_time=False,
        )
    )  # fmt: skip
    policies = (Policy(name="lvc-counterpart", roles=()),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Name, telescope, rank (1 the likeliest counterpart, 4 the least), and the gravitational wave it cites."""
        event, serial = document.get(*_EVENT), document.get(*_SERIAL)
        if event is None:
            raise Refused("no-identity", "the candidate names no gravitational wave")
        telescope = document.get(*_TELESCOPE)
        names = (telescope or "").upper()
        rank = number(document.get(*_RANK))
        role, remarks = role_by_name(event, role_of(document))
        if _CUT.fullmatch(event):
            remarks = (*remarks, f"{event} is a name without its letters: cut short, one of several of that day")
        changes: dict[str, Any] = {
            "event_id": event if serial is None else f"{event}_X{serial}", "role": role, "remarks": remarks,
            "citations": (*document.citations, ("counterpart", event)),
            "properties": {"rank": rank} if rank is not None else {},
            "messenger": next((sees for part, sees in _SEES.items() if part in names), "optical"),
            "revision_order": (0, integer(document.get("Pkt_Ser_Num")) or 0),
        }  # fmt: skip
        return changes | ({"instruments": (telescope,)} if telescope is not None else {})

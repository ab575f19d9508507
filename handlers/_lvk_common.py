"""What both forms of gravitational-wave alerts share: stages, and tests by name."""

from __future__ import annotations

import re

from schemas import Instant, Role

from .times import epoch_s

ORIGIN = "LIGO Virgo KAGRA"
#: Later stages supersede earlier ones whatever their time; nothing comes after a retraction.
_STAGES = {"EARLYWARNING": 0, "PRELIMINARY": 1, "INITIAL": 2, "UPDATE": 3, "RETRACTION": 4}
#: Mock and test events: M or T before the name of a superevent (S, or the G of early runs).
_TEST_NAME = re.compile(r"[MT][SG]?\d", re.ASCII)


def stage_of(alert_type: str) -> str:
    """The alert's type as one word: "EARLY_WARNING" and "EarlyWarning" are "EARLYWARNING"."""
    return alert_type.replace("_", "").replace("-", "").upper()


def order_of(stage: str, created: Instant | None, serial: int) -> tuple[int, ...]:
    """Order of a revision; an unknown stage comes first."""
    return (_STAGES.get(stage, -1), epoch_s(created), serial)


def role_by_name(event_id: str, role: Role, search: str | None = None) -> tuple[Role, tuple[str, ...]]:
    """The role, corrected by the event's name; `search` where the document has no role of its own, as in JSON."""
    if role == "observation" and _TEST_NAME.match(event_id):
        return "test", (f"{event_id} is the name of a mock or test event: role test",)
    if role == "observation" and search == "MDC":
        return "test", ("found in mock data: role test",)
    return role, ()

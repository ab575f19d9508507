"""When the tiers of data are looked for: near-real-time and consolidated data come hours and weeks after the event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from schemas import DataStatus

LaterTier = Literal["nrt", "cons"]

#: Seconds from T0 at which a tier is first looked for, and after which it is no more: then the next one is, or nothing.
FIRST_LOOK_S: dict[LaterTier, float] = {"nrt": 3600.0, "cons": 14 * 86400.0}
LAST_LOOK_S: dict[LaterTier, float] = {"nrt": 14 * 86400.0, "cons": 90 * 86400.0}
#: While it is not there, it is looked for again after a tenth of the event's age, within these limits, s.
_AGAIN_S: dict[LaterTier, tuple[float, float]] = {"nrt": (600.0, 6 * 3600.0), "cons": (6 * 3600.0, 86400.0)}
#: A tier is as good as another or better. What an archive or a simulator gives has no later form.
_GRADE = {"none": 0, "realtime": 1, "nrt": 2, "cons": 3, "archive": 3, "simulated": 3}


def looks(age_s: float) -> dict[LaterTier, float]:
    """The tiers that are still to be looked for, and the age of the event at which; never in the past."""
    return {tier: max(first, age_s) for tier, first in FIRST_LOOK_S.items() if age_s < LAST_LOOK_S[tier]}


def look_again_s(tier: str, data: Sequence[DataStatus], instrument: str, age_s: float) -> float | None:
    """Seconds until a tier is looked for again; None when it is there, or nobody looks for it any longer.

    Parameters
    ----------
    tier
        "nrt" or "cons"; any other stage waits for no tier.
    data
        What the result just made rests on.
    instrument
        Whose data decides: the searched one.
    age_s
        Of the event.
    """
    wanted = next((each for each in FIRST_LOOK_S if each == tier), None)
    if wanted is None or age_s >= LAST_LOOK_S[wanted]:
        return None
    had = max((_GRADE[status.tier] for status in data if status.instrument == instrument), default=0)
    if had >= _GRADE[wanted]:
        return None
    least, most = _AGAIN_S[wanted]
    return min(max(0.1 * age_s, least), most)

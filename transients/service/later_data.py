"""When the later tiers of a mission's data are looked for: better data comes hours and weeks after the event."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from schemas import DataStatus
from transients.missions.base import DataTier

LaterTier = Literal["nrt", "cons"]

#: The last tier is looked for until an event is so old, or three times as old as the data usually comes.
_GIVEN_UP_S = 90 * 86400.0
#: While a tier is not there, it is looked for again after a tenth of the event's age: no sooner than after a sixth of the age at which
#: looking began, no later than after six times that, and in any case within these limits, s.
_LEAST_S, _MOST_S = (600.0, 6 * 3600.0), (6 * 3600.0, 86400.0)
#: A tier is as good as another or better. What an archive or a simulator gives has no later form.
_GRADE = {"none": 0, "realtime": 1, "nrt": 2, "cons": 3, "archive": 3, "simulated": 3}


def spans(tiers: Sequence[DataTier]) -> dict[LaterTier, tuple[float, float]]:
    """Ages of an event, s, from which a mission's later tiers are looked for, and until when: then the next one is, or nothing."""
    later = sorted((tier for tier in tiers if tier.name != "realtime"), key=_first_look_s)
    ends = [_first_look_s(following) for _, following in pairwise(later)]
    ends += [max(_GIVEN_UP_S, 3.0 * tier.delay_s) for tier in later[-1:]]
    return {tier.name: (_first_look_s(tier), end) for tier, end in zip(later, ends, strict=True) if tier.name != "realtime"}


def looks(tiers: Sequence[DataTier], age_s: float) -> dict[LaterTier, float]:
    """The tiers that are still to be looked for, and the age of the event at which; never in the past."""
    return {name: max(first, age_s) for name, (first, last) in spans(tiers).items() if age_s < last}


def look_again_s(tier: str, data: Sequence[DataStatus], instrument: str, age_s: float, tiers: Sequence[DataTier]) -> float | None:
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
    tiers
        Of the mission.
    """
    found = {str(name): span for name, span in spans(tiers).items()}.get(tier)
    if found is None or age_s >= found[1]:
        return None
    had = max((_GRADE[status.tier] for status in data if status.instrument == instrument), default=0)
    if had >= _GRADE[tier]:
        return None
    least, most = _within(found[0] / 6.0, _LEAST_S), _within(6.0 * found[0], _MOST_S)
    return _within(0.1 * age_s, (least, most))


def _first_look_s(tier: DataTier) -> float:
    return 0.5 * tier.delay_s if tier.first_look_s is None else tier.first_look_s


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])

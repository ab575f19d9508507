"""Pairs of events that are close in time and place: windows, and how often chance makes one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from schemas.errors import RefusedInput

#: A Julian year, in which rates of events are stated.
_YEAR_S = 365.25 * 86400.0


@dataclasses.dataclass(frozen=True)
class CoincidenceWindow:
    """When a gravitational wave may arrive after (negative: before) its counterpart, s."""

    earliest_s: float
    latest_s: float

    @property
    def length_s(self) -> float:
        """The whole length."""
        return self.latest_s - self.earliest_s


#: Windows by kind of pair, as LIGO Virgo KAGRA's joint search (RAVEN) has them: bursts of gamma rays follow a merger within
#: seconds; the targeted searches for weaker ones look further; nothing is known of unmodelled waves.
WINDOWS: Mapping[str, CoincidenceWindow] = MappingProxyType(
    {
        "grb-cbc": CoincidenceWindow(-5.0, 1.0),
        "subthreshold-fermi": CoincidenceWindow(-11.0, 1.0),
        "subthreshold-swift": CoincidenceWindow(-20.0, 10.0),
        "grb-burst": CoincidenceWindow(-600.0, 60.0),
        "snews": CoincidenceWindow(-10.0, 10.0),
    }
)


@dataclasses.dataclass(frozen=True)
class JointRate:
    """False-alarm rates of a coincidence, Hz."""

    #: Of one as close in time.
    far_time_hz: float
    #: Of one as close in time and as much in one place; None where the localisations share nothing: any rate.
    far_spacetime_hz: float | None


def joint_rate(overlap_integral: float, window_s: float, rate_per_yr: float, far_hz: float) -> JointRate:
    """False-alarm rates of an event (of `far_hz`) with an unrelated one of a kind that comes `rate_per_yr` times a year.

    In time: far_hz times the number of the other kind expected in the window. In space and time: that over the overlap.

    Parameters
    ----------
    window_s : float
        The whole length of the window of coincidence: 6 s for one from -1 to +5 s.
    rate_per_yr : float
        Per year of 365.25 days.
    far_hz : float

    Raises
    ------
    RefusedInput
        For a window, a rate or a false-alarm rate that is negative or not finite.
    """
    for what, value in (("window", window_s), ("rate", rate_per_yr), ("false-alarm rate", far_hz)):
        if not (np.isfinite(value) and value >= 0):
            raise RefusedInput(f"a {what} of {value} is no number of the kind")
    in_time = window_s * rate_per_yr / _YEAR_S * far_hz
    in_both = in_time / overlap_integral if overlap_integral > 0 else None
    return JointRate(in_time, in_both if in_both is not None and np.isfinite(in_both) else None)

"""Revolutions: the times of INTEGRAL's perigees.

Three straight lines in the revolution number, one per era of the orbit, fitted to recorded science windows, perigee times and
data windows; and a few anchors, perigees known from measured positions, near which the lines are corrected. A revolution's
*number* is right at every recorded science window; a *phase* carries the error that is given with it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from astropy.time import Time

from schemas import FloatArray
from schemas.errors import NoData

from ..base import RevolutionPhase
from ..times import from_ijd, ijd

IntArray = npt.NDArray[np.int64]

SOURCE = "orbit model"


@dataclass(frozen=True)
class Era:
    """Perigee(R) = start_ijd + period_d (R - first), from `first_number` on, with a bound on its error in hours."""

    first_number: int
    reference: int
    start_ijd: float
    period_d: float
    error_h: float


@dataclass(frozen=True)
class Anchor:
    """A perigee known from measurement (IJD), and how well (hours)."""

    number: int
    perigee_ijd: float
    error_h: float
    origin: str


ERAS = (
    Era(0, 0, 1016.40213, 2.990997, 5.0),
    # From early 2015, when the orbit was lowered so that the spacecraft re-enters by itself.
    Era(1500, 1559, 5659.91749, 2.65917, 0.6),
    Era(2232, 2232, 7449.53754, 2.66020, 3.0),
)
ANCHORS = (
    Anchor(789, 3376.2017, 0.1, "state vector of science window 078900560010"),
    Anchor(2621, 8484.35515, 0.1, "recorded perigee"),
    Anchor(2641, 8537.5660, 0.1, "positions in the real-time stream, 2023-05-17 and 19"),
)
#: An anchor's correction fades to nothing over this many revolutions.
_REACH = 60
#: Launch: 2002-10-17T04:41 UTC.
_LAUNCH_IJD = 1020.195
#: The last revolution with observations (they ended on 2025-02-28), after which the error grows by so many hours per revolution.
_LAST_OBSERVED = 2888
_GROWTH_H = 0.05


def _era(number: int) -> Era:
    return next(era for era in reversed(ERAS) if number >= era.first_number)


def _line(number: int) -> float:
    era = _era(number)
    return era.start_ijd + era.period_d * (number - era.reference)


@functools.lru_cache(maxsize=4096)
def _correction(number: int) -> tuple[float, float]:
    """Days to add to the line, and the bound on the error in hours."""
    era = _era(number)
    near = sorted((a for a in ANCHORS if _era(a.number) is era), key=lambda a: a.number)
    below = [a for a in near if a.number <= number]
    above = [a for a in near if a.number >= number]
    if below and above and above[0].number - below[-1].number <= _REACH:
        low, high = below[-1], above[0]
        share = 0.0 if low is high else (number - low.number) / (high.number - low.number)
        residual = (1 - share) * (low.perigee_ijd - _line(low.number)) + share * (high.perigee_ijd - _line(high.number))
        return residual, max(low.error_h, high.error_h) + 0.5 * min(share, 1 - share)
    late = _GROWTH_H * max(number - _LAST_OBSERVED, 0)
    if not near:
        return 0.0, era.error_h + late
    anchor = min(near, key=lambda a: abs(a.number - number))
    weight = max(0.0, 1 - abs(number - anchor.number) / _REACH)
    return weight * (anchor.perigee_ijd - _line(anchor.number)), anchor.error_h + (1 - weight) * era.error_h + late


def perigee_ijd(number: int) -> float:
    """The perigee that starts a revolution, IJD (so TT days)."""
    return _line(number) + _correction(number)[0]


def perigee_error_h(number: int) -> float:
    """Bound on the error of `perigee_ijd`, hours."""
    return _correction(number)[1]


def perigee(number: int) -> Time:
    """The perigee that starts a revolution, UTC.

    Raises
    ------
    NoData
        For a number below 1.
    """
    if number < 1:
        raise NoData(f"INTEGRAL has no revolution {number}")
    return from_ijd(perigee_ijd(number))


@dataclass(frozen=True)
class Phases:
    """Revolutions and phases at many instants, (m,) each; the phase and its error in revolutions, the period in days."""

    number: IntArray
    phase: FloatArray
    phase_error: FloatArray
    period_d: FloatArray


def phases(days: FloatArray) -> Phases:
    """Where in which revolution IJDs (m,) lie.

    Raises
    ------
    NoData
        Before the launch.
    """
    early = ~(days >= _LAUNCH_IJD)
    if early.any():
        raise NoData(f"INTEGRAL was launched on 2002-10-17, after {from_ijd(float(days[early][0])).isot}")
    first, last = _number(float(days.min())), _number(float(days.max()))
    starts = np.array([perigee_ijd(number) for number in range(first, last + 2)])
    errors = np.array([perigee_error_h(number) for number in range(first, last + 2)]) / 24
    row = np.searchsorted(starts[1:-1], days, side="right")
    period = np.diff(starts)[row]
    return Phases(first + row, (days - starts[row]) / period, np.maximum(errors[row], errors[row + 1]) / period, period)


def _number(day: float) -> int:
    """The revolution of an IJD."""
    era = next((e for e in reversed(ERAS) if day >= _line(e.first_number)), ERAS[0])
    number = max(1, era.reference + int((day - era.start_ijd) // era.period_d))
    while day >= perigee_ijd(number + 1):
        number += 1
    while number > 1 and day < perigee_ijd(number):
        number -= 1
    return number


def revolution(time: Time) -> RevolutionPhase:
    """Number, phase and the phase's error at an instant.

    Raises
    ------
    NoData
        Before the launch.
    """
    found = phases(np.array([ijd(time)]))
    number = int(found.number[0])
    return RevolutionPhase(number, float(found.phase[0]), float(found.phase_error[0]), _source(number))


def _source(number: int) -> str:
    anchor = min(ANCHORS, key=lambda a: abs(a.number - number))
    return f"{SOURCE}, anchored at revolution {anchor.number}" if abs(anchor.number - number) < _REACH else SOURCE

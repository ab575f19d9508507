"""How the largest excess among all windows of one length is distributed, with and without a burst.

Excesses are in units of their noise. Windows slide over white noise bin by bin, so neighbours share most of their bins: their
correlation falls linearly, and what is known of such sequences (Slepian 1961; Siegmund 1985, "Sequential Analysis", ch. 10) gives the
distribution of the maximum to about a percent. Simulations in the tests say how well.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from schemas import FloatArray

#: A walk in steps overshoots a level by this many standard deviations of a step (Siegmund 1985, eq. 10.17).
_OVERSHOOT = 0.583
#: Places within a bin where a burst may begin; the chance is averaged over them. Windows of few bins lose much by a bad place.
_PHASES, _PHASES_OF_FEW, _FEW = 4, 16, 4.0
#: Levels that are kept: the windows searched are the same for every event of a kind.
_KEPT = 1024


def quiet_chance(level: float, steps: float, windows: float) -> float:
    """Chance that noise alone stays below `level` in every window.

    Parameters
    ----------
    level : float
        In units of the noise.
    steps : float
        Steps (bins) in a window's length.
    windows : float
        Searched time over the window's length; 1 for a single window.
    """
    from .kernels.maximum import quiet  # numba takes a quarter of a second to import

    return quiet(level, *_highest(level, steps), 2.0 * sides(windows)) * others(level, steps, windows)


def alarm_chance(level: float, steps: float, windows: float) -> float:
    """Chance that noise alone exceeds `level` in some window, however small it is."""
    quiet = quiet_chance(level, steps, windows)
    if quiet < 0.99:
        return 1.0 - quiet
    # Where passages are rare, one less the chance of none would be lost in rounding.
    passages = _below(-level) + max(windows - 1.0, 0.0) * clump_rate(level, steps)
    return -math.expm1(-passages)


def others(level: float, steps: float, windows: float) -> float:
    """Chance that windows farther than their length from a certain one stay below `level`."""
    return math.exp(-max(windows - 3.0, 0.0) * clump_rate(level, steps))


def sides(windows: float) -> float:
    """How much of a window's length there is to search on either side of one, on the average."""
    return min(1.0, max(0.0, 0.5 * (windows - 1.0)))


def clump_rate(level: float, steps: float) -> float:
    """Expected separate passages above `level` per window's length: u phi(u) nu(u sqrt(2/steps)) (Siegmund 1985)."""
    u = max(level, 1e-6)
    half = 0.5 * u * math.sqrt(2.0 / steps)
    nu = 0.5 * math.erf(math.sqrt(0.5) * half) / half / (half * _below(half) + _density(half))
    return u * _density(u) * nu


@functools.lru_cache(maxsize=_KEPT)
def quiet_quantile(chance: float, steps: float, windows: float) -> float:
    """The level below which noise alone stays with this chance."""
    from scipy.optimize import brentq  # half a second that few wait for

    return float(brentq(lambda u: quiet_chance(u, steps, windows) - chance, -5.0, 40.0, xtol=1e-5))


def hidden_chance(
    level: float,
    burst: FloatArray,
    inside: tuple[FloatArray, FloatArray],
    steps: float,
    windows: float = np.inf,
    own_noise: float = 0.0,
) -> FloatArray:
    """Chance that a burst and the noise about it stay below `level` in every window that touches the burst.

    The best two windows of a burst that begins within a bin are jointly normal; given the outer one, the windows farther out exceed the
    level with the chance that Slepian gives, on each side, whatever the burst's strength: the bins that leave a window hold their share
    of what the window holds.

    Parameters
    ----------
    level : float
        In units of the noise.
    burst : (n,)
        Mean counts of the burst in units of the noise.
    inside : (p,), (p,)
        Part of the burst in the window before and the window after its beginning, by place of the beginning within a bin.
    steps : float
        Steps in a window's length.
    windows : float
        Searched time over the window's length.
    own_noise : float
        Variance that the burst adds per unit of itself, in units of the noise.

    Returns
    -------
    (n,) float64
    """
    from .kernels.maximum import hidden

    beside = (level, *_highest(level, steps), sides(windows))
    below = _second_below(*beside, _correlation(steps))
    return hidden(*beside, _correlation(steps), own_noise, np.asarray(burst, float), *inside, below)


def _correlation(steps: float) -> float:
    """Of the excesses in a window and in the next."""
    return max(0.0, 1.0 - 1.0 / steps)


@functools.lru_cache(maxsize=_KEPT)
def _second_below(level: float, high: float, below_high: float, reach: float, correlation: float) -> FloatArray:
    from .kernels.maximum import second_below

    return second_below(level, high, below_high, reach, math.sqrt(1.0 - correlation**2))


def phases(steps: float) -> FloatArray:
    """Places within a bin where a burst may begin, in bins."""
    count = _PHASES_OF_FEW if steps < _FEW else _PHASES
    return (np.arange(count) + 0.5) / count


def _highest(level: float, steps: float) -> tuple[float, float]:
    """The level and the overshoot over it, and the chance of one window below; infinite where the next window shares no bin."""
    high = level + _OVERSHOOT * math.sqrt(2.0 / steps)
    return (math.inf, _below(level)) if steps < 1.5 else (high, _below(high))


def _below(u: float) -> float:
    """The chance that a normal variate is below u."""
    return 0.5 * math.erfc(-math.sqrt(0.5) * u)


def _density(u: float) -> float:
    return math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)

"""The chance that a burst of given counts leaves the largest excess as it was seen, and the limit where it is small enough."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np

from schemas import FloatArray

from .groups import Groups
from .levels import CountLevel
from .maximum import hidden_chance, others, quiet_quantile

#: Points of the table between which chances are interpolated; of the one without systematic error one every so many sigmas, where
#: bursts are not so bright that the systematic smoothes all.
_POINTS, _STEP = 200, 0.15
#: The table runs from bursts of this many sigmas to this many times what is never hidden, where only the response could be at fault.
_FAINT, _BRIGHT = 0.05, 10.0
#: The response's factor is integrated over this many deviations, in steps of an eighth.
_DEVIATIONS = np.linspace(-5.0, 5.0, 81)
_NORMAL = np.exp(-0.5 * _DEVIATIONS**2) / np.exp(-0.5 * _DEVIATIONS**2).sum()
#: A burst this many sigmas above the level is never hidden by noise.
_CERTAIN = 8.0
#: Fluences are looked for up to this many times the one a median direction would need.
_FAR = 1e6
#: A single direction, in which an amount is its counts.
_ONE = Groups(np.ones(1), np.ones(1))
#: Tables that are kept: one event asks for each of its own several times.
_KEPT = 256


@dataclasses.dataclass(frozen=True, eq=False)
class MissChance:
    """Chance that nothing in the searched window exceeds a level, with a burst in it.

    Attributes
    ----------
    level : CountLevel
    at : float
        The excess in units of the noise that is not exceeded.
    log_burst, missed : (k,) float64
        ln of the burst's mean counts in units of the noise, and the chance.
    expected : MissChance
        The same for the median of the largest excess without a burst; itself where that is the one.
    """

    level: CountLevel
    at: float
    log_burst: FloatArray
    missed: FloatArray
    expected: MissChance = dataclasses.field(default=None, repr=False)  # type: ignore[assignment]

    @classmethod
    @functools.lru_cache(maxsize=_KEPT)
    def of(cls, level: CountLevel, systematic_fraction: float) -> MissChance:
        """For the largest excess seen, or its median without a burst where that is larger (the power constraint)."""
        seen = level.threshold_counts / level.sigma_counts
        if level.windows <= 0.0:
            found = cls.above(level, seen, systematic_fraction)
            return dataclasses.replace(found, expected=found)
        median = quiet_quantile(0.5, level.steps, level.windows)
        expected = cls.above(level, median, systematic_fraction)
        expected = dataclasses.replace(expected, expected=expected)
        if seen <= median:
            return expected
        return dataclasses.replace(cls.above(level, seen, systematic_fraction), expected=expected)

    @classmethod
    @functools.lru_cache(maxsize=_KEPT)
    def above(cls, level: CountLevel, at: float, systematic_fraction: float) -> MissChance:
        """For an excess of `at` sigmas."""
        from .kernels.falling import scaled  # numba takes a quarter of a second to import

        height = max(at, 0.0) + _CERTAIN
        # The best window holds at least this part of the burst, wherever in a bin it begins.
        least = min(max(parts) for parts in zip(*level.inside, strict=True))
        points = min(max(int(height / least / _STEP), 80), 400)
        burst = np.linspace(0.0, height / least, points)
        bare = _hidden(level, at, burst)
        log_burst = np.linspace(np.log(_FAINT), np.log(_BRIGHT * height / least), _POINTS)
        factor = np.maximum(1.0 + systematic_fraction * _DEVIATIONS, 0.0)
        return cls(level, at, log_burst, scaled(bare, burst[1], np.exp(log_burst), factor, _NORMAL))

    def __call__(self, counts: FloatArray) -> FloatArray:
        """Chance for bursts of these mean counts, of any shape."""
        with np.errstate(divide="ignore"):
            logs = np.log(np.asarray(counts, float) / self.level.sigma_counts)
        return np.asarray(np.interp(logs, self.log_burst, self.missed))

    def over(self, groups: Groups, amounts: FloatArray) -> FloatArray:
        """Chance for bursts of these amounts (erg cm-2, or erg), (n,), from anywhere in the region; what is out of sight is missed."""
        return np.asarray(self(amounts[:, None] / groups.values) @ groups.weights + self._dark(groups))

    def _dark(self, groups: Groups) -> float:
        """The chance that a burst comes from out of sight."""
        return groups.dark * float(self.missed[0])

    def limit(self, groups: Groups, confidence: float) -> float | None:
        """The amount (erg cm-2, or erg) above which a burst is excluded; None where the confidence is not reached."""
        from .kernels.falling import crossing

        if groups.values.size == 0:
            return None
        unit = math.log(self.level.sigma_counts * groups.median)
        far = math.log(_FAR)
        step = (self.log_burst[-1] - self.log_burst[0]) / (len(self.log_burst) - 1)
        shift = groups.logs + (math.log(self.level.sigma_counts) + self.log_burst[0])
        found = crossing(self.missed, step, shift, groups.weights, self._dark(groups), 1.0 - confidence, unit - far, unit + far)
        return None if math.isnan(found) else math.exp(found)

    def counts(self, confidence: float) -> float | None:
        """The limit in counts for one direction."""
        return self.limit(_ONE, confidence)


def _hidden(level: CountLevel, at: float, burst: FloatArray) -> FloatArray:
    """Chance that all windows stay below; `burst` in units of the noise."""
    own_noise = level.overdispersion / level.sigma_counts
    if level.windows <= 0.0:  # one window, and a number that it is compared with
        from scipy.special import ndtr

        return np.asarray(ndtr((at - burst) / np.sqrt(1.0 + own_noise * burst)))
    inside = (np.array(level.inside[0]), np.array(level.inside[1]))
    return hidden_chance(at, burst, inside, level.steps, level.windows, own_noise) * others(at, level.steps, level.windows)

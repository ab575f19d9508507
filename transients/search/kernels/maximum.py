"""The integrals of `maximum.hidden_chance` over the excess in a window and in the next."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Gauss-Legendre nodes over six sigmas on either side.
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(32)
_REACH = 6.0
_ROOT_HALF, _PER_ROOT = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)
#: Means between which the inner integral is interpolated.
_MEANS = 193


@compiled
def hidden(
    level: float, high: float, below_high: float, reach: float, correlation: float, own_noise: float,
    burst: FloatArray, before: FloatArray, after: FloatArray, below: FloatArray,
) -> FloatArray:  # fmt: skip
    """Chance that a burst stays hidden, (n,), the mean over its places in a bin: `before` and `after` (p,) are its parts in the windows.

    `high` is the level and the overshoot of a step over it, `below_high` the chance of a single window below that; infinite, and that
    below the level, where the next window shares no bin. `below` is `second_below`.
    """
    step = 4.0 * _REACH / (_MEANS - 1)
    chance = np.zeros(burst.size)
    for n in range(burst.size):
        for p in range(before.size):
            mean, other = burst[n] * before[p], burst[n] * after[p]
            sigma = math.sqrt(1.0 + own_noise * max(mean, 0.0))
            top = min(mean + _REACH * sigma, level)
            half = 0.5 * (top - mean + _REACH * sigma)
            total = 0.0
            for q in range(_NODE.size if half > 0.0 else 0):
                first = top - half + half * _NODE[q]
                place = (other + correlation * (first - mean) - level + 2.0 * _REACH) / step
                row = min(max(int(place), 0), _MEANS - 2)
                joint = 1.0 if place < 0.0 else below[row] + (place - row) * (below[row + 1] - below[row])
                if place <= _MEANS - 1:
                    joint *= _beside(first, high, below_high, reach)
                    total += _WEIGHT[q] * joint * math.exp(-0.5 * ((first - mean) / sigma) ** 2)
            chance[n] += _PER_ROOT * half / sigma * total / before.size
    return chance


@compiled
def second_below(level: float, high: float, below_high: float, reach: float, apart: float) -> FloatArray:
    """Chance that a second window and those beyond it stay below the level, by its mean given the first; `apart` is its sigma."""
    chance = np.zeros(_MEANS)
    for m in range(_MEANS):
        mean = level + _REACH * (4.0 * m / (_MEANS - 1) - 2.0)
        top = min(mean + _REACH * apart, level)
        half = 0.5 * (top - mean + _REACH * apart)
        for q in range(_NODE.size if half > 0.0 else 0):
            value = top - half + half * _NODE[q]
            density = _PER_ROOT / apart * math.exp(-0.5 * ((value - mean) / apart) ** 2)
            chance[m] += half * _WEIGHT[q] * density * _beside(value, high, below_high, reach)
    return chance


@compiled
def quiet(level: float, high: float, below_high: float, reach: float) -> float:
    """Chance that noise stays below the level in a window and, over `reach` of its length in all, in those to its sides."""
    top = min(level, _REACH)
    half = 0.5 * (top - min(-_REACH, top - 1.0))
    total = 0.0
    for q in range(_NODE.size):
        value = top - half + half * _NODE[q]
        total += _WEIGHT[q] * math.exp(-0.5 * value * value) * _beside(value, high, below_high, reach)
    return _PER_ROOT * half * total


@compiled
def _beside(value: float, high: float, below_high: float, reach: float) -> float:
    """Chance that the windows to one side, over `reach` of their length, stay below a level, given the outermost one's value."""
    chance = below_high
    if high < math.inf:
        ratio = math.exp(min(max(0.5 * (value**2 - high**2), -700.0), 50.0))
        chance = min(max(below_high - ratio * 0.5 * math.erfc(-_ROOT_HALF * value), 0.0), 1.0)
    return chance if reach == 1.0 else chance**reach

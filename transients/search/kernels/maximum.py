"""The integrals of `maximum.hidden_chance` over the excess in a window and in the next."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from schemas import FloatArray

from ...compiled import compiled, compiled_sums

#: Gauss-Legendre nodes over six sigmas on either side.
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(32)
_REACH = 6.0
_PER_ROOT = 1.0 / math.sqrt(2.0 * math.pi)
#: Means between which the inner integral is interpolated.
_MEANS = 193
#: The normal law from here to there, and its density, at steps of 1/32: between them a series of five terms gives 12 digits.
_LOWEST, _HIGHEST, _PER_UNIT = -30.0, 8.0, 32.0
_PLACES = np.arange(_LOWEST, _HIGHEST + 1.0 / _PER_UNIT, 1.0 / _PER_UNIT)
_BELOW, _DENSITY = ndtr(_PLACES), np.exp(-0.5 * _PLACES**2) * _PER_ROOT
#: exp(-x) from where the normal law begins to where it is nothing, at steps of 1/8.
_FIRST, _NOTHING, _PER_E = -0.5 * _LOWEST**2, 40.0, 8.0
_FALLING = np.exp(-np.arange(_FIRST, _NOTHING + 1.0 / _PER_E, 1.0 / _PER_E))


@compiled_sums
def hidden(
    level: float, high: float, below_high: float, reach: float, correlation: float, own_noise: float,
    burst: FloatArray, before: FloatArray, after: FloatArray, below: FloatArray,
) -> FloatArray:  # fmt: skip
    """Chance that a burst stays hidden, (n,), the mean over its places in a bin: `before` and `after` (p,) are its parts in the windows.

    `high` is the level and the overshoot of a step over it, `below_high` the chance of a single window below that; infinite, and that
    below the level, where the next window shares no bin. `below` is `second_below`.
    """
    per_step = (_MEANS - 1) / (4.0 * _REACH)
    chance, beside = np.zeros(burst.size), np.empty(_NODE.size)
    for n in range(burst.size):
        for p in range(before.size):
            mean, other = burst[n] * before[p], burst[n] * after[p]
            sigma = math.sqrt(1.0 + own_noise * max(mean, 0.0))
            per_sigma = 1.0 / sigma
            top = min(mean + _REACH * sigma, level)
            half = 0.5 * (top - mean + _REACH * sigma)
            if half <= 0.0:
                continue
            _fill_beside(beside, top, half, high, below_high, reach)
            total = 0.0
            for q in range(_NODE.size):
                first = top - half + half * _NODE[q]
                place = (other + correlation * (first - mean) - level + 2.0 * _REACH) * per_step
                row = int(min(max(place, 0.0), _MEANS - 2.0))
                joint = below[row] + (place - row) * (below[row + 1] - below[row])
                joint = 1.0 if place < 0.0 else joint
                joint = 0.0 if place > _MEANS - 1.0 else joint
                total += _WEIGHT[q] * joint * beside[q] * _falling(0.5 * ((first - mean) * per_sigma) ** 2)
            chance[n] += _PER_ROOT * half * per_sigma * total / before.size
    return chance


@compiled_sums
def second_below(level: float, high: float, below_high: float, reach: float, apart: float) -> FloatArray:
    """Chance that a second window and those beyond it stay below the level, by its mean given the first; `apart` is its sigma."""
    chance, beside = np.zeros(_MEANS), np.empty(_NODE.size)
    per_apart = 1.0 / apart
    for m in range(_MEANS):
        mean = level + _REACH * (4.0 * m / (_MEANS - 1) - 2.0)
        top = min(mean + _REACH * apart, level)
        half = 0.5 * (top - mean + _REACH * apart)
        if half <= 0.0:
            continue
        _fill_beside(beside, top, half, high, below_high, reach)
        total = 0.0
        for q in range(_NODE.size):
            value = top - half + half * _NODE[q]
            total += _WEIGHT[q] * beside[q] * _falling(0.5 * ((value - mean) * per_apart) ** 2)
        chance[m] = _PER_ROOT * half * per_apart * total
    return chance


@compiled
def quiet(level: float, high: float, below_high: float, reach: float) -> float:
    """Chance that noise stays below the level in a window and, over `reach` of its length in all, in those to its sides."""
    top = min(level, _REACH)
    half = 0.5 * (top - min(-_REACH, top - 1.0))
    total = 0.0
    for q in range(_NODE.size):
        value = top - half + half * _NODE[q]
        total += _WEIGHT[q] * math.exp(-0.5 * value * value) * _beside(value, high, below_high) ** reach
    return _PER_ROOT * half * total


@compiled_sums
def _fill_beside(beside: FloatArray, top: float, half: float, high: float, below_high: float, reach: float) -> None:
    """`_beside` at the nodes from `top` down to two halves below it, over `reach` of a side's length."""
    for q in range(_NODE.size):
        beside[q] = _beside(top - half + half * _NODE[q], high, below_high)
    if reach != 1.0:
        beside **= reach


@compiled_sums
def _beside(value: float, high: float, below_high: float) -> float:
    """Chance that the windows to one side, over their length, stay below a level, given the outermost one's value."""
    value = max(value, _LOWEST)
    return min(max(below_high - _falling(0.5 * (high**2 - value**2)) * _normal(min(value, _HIGHEST)), 0.0), 1.0)


@compiled_sums
def _falling(x: float) -> float:
    """exp(-x). Unlike the library's it lets a processor do several at a time, as `_normal` does."""
    x = min(x, _NOTHING)
    row = int((x - _FIRST) * _PER_E + 0.5)
    d = _FIRST + row / _PER_E - x
    series = 1.0 + d * (1.0 + d * (1 / 2 + d * (1 / 6 + d * (1 / 24 + d * (1 / 120 + d * (1 / 720))))))
    return float(_FALLING[row] * series)


@compiled_sums
def _normal(value: float) -> float:
    """Chance of a normal variate below a value."""
    row = int((value - _LOWEST) * _PER_UNIT + 0.5)
    v = _LOWEST + row / _PER_UNIT
    d, v2 = value - v, v * v
    rest = (1.0 - v2) * (-1 / 6) + d * ((3.0 - v2) * v * (1 / 24) + d * (((v2 - 6.0) * v2 + 3.0) * (1 / 120)))
    return float(_BELOW[row] + _DENSITY[row] * d * (1.0 + d * (-0.5 * v + d * rest)))

"""Averages of a table seen at several scales or from several places, and where one of them falls to a number."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled, compiled_sums

#: Of an interval of 28: to 1e-11.
_HALVINGS = 42


@compiled_sums
def scaled(table: FloatArray, step: float, at: FloatArray, factor: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted sums of a table, linear between its places, each time seen at another scale: table[at * factor / step], (n,).

    `at` (n,) and `factor` (k,) are not negative; beyond its end the table is 0.
    """
    found = np.empty(at.size)
    last = table.size - 1.0
    for n in range(at.size):
        total, per_step = 0.0, at[n] / step
        for k in range(factor.size):
            place = factor[k] * per_step
            row = int(min(place, last - 1.0))
            value = table[row] + (place - row) * (table[row + 1] - table[row])
            total += weight[k] * (value if place <= last else 0.0)
        found[n] = total
    return found


@compiled_sums
def average(table: FloatArray, step: float, shift: FloatArray, weight: FloatArray, at: float) -> float:
    """Weighted sum of a table, linear between its places, each time seen from `shift` (g,) on: table[(at - shift) / step].

    Beyond its ends the table goes on as its first and last value. `weight` (g,).
    """
    last, per_step = table.size - 1.0, 1.0 / step
    total = 0.0
    for k in range(shift.size):
        place = min(max((at - shift[k]) * per_step, 0.0), last)
        row = int(min(place, last - 1.0))
        total += weight[k] * (table[row] + (place - row) * (table[row + 1] - table[row]))
    return total


@compiled
def crossing(
    table: FloatArray, step: float, shift: FloatArray, weight: FloatArray, rest: float, target: float, low: float, high: float
) -> float:
    """Where `average` plus `rest` falls to `target` between `low` and `high`; NaN where it does not."""
    if average(table, step, shift, weight, low) + rest <= target or average(table, step, shift, weight, high) + rest >= target:
        return math.nan
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if average(table, step, shift, weight, middle) + rest > target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)

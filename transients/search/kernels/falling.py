"""Averages of a table seen at several scales or from several places, and where one of them falls to a number."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Of an interval of 28: to 1e-11.
_HALVINGS = 42


@compiled
def scaled(table: FloatArray, step: float, at: FloatArray, factor: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted sums of a table, linear between its places, each time seen at another scale: table[at * factor / step], (n,).

    `at` (n,) and `factor` (k,) are not negative; beyond its end the table is 0.
    """
    found = np.zeros(at.size)
    for n in range(at.size):
        for k in range(factor.size):
            place = at[n] * factor[k] / step
            if place <= table.size - 1:
                row = min(int(place), table.size - 2)
                found[n] += weight[k] * (table[row] + (place - row) * (table[row + 1] - table[row]))
    return found


@compiled
def average(table: FloatArray, step: float, shift: FloatArray, weight: FloatArray, at: float) -> float:
    """Weighted sum of a table, linear between its places, each time seen from `shift` (g,) on: table[(at - shift) / step].

    Beyond its ends the table goes on as its first and last value. `weight` (g,).
    """
    last = table.size - 1
    total = 0.0
    for k in range(shift.size):
        place = (at - shift[k]) / step
        if place <= 0.0:
            value = table[0]
        elif place >= last:
            value = table[last]
        else:
            row = int(place)
            value = table[row] + (place - row) * (table[row + 1] - table[row])
        total += weight[k] * value
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

"""Passes over the tiles of a sky map."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled


@compiled
def gathered(logs: FloatArray, weight: FloatArray, width: float) -> tuple[FloatArray, FloatArray]:
    """Mean and weight of the tiles whose `logs` lie in the same cell of this width, (g,) each, from the lowest on.

    Tiles without weight, and those whose logarithm is not finite, are left out.
    """
    low, high = math.inf, -math.inf
    for k in range(logs.size):
        if weight[k] > 0.0 and math.isfinite(logs[k]):
            low, high = min(low, logs[k]), max(high, logs[k])
    cells = int((high - low) / width) + 1 if high >= low else 0
    total, mean = np.zeros(cells), np.zeros(cells)
    for k in range(logs.size):
        if weight[k] > 0.0 and math.isfinite(logs[k]):
            cell = int((logs[k] - low) / width)
            total[cell] += weight[k]
            mean[cell] += weight[k] * logs[k]
    used = total > 0.0
    return mean[used] / total[used], total[used]


@compiled
def weight_below(values: FloatArray, weight: FloatArray, most: float) -> float:
    """Weight of the tiles whose value is positive and not above `most`; those that are no number are not."""
    total = 0.0
    for k in range(values.size):
        total += weight[k] if 0.0 < values[k] <= most else 0.0
    return total

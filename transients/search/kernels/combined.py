"""The weighted sum of several detectors' excesses, window by window."""

from __future__ import annotations

import math

from schemas import FloatArray

from ...compiled import compiled


@compiled
def summed(
    counts: FloatArray, sigma: FloatArray, share: FloatArray, carried: FloatArray, least: float
) -> tuple[float, float, int]:
    """The largest excess in units of its noise, the mean variance, and the number of windows used.

    Parameters
    ----------
    counts, sigma : (d, w) float64
        Excess of each detector; sigma is infinite where it has nothing.
    share, carried : (d,) float64
        Weight of each in the sum, and the part that it carries: a window is used where more than `least` is there.
    """
    largest, total, used = -math.inf, 0.0, 0
    for w in range(counts.shape[1]):
        there, excess, variance = 0.0, 0.0, 0.0
        for d in range(counts.shape[0]):
            if sigma[d, w] < math.inf:
                there += carried[d]
                excess += share[d] * counts[d, w]
                variance += (share[d] * sigma[d, w]) ** 2
        if there > least:
            largest = max(largest, excess / math.sqrt(variance))
            total += variance
            used += 1
    return largest, total / max(used, 1), used

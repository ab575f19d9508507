"""The two likelihoods of `spikes.classify_spike`."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled
from .focus import IntArray


@compiled
def spike_gain(
    residual: FloatArray, noise: FloatArray, start_s: FloatArray, stop_s: FloatArray, hits_s: FloatArray,
    table: FloatArray, table_from_s: float, table_step_s: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Largest gain in log-likelihood over none by the template, its height (not negative) fitted, over the times of the hit.

    `table` is the template's integral up to t, at equal steps.

    Returns
    -------
    gain, hit_s, height : float
    """
    best, at, height = 0.0, hits_s[0], 0.0
    for hit in hits_s:
        up, down = 0.0, 0.0
        for k in range(len(residual)):
            profile = template_to(table, (stop_s[k] - hit - table_from_s) / table_step_s) - template_to(
                table, (start_s[k] - hit - table_from_s) / table_step_s
            )
            up += profile * residual[k] / noise[k]
            down += profile * profile / noise[k]
        if up > 0.0 and 0.5 * up * up / down > best:
            best, at, height = 0.5 * up * up / down, hit, up / down
    return best, at, height


@compiled
def template_to(table: FloatArray, place: float) -> float:
    if place <= 0.0:
        return float(table[0])
    k = int(place)
    if k >= len(table) - 1:
        return float(table[-1])
    return float(table[k] + (place - k) * (table[k + 1] - table[k]))


@compiled
def flat_gain(residual: FloatArray, noise: FloatArray, sizes: IntArray, log_weights: FloatArray, peak: int) -> float:
    """Log of the likelihood of flat bursts over none, starts maximised, averaged over durations; each burst holds the peak."""
    n = len(residual)
    up, down = np.zeros(n + 1), np.zeros(n + 1)
    for k in range(n):
        up[k + 1] = up[k] + residual[k] / noise[k]
        down[k + 1] = down[k] + 1.0 / noise[k]
    total = -np.inf
    for j in range(len(sizes)):
        size = sizes[j]
        best = 0.0
        for start in range(max(0, peak - size + 1), min(peak, n - size) + 1):
            height = up[start + size] - up[start]
            if height > 0.0:
                best = max(best, 0.5 * height * height / (down[start + size] - down[start]))
        value = best + log_weights[j]
        high, low = max(total, value), min(total, value)
        total = high + math.log1p(math.exp(low - high))
    return total

"""Sums of adjoining bins far above their mean: one scale of the published method."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from ...compiled import compiled

#: Sums taken from those up to each edge are known to this part of the last of them: a smaller scatter is none.
_ROUNDING = 1e-13


@compiled
def above_mean(
    before: FloatArray, n: int, phases: npt.NDArray[np.int64], least: float
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray]:
    """Groups of `n` adjoining bins, side by side from each phase on, whose S/N is above `least`.

    `before` (bins + 1,) has the counts up to each edge. Given are the first bins, the counts above the phase's mean, and the S/N:
    (sum - mean) / sqrt(sum), in units of the scatter of the sums over that of Poisson's law.
    """
    bins = before.size - 1
    most = phases.size * (bins // n)
    first, above, snr = np.empty(most, np.int64), np.empty(most), np.empty(most)
    found = 0
    for phase in phases:
        groups = (bins - phase) // n
        if groups < 2:
            continue
        stop = phase + groups * n
        mean = (before[stop] - before[phase]) / groups
        variance = 0.0
        for k in range(phase, stop, n):
            variance += (before[k + n] - before[k] - mean) ** 2
        std = math.sqrt(variance / groups)
        if std <= _ROUNDING * before[-1]:
            continue
        ratio = std / math.sqrt(mean)
        for k in range(phase, stop, n):
            total = before[k + n] - before[k]
            # Above the mean, S/N by the sum's own root is less than by the mean's: most are passed by at once.
            if total - mean > least * std:
                value = (total - mean) / math.sqrt(total) / ratio
                if value > least:
                    first[found], above[found], snr[found] = k, total - mean, value
                    found += 1
    return first[:found], above[:found], snr[:found]

"""The most significant window ending at each bin: one octave of length, over arrays; the plain door to `kernels.focus`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

IntArray = npt.NDArray[np.int64]


def most_significant_windows(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    expected: FloatArray,
    shortest_s: float,
    longest_s: float,
    floor: float = 0.0,
) -> tuple[FloatArray, IntArray]:
    """`hull_windows` over all bins: largest ratio and first bin for each last bin, both (n,).

    Parameters
    ----------
    counts, expected : (n,) float64
        Counts and expected counts (> 0) per bin. The rest as for `hull_windows`.
    """
    from .kernels.focus import hull_windows

    n = len(counts)
    statistic, first = np.zeros(n), np.full(n, -1, np.int64)
    start, stop = np.ascontiguousarray(start_s, np.float64), np.ascontiguousarray(stop_s, np.float64)
    b_cum, excess = cumulative(counts, expected)
    scratch = np.zeros((3, n + 1), np.int64)
    bounds = float(shortest_s), float(longest_s), float(floor)
    hull_windows(start, stop, b_cum, excess, 0, n, *bounds, scratch, statistic, first)
    return statistic, first


def cumulative(counts: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cumulative expectation, and excess of the counts over it, up to each bin: (n + 1,) each."""
    b_cum, excess = np.zeros(len(counts) + 1), np.zeros(len(counts) + 1)
    np.cumsum(expected, out=b_cum[1:])
    np.cumsum(np.asarray(counts, float) - expected, out=excess[1:])
    return b_cum, excess

"""Excesses in windows: sums over the bins that they touch, the outer two by the part that lies inside, and the fit without them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from ...compiled import compiled

#: A touch of less than this part of a bin is a rounding of its edge, and what lacks less is the whole bin.
_SLACK = 1e-3
#: A coefficient of which less than this part of the information is left, which is the rounding of sums, is not told.
_TOLD = 1e-13
#: A window may lack this part of its length (rounding of bin edges) and is still called whole.
_WHOLE = 1e-3


@compiled
def excesses(
    bin_start_s: FloatArray,
    width_s: FloatArray,
    start_s: FloatArray,
    duration_s: float,
    values: FloatArray,
    squared: npt.NDArray[np.bool_],
    cumulative: FloatArray,
    whole: FloatArray,
    fit_noise: float,
    overdispersion: float,
    least_outside_s: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """`rates.WindowExcess` of the windows that begin at `start_s`: counts, sigma and spread, (n,) each.

    The first of `values` are the time, its square, the residuals and the model, the others the k functions of the fit; after their sums
    `cumulative` has the information, (k, k) in a row, the pull, (k,), and the time outside the source. `whole` is as
    `without_window` has it, `fit_noise` what the variance of the background is in its units.
    """
    sums = window_sums(bin_start_s, width_s, start_s, duration_s, values, squared, cumulative)
    windows, k = start_s.size, values.shape[1] - 4
    to_pull = 4 + k + k * k
    counts, sigma, spread = np.empty(windows), np.empty(windows), sums[:, 1] / duration_s**2
    pull, share, inside = np.empty((windows, k)), np.empty((windows, k)), np.empty((windows, k, k))
    for w in range(windows):
        safe = spread[w] if spread[w] > 0.0 else 1.0
        for i in range(k):
            pull[w, i], share[w, i] = sums[w, to_pull + i], sums[w, 4 + i] / (duration_s * safe)
            for j in range(k):
                inside[w, i, j] = sums[w, 4 + k + i * k + j]
    shift, variance, told = without_window(whole, pull, share, inside)
    for w in range(windows):
        outside_s = cumulative[-1, -1] - sums[w, -1]
        if sums[w, 0] > (1.0 - _WHOLE) * duration_s and spread[w] > 0.0 and told[w] and outside_s >= least_outside_s:
            per_count = 1.0 / (duration_s * spread[w])
            counts[w] = sums[w, 2] * per_count + shift[w]
            sigma[w] = math.sqrt(overdispersion * sums[w, 3] * per_count**2 + fit_noise * variance[w])
        else:
            counts[w], sigma[w] = math.nan, math.inf
    return counts, sigma, spread


@compiled
def window_sums(
    bin_start_s: FloatArray,
    width_s: FloatArray,
    start_s: FloatArray,
    duration_s: float,
    values: FloatArray,
    squared: npt.NDArray[np.bool_],
    cumulative: FloatArray,
) -> FloatArray:
    """Of each window from `start_s` (n,) on, the sums of the columns of `cumulative` (bins + 1, m), which has them up to each edge.

    The first columns are those of `values` (bins, v) times the time inside the window, or its square where `squared` (v,); of the
    others every bin that is touched counts whole. Shape (n, m).
    """
    bins = width_s.size
    found = np.empty((start_s.size, cumulative.shape[1]))
    first = stop = 0
    for k in range(start_s.size):
        begin, end = start_s[k], start_s[k] + duration_s
        if k > 0 and begin < start_s[k - 1]:
            first = stop = 0
        while first < bins and bin_start_s[first] + width_s[first] - _SLACK * width_s[first] <= begin:
            first += 1
        stop = max(stop, first)
        while stop < bins and bin_start_s[stop] + _SLACK * width_s[stop] < end:
            stop += 1
        for c in range(cumulative.shape[1]):
            found[k, c] = cumulative[stop, c] - cumulative[first, c]
        if stop > first:
            _cut(found[k], values[first], squared, _inside_s(bin_start_s[first], width_s[first], begin, end), width_s[first])
        if stop > first + 1:
            last = stop - 1
            _cut(found[k], values[last], squared, _inside_s(bin_start_s[last], width_s[last], begin, end), width_s[last])
    return found


@compiled
def _inside_s(bin_start_s: float, width_s: float, begin: float, end: float) -> float:
    """How much of a bin lies between two times."""
    part_s = min(bin_start_s + width_s, end) - max(bin_start_s, begin)
    return width_s if part_s > (1.0 - _SLACK) * width_s else max(part_s, 0.0)


@compiled
def _cut(sums: FloatArray, values: FloatArray, squared: npt.NDArray[np.bool_], inside_s: float, width_s: float) -> None:
    """Take from sums what of a bin lies outside."""
    for c in range(values.size):
        sums[c] += ((inside_s**2 - width_s**2) if squared[c] else (inside_s - width_s)) * values[c]


@compiled
def without_window(
    whole: FloatArray, pull: FloatArray, share: FloatArray, inside: FloatArray
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """What leaving a window's bins out of a fit of `k` coefficients changes in the counts under it; (n,) each.

    With information A left, pull b and shares c of the window: c A^-1 b and c A^-1 c, by elimination, and whether A tells all
    coefficients. `whole` (k, k) is the information of all bins; `inside` (n, k, k), which is written over, that of the window's.
    """
    windows, k = share.shape
    shift, variance, told = np.zeros(windows), np.zeros(windows), np.ones(windows, np.bool_)
    b, c = np.empty(k), np.empty(k)
    for w in range(windows):
        left = inside[w]
        for i in range(k):
            b[i], c[i] = pull[w, i], share[w, i]
            for j in range(k):
                left[i, j] = whole[i, j] - left[i, j]
        for i in range(k):
            pivot = left[i, i]
            if pivot <= _TOLD * whole[i, i]:
                told[w] = False
                break
            shift[w] += c[i] * b[i] / pivot
            variance[w] += c[i] ** 2 / pivot
            for j in range(i + 1, k):
                if left[j, i] != 0.0:
                    part = left[j, i] / pivot
                    b[j] -= part * b[i]
                    c[j] -= part * c[i]
                    for m in range(i + 1, k):
                        left[j, m] -= part * left[i, m]
    return shift, variance, told

"""Windows of every start and length with counts above the background, the best of those that overlap."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from .background import Background
from .focus import most_significant_windows
from .noise import Overdispersion

#: Longest window, s.
LONGEST_S = 100.0

IndexArray = npt.NDArray[np.intp] | npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Windows:
    """Windows that do not overlap, most significant first; every array is (m,).

    Attributes
    ----------
    first, stop : intp
        Bins first .. stop - 1.
    octave : intp
        Octave of length the window was found in.
    counts, expected : float64
        Counts and expected counts.
    snr : float64
        Square root of twice the log-likelihood ratio, over-dispersion and the background's uncertainty included.
    """

    first: IndexArray
    stop: IndexArray
    octave: IndexArray
    counts: FloatArray
    expected: FloatArray
    snr: FloatArray

    def __len__(self) -> int:
        return len(self.snr)

    def __getitem__(self, select: npt.NDArray[np.bool_] | IndexArray) -> Windows:
        return Windows(*(getattr(self, field.name)[select] for field in dataclasses.fields(self)))


def octaves(bin_s: float, longest_s: float = LONGEST_S) -> FloatArray:
    """Bounds of length (s), (m, 2), one octave each: 1 bin, 2-3, 4-7 ... up to `longest_s`.

    The bounds lie at whole bins and three quarters: a bin of one native bin among bins of two is no bound's equal.

    Examples
    --------
    >>> octaves(0.05, 0.4).round(4).tolist()
    [[0.0, 0.0875], [0.0875, 0.1875], [0.1875, 0.3875], [0.3875, 0.4375]]
    """
    bounds = [0.0]
    size = 2
    while (size - 0.25) * bin_s < longest_s:
        bounds.append((size - 0.25) * bin_s)
        size *= 2
    bounds.append((int(longest_s / bin_s * (1.0 + 1e-9)) + 0.75) * bin_s)
    return np.array([bounds[:-1], bounds[1:]]).T


def find_windows(background: Background, overdispersion: Overdispersion, floor_snr: float) -> Windows:
    """Search every start and length up to 100 s, and keep the most significant of windows that overlap.

    The statistic of a window is 2 (x ln(x/b) - (x - b)) over the over-dispersion at its octave of length (quasi-Poisson); of
    the windows ending with each bin the best of each octave is kept, then the best of all, the best of what it leaves, and so on.

    Parameters
    ----------
    background : Background
    overdispersion : Overdispersion
    floor_snr : float
        Windows below it are not kept.
    """
    bins, model = background.bins, background.counts
    found: list[tuple[IndexArray, IndexArray, IndexArray, FloatArray]] = []
    for octave, (shortest, longest) in enumerate(octaves(bins.bin_s)):
        ratio = float(overdispersion.at(_middle(shortest, longest, bins.bin_s)))
        floor = 0.5 * floor_snr**2 * ratio
        statistic, first = most_significant_windows(bins.start_s, bins.stop_s, bins.counts, model, shortest, longest, floor)
        end = np.flatnonzero(first >= 0)
        found.append((first[end], end + 1, np.full(len(end), octave), np.sqrt(2.0 * statistic[end] / ratio)))
    first, stop, octave_of = (np.concatenate([part[i] for part in found]).astype(np.intp) for i in range(3))
    snr = np.concatenate([part[3] for part in found])
    x_cum = np.concatenate([[0.0], np.cumsum(bins.counts)])
    b_cum = np.concatenate([[0.0], np.cumsum(model)])
    counts, expected = x_cum[stop] - x_cum[first], b_cum[stop] - b_cum[first]
    snr = snr * _background_factor(background, overdispersion, first, stop, expected)
    windows = Windows(first, stop, octave_of, counts, expected, snr)
    windows = windows[snr >= floor_snr]
    return windows[without_overlap(windows.first, windows.stop, windows.snr)]


def octave_scale(bin_s: float, longest_s: float = LONGEST_S) -> FloatArray:
    """The typical length of each octave, s, (m,)."""
    return np.array([_middle(low, high, bin_s) for low, high in octaves(bin_s, longest_s)])


def _middle(shortest_s: float, longest_s: float, bin_s: float) -> float:
    return float(np.sqrt(max(shortest_s, bin_s) * max(longest_s, bin_s)))


def _background_factor(
    background: Background, overdispersion: Overdispersion, first: IndexArray, stop: IndexArray, expected: FloatArray
) -> FloatArray:
    """What the background's uncertainty leaves of the S/N: matters for windows that are long beside the sidebands."""
    bins = background.bins
    length = np.maximum(bins.stop_s[stop - 1] - bins.start_s[first], bins.bin_s)
    variance = overdispersion.at(length) * expected
    return np.asarray(np.sqrt(variance / (variance + background.variance_of_counts(first, stop))))


def without_overlap(first: IndexArray, stop: IndexArray, snr: FloatArray) -> IndexArray:
    """Which windows of bins first .. stop - 1 stay when the most significant of those that overlap is kept, by turns."""
    if len(snr) == 0:
        return np.empty(0, np.intp)
    origin = int(first.min())
    taken = np.zeros(int(stop.max()) - origin, bool)
    keep: list[int] = []
    order = np.argsort(-snr, kind="stable")
    begins, ends = (first[order] - origin).tolist(), (stop[order] - origin).tolist()
    for index, begin, end in zip(order.tolist(), begins, ends, strict=True):
        if taken[begin] or taken[end - 1] or taken[begin:end].any():
            continue
        taken[begin:end] = True
        keep.append(index)
    return np.array(keep, np.intp)

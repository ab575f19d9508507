"""Windows of every start and length with counts above the background, the best of those that overlap."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from .background import Background
from .noise import Overdispersion
from .octaves import octave_scale, octaves
from .overlap import IndexArray, without_overlap
from .stream import WindowStream


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
    bins = background.bins
    bounds = octaves(bins.bin_s)
    ratio = overdispersion.at(octave_scale(bins.bin_s))
    stream = WindowStream(bins.bin_s, bounds, len(bins))
    found = stream.push(bins.start_s, bins.stop_s, bins.counts, background.counts, 0.5 * floor_snr**2 * ratio)
    snr = np.sqrt(2.0 * found.statistic / ratio[found.octave])
    snr = snr * _background_factor(background, overdispersion, found.first, found.stop, found.expected)
    all_of_them = Windows(found.first, found.stop, found.octave, found.counts, found.expected, snr)
    above = all_of_them[snr >= floor_snr]
    return above[without_overlap(above.first, above.stop, above.snr)]


def _background_factor(
    background: Background, overdispersion: Overdispersion, first: IndexArray, stop: IndexArray, expected: FloatArray
) -> FloatArray:
    """What the background's uncertainty leaves of the S/N: matters for windows that are long beside the sidebands."""
    bins = background.bins
    length = np.maximum(bins.stop_s[stop - 1] - bins.start_s[first], bins.bin_s)
    variance = overdispersion.at(length) * expected
    return np.asarray(np.sqrt(variance / (variance + background.variance_of_counts(first, stop))))

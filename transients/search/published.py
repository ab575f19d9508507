"""The association search as published and used in INTEGRAL's circulars of 2017-2025, kept for comparison.

Its background is the plain mean of the window and bins are taken by number, not by time. A long bright burst hides itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from schemas import Excess, FloatArray, LightCurve, NoiseAtScale, PublishedSearch
from schemas.errors import NoData

from .bins import Bins, about, completeness, up_to_edges
from .published_fap import published_fap
from .words import fap_class

#: Below this fraction of observed time the published method refuses.
MINIMUM_COMPLETENESS = 0.3
#: Excesses at or below this S/N are not kept.
MINIMUM_SNR = 3.0
#: The native bin the published scales are multiples of.
NATIVE_BIN_S = 0.05


def published_scales(bin_s: float = NATIVE_BIN_S) -> tuple[int, ...]:
    """The searched scales in bins: 100 logarithmic steps from 1 to 600 bins of 50 ms, and every half second from 1 s to 31 s.

    For another native bin the scales in seconds stay, each rounded to whole bins, those below one bin left out.

    Examples
    --------
    >>> scales = published_scales()
    >>> len(scales), scales[0], scales[-1], 599 in scales
    (128, 1, 620, False)
    """
    steps = np.logspace(0.0, np.log10(600.0), 100)
    steps[-1] = 600.0  # exactly: floating point makes it 599.999..., a 129th scale that does not belong
    native = {int(step) for step in steps} | set(range(20, 621, 10))
    if bin_s == NATIVE_BIN_S:
        return tuple(sorted(native))
    scales = {round(scale * NATIVE_BIN_S / bin_s) for scale in native if scale * NATIVE_BIN_S >= bin_s * (1.0 - 1e-9)}
    return tuple(sorted(scales))


def phases(bins: int) -> range:
    """Offsets, in bins, at which a scale of `bins` bins is tried."""
    half = round(bins / 2)  # halves to even
    step = 1 if bins < 20 else max(round(half / 20), 1)
    return range(0, half + 1, step)


def rebin(counts: FloatArray, bins: int, phase: int) -> FloatArray:
    """Sums of `bins` adjoining values from the `phase`-th on; an incomplete last group is dropped. Shape (m,)."""
    groups = (len(counts) - phase) // bins
    return np.asarray(counts[phase : phase + groups * bins].reshape(groups, bins).sum(axis=1))


def noise_at_scale(counts: FloatArray, bin_s: float, bins: int, phase: int = 0) -> NoiseAtScale | None:
    """Mean, scatter and Poisson error of the rate at a scale; None with fewer than two groups or no counts."""
    scale = bins * bin_s
    sums = rebin(counts, bins, phase)
    mean = float(sums.mean()) if len(sums) > 1 else 0.0
    if mean == 0.0:
        return None
    off = sums - mean
    mean_error, std = math.sqrt(mean) / scale, math.sqrt(float(off @ off) / len(sums)) / scale
    return NoiseAtScale(
        scale_s=scale,
        mean_cts_s=mean / scale,
        std_cts_s=std,
        mean_error_cts_s=mean_error,
        excess_noise=std / mean_error,
        bins=len(sums),
    )


def published_search(lc: LightCurve, t0_s: float, half_width_s: float = 300.0) -> PublishedSearch:
    """Search T0 +- `half_width_s` by the published method.

    Parameters
    ----------
    lc : LightCurve
    t0_s : float
        T0, seconds from `lc.info.reference`.
    half_width_s : float
        The published window is 300 s.

    Raises
    ------
    RefusedInput
        No data at T0.
    NoData
        Less than 30 % of the window observed.
    """
    return published_search_bins(about(lc, t0_s, half_width_s), half_width_s)


def published_search_bins(bins: Bins, half_width_s: float) -> PublishedSearch:
    """`published_search` on bins already cut out."""
    observed = completeness(bins, half_width_s)
    if observed < MINIMUM_COMPLETENESS:
        raise NoData(
            f"{observed:.0%} of T0 +- {half_width_s:g} s observed; the published method wants {MINIMUM_COMPLETENESS:.0%}"
        )
    counts = nominal_counts(bins)
    scales = published_scales(bins.bin_s)
    noise = tuple(found for n in scales if (found := noise_at_scale(counts, bins.bin_s, n)) is not None)
    if not noise:
        raise NoData("too few bins for the published method")
    before = up_to_edges(counts)
    excesses = _excesses(bins, before, [n for n in scales if n <= len(counts)])
    return PublishedSearch(background_rate_cts_s=noise[0].mean_cts_s, noise=noise, excesses=excesses, scales=len(scales))


def nominal_counts(bins: Bins) -> FloatArray:
    """Counts each bin would have at the nominal width, which is what a method that knows no widths sees."""
    return bins.rate * bins.bin_s


def _excesses(bins: Bins, before: FloatArray, scales: Sequence[int]) -> tuple[Excess, ...]:
    """The first of every group of excesses, by false-alarm probability."""
    from .kernels.published import above_mean  # numba takes a quarter of a second to import

    found = [above_mean(before, n, np.array(phases(n)), MINIMUM_SNR) for n in scales]
    size = np.repeat(scales, [len(first) for first, _, _ in found])
    first, counts, snr = (np.concatenate(column) for column in zip(*found, strict=True))
    # Not by sums up to edges: neighbours lie a scale apart, and their centres' last digits tell whether they are one group.
    centre = np.add.reduceat(np.append(bins.centre_s, 0.0), np.stack([first, first + size], axis=1).ravel())[::2] / size
    scale = size * bins.bin_s
    t_start = centre - 0.5 * scale
    fap = np.array([published_fap(*each) for each in zip(snr.tolist(), scale.tolist(), centre.tolist(), strict=True)])
    return tuple(
        Excess(
            t_start_s=float(t_start[k]),
            duration_s=float(scale[k]),
            counts=float(counts[k]),
            snr=float(snr[k]),
            rate_cts_s=float(counts[k] / scale[k]),
            fap=float(fap[k]),
            classification=fap_class(float(fap[k])),
        )
        # Of what is told: centres as one reads them off the excesses, last digits and all.
        for k in _firsts(t_start + 0.5 * scale, scale, np.argsort(fap, kind="stable"))
    )


def _firsts(centre: FloatArray, scale: FloatArray, left: npt.NDArray[np.intp]) -> Iterator[int]:
    """The first of every group, in the order `left`: one within the longer of the two scales of a group's first belongs to it."""
    while left.size:
        first = int(left[0])
        yield first
        left = left[np.abs(centre[left] - centre[first]) >= np.maximum(scale[left], scale[first])]

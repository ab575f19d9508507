"""A detected burst in numbers: onset, peaks, counts, durations, saturation, each with its error."""

from __future__ import annotations

import dataclasses

import numpy as np

from schemas import FloatArray, PeakCounts

from .background import Background
from .bins import up_to_edges
from .saturation import counter_step, is_plateau

#: The onset is the first bin this many sigmas above the background.
ONSET_SIGMA = 8.0
#: Scales at which the peak is given, s: bursts are compared at 64 ms to 1 s elsewhere; ours are whole native bins.
PEAK_SCALES_S = (0.05, 0.25, 1.0, 8.0)
#: Light curves drawn about the measured one for the errors of the durations: they give an error to 6 %.
_DRAWN = 128
#: The brightest bins, whose steps are looked at.
_BRIGHTEST = 40


@dataclasses.dataclass(frozen=True)
class Burst:
    """Numbers of a burst; times in s from T0.

    Attributes
    ----------
    onset_s : float or None
        Centre of the first bin above 8 sigma; None when no single bin is.
    peak_rate_cts_s, peak_time_s : float
        Highest rate in a bin, background included, and the centre of that bin.
    net_counts, net_counts_error : float
        Counts over the background within the source's interval; the error holds over-dispersion and the background's own.
    t90_s, t50_s : float or None
        From 5 % to 95 %, and from 25 % to 75 %, of the net counts; None for a burst of a single bin.
    t90_error_s, t50_error_s : float or None
        Scatter of the durations of light curves drawn about the measured one; never below half a bin.
    peaks : tuple of PeakCounts
        Most counts over background in a window of one bin, and of 0.05, 0.25, 1 and 8 s where those are whole bins.
    saturated : bool
        The highest bins are flat: the counter may have been at its end, and counts are lower limits.
    counter_step_at_peak : int or None
        The step of the counter's code among the brightest bins.
    """

    onset_s: float | None
    peak_rate_cts_s: float
    peak_time_s: float
    net_counts: float
    net_counts_error: float
    t90_s: float | None
    t90_error_s: float | None
    t50_s: float | None
    t50_error_s: float | None
    peaks: tuple[PeakCounts, ...]
    saturated: bool
    counter_step_at_peak: int | None


def measure_burst(background: Background, first: int, stop: int, overdispersion: float) -> Burst:
    """Measure the burst about an excess (bins first .. stop - 1): all of the source's interval that touches it."""
    bins, model = background.bins, background.counts
    first, stop = source_interval(background, first, stop)
    near = slice(first, stop)
    net = bins.counts[near] - model[near]
    sigma = np.sqrt(overdispersion * model[near])
    above = np.flatnonzero(net > ONSET_SIGMA * sigma)
    peak = int(np.argmax(bins.rate[near]))
    (t90, t90_error), (t50, t50_error) = (_duration(background, first, stop, overdispersion, part) for part in (0.9, 0.5))
    brightest = np.sort(bins.counts[near][above])[-_BRIGHTEST:]
    return Burst(
        onset_s=float(bins.centre_s[first + above[0]]) if above.size else None,
        peak_rate_cts_s=float(bins.rate[first + peak]),
        peak_time_s=float(bins.centre_s[first + peak]),
        net_counts=float(net.sum()),
        net_counts_error=_error(background, first, stop, overdispersion),
        t90_s=t90,
        t90_error_s=t90_error,
        t50_s=t50,
        t50_error_s=t50_error,
        peaks=_peaks(background, first, stop, overdispersion),
        saturated=is_plateau(bins.counts[near], model[near], overdispersion),
        counter_step_at_peak=counter_step(brightest),
    )


def source_interval(background: Background, first: int, stop: int) -> tuple[int, int]:
    """The bins first .. stop - 1, widened by every stretch put aside as source that touches them."""
    marked = background.source.copy()
    marked[first:stop] = True
    quiet = np.flatnonzero(~marked)
    before, after = quiet[quiet < first], quiet[quiet >= stop]
    return int(before[-1]) + 1 if before.size else 0, int(after[0]) if after.size else len(marked)


def _error(background: Background, first: int, stop: int, overdispersion: float) -> float:
    """Error of the net counts in bins first .. stop - 1: the counts' own, over-dispersed, and the background's."""
    own = overdispersion * float(background.bins.counts[first:stop].sum())
    fitted = float(background.variance_of_counts(np.array([first]), np.array([stop]))[0])
    return float(np.sqrt(own + fitted))


def _duration(
    background: Background, first: int, stop: int, overdispersion: float, part: float
) -> tuple[float | None, float | None]:
    """Time that holds the middle `part` of the net counts, and its error."""
    counts, model = background.bins.counts[first:stop], background.counts[first:stop]
    edges = background.bins.start_s[first:stop], background.bins.stop_s[first:stop]
    measured = _span((counts - model)[None, :], *edges, part)[0]
    if stop - first < 2 or np.isnan(measured):
        return None, None
    rng = np.random.default_rng(0)  # the same light curve gives the same error
    noise = np.sqrt(overdispersion * np.maximum(counts, 1.0)) * rng.standard_normal((_DRAWN, len(counts)))
    level = float(background.variance_of_counts(np.array([first]), np.array([stop]))[0]) ** 0.5 / float(model.sum())
    drawn = counts + noise - model * (1.0 + level * rng.standard_normal((_DRAWN, 1)))
    spans = _span(drawn, *edges, part)
    scatter = float(np.nanstd(spans)) if np.isfinite(spans).any() else float(edges[1][-1] - edges[0][0])
    return float(measured), float(max(0.5 * background.bins.bin_s, scatter))


def _span(net: FloatArray, start_s: FloatArray, stop_s: FloatArray, part: float) -> FloatArray:
    """Time from the first bin at which (1 - part) / 2 of the net counts are reached to that of (1 + part) / 2, row by row."""
    total = np.cumsum(net, axis=1)
    low, high = (np.argmax(total >= share * total[:, -1:], axis=1) for share in (0.5 - 0.5 * part, 0.5 + 0.5 * part))
    return np.where(total[:, -1] > 0.0, stop_s[high] - start_s[low], np.nan)


def _peaks(background: Background, first: int, stop: int, overdispersion: float) -> tuple[PeakCounts, ...]:
    bins = background.bins
    net = up_to_edges(bins.counts - background.counts)
    found = []
    for scale in sorted({bins.bin_s, *PEAK_SCALES_S}):
        size = round(scale / bins.bin_s)
        if size < 1 or abs(size * bins.bin_s - scale) > 0.01 * scale:
            continue
        begin = np.arange(max(0, first - size + 1), min(stop, len(bins) - size + 1))
        # A window across a gap, or of odd bins, is no window of this scale.
        begin = begin[np.abs(bins.stop_s[begin + size - 1] - bins.start_s[begin] - scale) < 0.25 * bins.bin_s]
        if begin.size == 0:
            continue
        best = int(begin[np.argmax(net[begin + size] - net[begin])])
        found.append(
            PeakCounts(
                scale_s=scale,
                t_start_s=float(bins.start_s[best]),
                net_counts=float(net[best + size] - net[best]),
                error_counts=_error(background, best, best + size, overdispersion),
            )
        )
    return tuple(found)

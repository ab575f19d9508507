"""A detected burst in numbers: onset, peak, counts, duration, saturation."""

from __future__ import annotations

import dataclasses

import numpy as np

from .background import Background

#: The onset is the first bin this many sigmas above the background.
ONSET_SIGMA = 8.0
#: Equal highest bins count as a plateau when this many sigmas above the background.
_PLATEAU_SIGMA = 20.0


@dataclasses.dataclass(frozen=True)
class Burst:
    """Numbers of a burst; times in s from T0.

    Attributes
    ----------
    onset_s : float or None
        Centre of the first bin above 8 sigma; None when no single bin is.
    peak_rate_cts_s, peak_time_s : float
        Highest rate in a bin, background included, and the centre of that bin.
    net_counts : float
        Counts over the background within the source's interval.
    t90_s : float or None
        From 5 % to 95 % of the net counts; None for a burst of a single bin.
    saturated : bool
        The highest bins are flat: the counter may have been at its end.
    """

    onset_s: float | None
    peak_rate_cts_s: float
    peak_time_s: float
    net_counts: float
    t90_s: float | None
    saturated: bool


def measure_burst(background: Background, first: int, stop: int, overdispersion: float) -> Burst:
    """Measure the burst about an excess (bins first .. stop - 1): all of the source's interval that touches it."""
    bins, model = background.bins, background.counts
    first, stop = source_interval(background, first, stop)
    near = slice(first, stop)
    net = bins.counts[near] - model[near]
    sigma = np.sqrt(overdispersion * model[near])
    above = np.flatnonzero(net > ONSET_SIGMA * sigma)
    peak = int(np.argmax(bins.rate[near]))
    return Burst(
        onset_s=float(bins.centre_s[first + above[0]]) if above.size else None,
        peak_rate_cts_s=float(bins.rate[first + peak]),
        peak_time_s=float(bins.centre_s[first + peak]),
        net_counts=float(net.sum()),
        t90_s=_t90(background, first, stop),
        saturated=_plateau(background, first, stop, overdispersion),
    )


def source_interval(background: Background, first: int, stop: int) -> tuple[int, int]:
    """The bins first .. stop - 1, widened by every stretch put aside as source that touches them."""
    marked = background.source.copy()
    marked[first:stop] = True
    quiet = np.flatnonzero(~marked)
    before, after = quiet[quiet < first], quiet[quiet >= stop]
    return int(before[-1]) + 1 if before.size else 0, int(after[0]) if after.size else len(marked)


def _t90(background: Background, first: int, stop: int) -> float | None:
    net = np.cumsum(background.bins.counts[first:stop] - background.counts[first:stop])
    if stop - first < 2 or net[-1] <= 0.0:
        return None
    low = int(np.argmax(net >= 0.05 * net[-1]))
    high = int(np.argmax(net >= 0.95 * net[-1]))
    return float(background.bins.stop_s[first + high] - background.bins.start_s[first + low])


def _plateau(background: Background, first: int, stop: int, overdispersion: float) -> bool:
    """Three or more adjoining bins at exactly the highest count, far above the background: noise would move them."""
    counts = background.bins.counts[first:stop]
    top = int(np.argmax(counts))
    expected = float(background.counts[first + top])
    if counts[top] - expected < _PLATEAU_SIGMA * np.sqrt(overdispersion * expected):
        return False
    return top + 2 < len(counts) and bool((counts[top : top + 3] == counts[top]).all())

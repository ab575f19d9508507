"""All detectors together: the likelihood ratio of a burst somewhere in the localisation, with one of several spectra, to none."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from schemas import FloatArray, Spike

from .bins import Bins
from .burst import source_interval
from .combined import primary_first
from .hypotheses import Hypotheses
from .maximum import alarm_chance
from .rates import Rates, WindowExcess, sliding_excess, starts_within
from .spikes import classify_spike

#: Durations tried, s: octaves of the range in which bursts come.
DURATIONS_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 100.0)
#: Averages and their largest terms differ by this in their last digits.
_ROUNDING = 1e-9
#: Windows whose averages say which others need be known.
_SOME = 64


@dataclasses.dataclass(frozen=True)
class JointWindow:
    """The window of least probability under noise.

    Attributes
    ----------
    start_s, duration_s : float
        s from T0.
    log_ratio, snr : float
        ln of the likelihood ratio, and the significance of a normal excess of the same.
    noise_probability : float
    """

    start_s: float
    duration_s: float
    log_ratio: float
    snr: float
    noise_probability: float


def joint_search(
    detectors: Sequence[Rates],
    hypotheses: Hypotheses,
    *,
    association_window_s: tuple[float, float] = (-300.0, 300.0),
    durations_s: Sequence[float] = DURATIONS_S,
) -> JointWindow | None:
    """Find the window in which a burst is most likely, by all detectors together.

    For a flat burst of fluence F in direction i the counts in detector d are F/r_di, in a Gaussian likelihood with the noise that the
    window has in each. The amplitude is profiled, F >= 0, and the likelihood ratio averaged over localisation and spectra. Windows
    begin at every bin of the finest detector; coarser bins count by the part of the burst that falls in each. What a detector does not
    have of a window, it does not judge.

    Returns
    -------
    JointWindow or None
        None where no detector has a whole window.
    """
    ordered = [rates for rates in primary_first(detectors) if rates.instrument in hypotheses.instruments]
    if not ordered:
        return None
    first = ordered[0]
    columns = [hypotheses.instruments.index(rates.instrument) for rates in ordered]
    per_fluence = hypotheses.per_fluence[:, columns]
    best: list[JointWindow] = []
    for duration in durations_s:
        size = round(duration / first.bin_s)
        if size < 1:
            continue
        length_s = size * first.bin_s
        found = [sliding_excess(rates, first, length_s, association_window_s) for rates in ordered]
        if not any(np.isfinite(each.sigma).any() for each in found):
            continue
        top, log_ratio, judged = _most_likely(found, per_fluence, hypotheses.prior)
        log_ratio = max(0.0, log_ratio)
        snr = math.sqrt(2.0 * log_ratio)
        windows = 1.0 + (judged - 1) / size
        chance = alarm_chance(snr, size, windows)
        start_s = float(starts_within(first, length_s, association_window_s)[top])
        best.append(JointWindow(start_s, length_s, log_ratio, snr, chance))
    if not best:
        return None
    # Neighbouring durations share much: multiplying by their number is an upper bound of the chance.
    least = min(best, key=lambda window: (window.noise_probability, -window.log_ratio))
    return dataclasses.replace(least, noise_probability=min(1.0, len(best) * least.noise_probability))


def burst_interval(detectors: Sequence[Rates], window: JointWindow) -> tuple[float, float]:
    """Start and duration (s from T0) of the stretch that the finest detector has put aside as source about the window."""
    first = primary_first(detectors)[0].background
    begin, end = source_interval(first, *_bins_of(first.bins, window))
    start_s = float(first.bins.start_s[begin])
    return start_s, float(first.bins.stop_s[end - 1]) - start_s


def window_spike(detectors: Sequence[Rates], window: JointWindow) -> Spike | None:
    """Whether the finest detector's counts in the window have the shape of a particle hit."""
    first = primary_first(detectors)[0]
    ratio = float(first.overdispersion.at(first.bin_s))
    return classify_spike(first.background, *_bins_of(first.background.bins, window), ratio)


def _bins_of(bins: Bins, window: JointWindow) -> tuple[int, int]:
    """First bin of a window, and the one after its last."""
    begin = min(int(np.searchsorted(bins.stop_s, window.start_s + 0.5 * bins.bin_s)), len(bins) - 1)
    end = int(np.searchsorted(bins.start_s, window.start_s + window.duration_s - 0.5 * bins.bin_s))
    return begin, max(end, begin + 1)


def _most_likely(found: Sequence[WindowExcess], per_fluence: FloatArray, prior: FloatArray) -> tuple[int, float, int]:
    """The window of the largest averaged likelihood ratio, ln of that, and how many windows some detector has."""
    counts, sigma = np.array([each.counts for each in found]), np.array([each.sigma for each in found])
    seen = np.isfinite(sigma).any(axis=0)
    # No hypothesis fits better than one that each detector's excess fits by itself (Cauchy and Schwarz): those windows that could not
    # reach the best average of some, where that is the most, need not be known.
    most = np.where(seen, 0.5 * (np.fmax(counts / sigma, 0.0) ** 2).sum(axis=0), -np.inf)
    some = np.argpartition(-most, min(_SOME, most.size - 1))[:_SOME]
    least = log_average(_ratios(counts[:, some], sigma[:, some], per_fluence), prior).max()
    near = np.flatnonzero(most > least - _ROUNDING)
    average = log_average(_ratios(counts[:, near], sigma[:, near], per_fluence), prior)
    best = int(np.argmax(average))
    return int(near[best]), float(average[best]), int(seen.sum())


def _ratios(counts: FloatArray, sigma: FloatArray, per_fluence: FloatArray) -> FloatArray:
    """ln of the likelihood ratio of each hypothesis to none, the fluence profiled, (h, w), of the detectors' excesses, (d, w)."""
    precision = 1.0 / sigma**2
    ratio = np.asarray(per_fluence @ np.where(precision > 0.0, precision * counts, 0.0))
    np.maximum(ratio, 0.0, out=ratio)
    ratio *= 0.5 * ratio
    curve = np.asarray(per_fluence**2 @ precision)
    ratio /= np.maximum(curve, np.finfo(float).tiny, out=curve)
    return ratio


def log_average(logs: FloatArray, prior: FloatArray) -> FloatArray:
    """ln of the average of exp(logs) over the first axis, by weights that sum to 1."""
    top = logs.max(axis=0)
    parts = logs - top
    return np.asarray(top + np.log(prior @ np.exp(parts, out=parts)))

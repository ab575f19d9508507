"""Particle hits, told from bursts by their shape.

A cosmic ray lights the shield for one to three bins of 50 ms and leaves a faint tail of seconds.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from schemas import FloatArray, Spike

from .background import Background

#: Times are taken around the window with this margin, s.
_MARGIN_S = 1.0
#: Longest stretch looked at, s: shape is settled within it.
_LONGEST_S = 20.0
#: Bins wider than this hold a whole spike and say nothing of its shape.
WIDEST_BIN_S = 0.25
#: Durations of bursts: log-normal about 0.8 s, 0.6 in log10, which takes in the short bursts and the spikes of long ones.
_BURST_MEDIAN_S = 0.8
_BURST_WIDTH_DEX = 0.6
#: Steps of the template's start within a bin, and integration points per native bin.
_PHASES = 8
_POINTS = 16
#: The template is known to this fraction of its height.
_TEMPLATE_ERROR = 0.05
#: A hit upon a burst, or a burst with a peak as sharp as a hit: the log odds against, outweighed by a remainder of four sigma.
_UPON = 8.0
#: The template's integral is tabulated from before the hit to beyond the longest stretch, in steps much finer than its rise (5 ms).
_TABLE_S = (-2.0, 24.0)
_TABLE_STEP_S = 0.0005


def spike_shape(t_s: FloatArray) -> FloatArray:
    """Rate of a particle hit against time, arbitrary units, peaking about 0 (SPI-ACS, measured by its team).

    With x = 20 t: 5.5 (0.3429 / (e^(x/0.253) + e^(-x/0.1)) + 0.003 / (e^(x/15) + e^(-x/0.1)) + 0.003 / (e^(x/2) + e^(-x/0.1))).

    Parameters
    ----------
    t_s : (...) float64
        Time from the hit, s.
    """
    x = 20.0 * np.asarray(t_s, float)
    total = np.zeros_like(x)
    for height, decay in ((0.3429, 0.253), (0.003, 15.0), (0.003, 2.0)):
        # 1 / (e^a + e^b), without overflow.
        total += height * np.exp(-np.logaddexp(x / decay, -x / 0.1))
    return 5.5 * total


def spike_profile(start_s: FloatArray, stop_s: FloatArray, hit_s: float) -> FloatArray:
    """The template's integral over bins, for a hit at `hit_s`; the shape of the bins."""
    fraction = (np.arange(_POINTS) + 0.5) / _POINTS
    t = start_s[:, None] + (stop_s - start_s)[:, None] * fraction - hit_s
    return np.asarray(spike_shape(t).mean(axis=1) * (stop_s - start_s))


def classify_spike(background: Background, first: int, stop: int, overdispersion: float) -> Spike | None:
    """Compare an excess with the template of a particle hit and with flat bursts of all durations.

    Both have a free height and start. The log ratio is the spike's best log-likelihood less the log of the flat bursts'
    likelihoods averaged over a log-normal distribution of durations: a single bin fits both, but few bursts are that short.
    Where a hit leaves an excess of its own in the window, the excess is a burst's: bursts have sharp peaks too.
    A hit may be in any bin of the excess: the logarithm of their number is the price of that choice, without which long faint
    excesses, which always have a highest bin, would pass for spikes. The probability is that of a spike against a burst, at equal
    odds before.

    Parameters
    ----------
    background : Background
    first, stop : int
        The excess: bins first .. stop - 1.
    overdispersion : float
        Variance over mean of a bin.

    Returns
    -------
    Spike or None
        None where bins are too wide to show a shape.
    """
    bins = background.bins
    if bins.bin_s > WIDEST_BIN_S:
        return None
    from .kernels import spikes as kernels

    low = np.searchsorted(bins.stop_s, bins.start_s[first] - _MARGIN_S, side="right")
    reach = min(float(bins.stop_s[stop - 1]) + _MARGIN_S, float(bins.start_s[first]) + _LONGEST_S)
    near = slice(int(low), max(int(np.searchsorted(bins.start_s, reach)), first + 1))
    start, end = bins.start_s[near], bins.stop_s[near]
    residual = bins.counts[near] - background.counts[near]
    noise = overdispersion * background.counts[near]
    # Within the excess: a hit in the margin is another's.
    inside = slice(max(0, first - near.start), max(first + 1, min(stop, near.stop)) - near.start)
    peak = int(np.argmax(residual[inside])) + inside.start
    # The template's own error and the burst's Poisson noise grow with height, alike for both shapes.
    noise = noise + np.maximum(residual, 0.0) + (_TEMPLATE_ERROR * max(0.0, float(residual[peak]))) ** 2 * (residual > 0.0)
    hits = start[peak] + bins.bin_s * np.linspace(-0.5, 1.0, 3 * _PHASES // 2, endpoint=False)
    table = _template_integral()
    gain, hit, height = kernels.spike_gain(residual, noise, start, end, hits, table, _TABLE_S[0], _TABLE_STEP_S)
    spike = gain - math.log(stop - first)
    flat = kernels.flat_gain(residual, noise, *_durations(len(residual), bins.bin_s), peak)
    # What the hit leaves of the excess: its template is known to some percent only.
    to = [(float(t) - hit - _TABLE_S[0]) / _TABLE_STEP_S for t in (bins.start_s[first], bins.stop_s[stop - 1])]
    of_hit = height * (kernels.template_to(table, to[1]) - kernels.template_to(table, to[0]))
    left = float((bins.counts[first:stop] - background.counts[first:stop]).sum()) - of_hit
    variance = overdispersion * float(background.counts[first:stop].sum()) + max(0.0, left) + (_TEMPLATE_ERROR * of_hit) ** 2
    upon = spike + 0.5 * max(0.0, left) ** 2 / variance - _UPON
    ratio = float(spike - np.logaddexp(flat, upon))
    return Spike(likely=ratio > 0.0, log_ratio=ratio, bins=stop - first, probability=float(expit(ratio)))


@functools.cache
def _template_integral() -> FloatArray:
    """The template's integral up to t, at equal steps."""
    t = np.arange(_TABLE_S[0], _TABLE_S[1], _TABLE_STEP_S)
    shape = spike_shape(t)
    return np.concatenate([[0.0], np.cumsum(0.5 * (shape[1:] + shape[:-1])) * _TABLE_STEP_S])


@functools.cache
def _durations(bins: int, bin_s: float) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Durations of flat bursts in bins, and the log of their weights."""
    sizes = np.unique(np.round(np.geomspace(1, max(1, bins), 24)).astype(np.int64))
    weights = -0.5 * (np.log10(sizes * bin_s / _BURST_MEDIAN_S) / _BURST_WIDTH_DEX) ** 2
    return sizes, np.asarray(weights - np.logaddexp.reduce(weights))

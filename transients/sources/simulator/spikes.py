"""Particle hits in SPI-ACS: how often, how strong, of what shape; rate and slope as measured for the association search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schemas import FloatArray

from ...search.spikes import spike_shape
from .draws import generator

#: Hits per day at S/N 6 or more, and the slope of their cumulative distribution.
PER_DAY_AT_6 = 60.0
SLOPE = 2.7
#: Hits below this are part of the noise.
_WEAKEST = 3.5
_STRONGEST = 300.0
_BLOCK_S = 8640.0
_BIN_S = 0.05
_BINS = 60
_FINE = 64


def binned_template(phase: float) -> FloatArray:
    """Counts in native bins from one before the hit on, for a hit `phase` (0..1) into its bin; the largest bin is 1."""
    fine = (np.arange((_BINS + 1) * _FINE) + 0.5) / _FINE * _BIN_S - _BIN_S * (1.0 + phase)
    bins = spike_shape(fine).reshape(_BINS + 1, _FINE).sum(axis=1)
    return np.asarray(bins / bins.max(), dtype=np.float64)


def spikes_between(seed: int, start_s: float, stop_s: float, scale: float = 1.0) -> list[tuple[float, float]]:
    """Hits in [start, stop): time, s of IJD, and strength, the S/N of the hit's largest bin; in no order.

    Parameters
    ----------
    scale
        Multiplies the rate of hits.
    """
    per_block = PER_DAY_AT_6 * (_WEAKEST / 6.0) ** -SLOPE * scale * _BLOCK_S / 86400.0
    hits: list[tuple[float, float]] = []
    for block in range(max(int(start_s // _BLOCK_S), 0), int(stop_s // _BLOCK_S) + 1):
        draw = generator(seed, "spikes", block)
        number = int(draw.poisson(per_block))
        times, chances = draw.random(number) * _BLOCK_S + block * _BLOCK_S, draw.random(number)
        strengths = np.minimum(_WEAKEST * (1.0 - chances) ** (-1.0 / SLOPE), _STRONGEST)
        hits += [(float(t), float(s)) for t, s in zip(times, strengths, strict=True) if start_s <= t < stop_s]
    return hits


def add_spikes(seed: int, first_bin: int, bins: int, sigma_counts: Callable[[float], float], scale: float = 1.0) -> FloatArray:
    """Counts of all hits in native bins [first_bin, first_bin + bins), bins counted from IJD 0.

    Parameters
    ----------
    sigma_counts
        Gives the standard deviation of the counts of a native bin at a time, s of IJD: S/N 6 is six of these in the hit's
        largest bin.
    scale
        Multiplies the rate of hits.
    """
    counts = np.zeros(bins)
    for time, strength in spikes_between(seed, (first_bin - _BINS) * _BIN_S, (first_bin + bins + 1) * _BIN_S, scale):
        at = int(time // _BIN_S)
        sigma = sigma_counts(time // _BLOCK_S * _BLOCK_S)
        _place(counts, binned_template(time / _BIN_S - at) * strength * sigma, at - 1 - first_bin)
    return counts


def _place(counts: FloatArray, shape: FloatArray, at: int) -> None:
    low, high = max(at, 0), min(at + len(shape), len(counts))
    if low < high:
        counts[low:high] += shape[low - at : high - at]

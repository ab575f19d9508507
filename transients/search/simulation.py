"""Backgrounds made up with measured noise: what the search finds in them is false by construction."""

from __future__ import annotations

import dataclasses

import numpy as np

from schemas import FloatArray

from .published_fap import spike_rate_hz
from .spikes import spike_profile

#: Particle hits are made up from this S/N in a bin of 50 ms on, with the published index.
_LEAST_HIT_SNR = 3.0
_HIT_INDEX = 2.7
_HIT_BIN_S = 0.05
#: A hit's tail ends within this, s.
_HIT_REACH_S = 5.0


@dataclasses.dataclass(frozen=True)
class Noise:
    """A background's noise.

    Attributes
    ----------
    rate_cts_s : float
        Mean rate.
    white : float
        Variance over mean of a bin.
    slope : float
        Relative change of the rate over the whole light curve.
    hits : float
        Rate of particle hits over the published one; 0 for none.
    step_counts : int
        Counts come in steps of this.
    """

    rate_cts_s: float = 84_000.0
    white: float = 1.19**2
    slope: float = 0.0
    hits: float = 1.0
    step_counts: int = 1


def simulate(rng: np.random.Generator, start_s: FloatArray, bin_s: float, noise: Noise) -> tuple[FloatArray, FloatArray]:
    """Counts in bins of equal width, and the times of the particle hits among them.

    Returns
    -------
    counts : (n,) float64
    hits_s : (m,) float64
    """
    length = float(start_s[-1] + bin_s - start_s[0])
    place = (start_s - start_s[0]) / length - 0.5
    mean = noise.rate_cts_s * bin_s * (1.0 + noise.slope * place)
    hits = np.sort(start_s[0] + length * rng.random(rng.poisson(noise.hits * length * spike_rate_hz(_LEAST_HIT_SNR, _HIT_BIN_S))))
    expected = mean + _hits(rng, start_s, bin_s, noise, hits)
    if noise.white > 1.0 or noise.rate_cts_s * bin_s > 50.0:
        counts = rng.normal(expected, np.sqrt(expected + (noise.white - 1.0) * mean))
    else:
        counts = rng.poisson(expected).astype(float)
    return np.maximum(0.0, noise.step_counts * np.round(counts / noise.step_counts)), hits


def _hits(rng: np.random.Generator, start_s: FloatArray, bin_s: float, noise: Noise, hits_s: FloatArray) -> FloatArray:
    counts = np.zeros(len(start_s))
    sigma = np.sqrt(noise.white * noise.rate_cts_s * _HIT_BIN_S)
    for hit in hits_s:
        near = slice(*np.searchsorted(start_s, [hit - 1.0, hit + _HIT_REACH_S]))
        edges = hit + _HIT_BIN_S * (np.arange(-3, 5) + rng.random())
        at_native = spike_profile(edges, edges + _HIT_BIN_S, float(hit))
        snr = _LEAST_HIT_SNR * (1.0 - rng.random()) ** (-1.0 / _HIT_INDEX)
        profile = spike_profile(start_s[near], start_s[near] + bin_s, float(hit))
        counts[near] += snr * sigma * profile / at_native.max()
    return counts

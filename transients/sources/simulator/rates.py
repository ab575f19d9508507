"""Count rates without bursts: solar cycle, orbit, belts, noise, and the counters' code."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

from .draws import smooth_noise

_YEAR_S = 365.25 * 86400.0
#: Extremes of the solar cycle, year: minima and maxima in turn; galactic cosmic rays, hence the rate, go the other way.
_MINIMA = ((1996.6, 2001.9), (2008.9, 2014.3), (2019.9, 2024.5), (2030.5, 2035.5))
#: SPI-ACS rate, cts/s, midway and half range: gives 119 k in early 2008, 104 k at the start of 2022 and 90 k in March 2023
#: (measured: 116 k, 107 k, 90.65 k).
_ACS_MIDDLE, _ACS_RANGE = 101_500.0, 18_000.0
#: Rates of IBIS/Veto and ISGRI (all detectors) at that middle, cts/s: what the count limits printed in 2017 imply.
_MIDDLE = {"SPI-ACS": _ACS_MIDDLE, "IBIS/Veto": 33_000.0, "ISGRI": 620.0}
#: Rate added at the edge of the belts as a fraction of the quiet rate, and the time in which it falls by e.
_BELT_FRACTION, _BELT_S = 0.35, 900.0
#: Slow change along the orbit, fraction.
_ORBIT_FRACTION = 0.012


def cycle(ijd_s: FloatArray) -> FloatArray:
    """+1 at the minimum of solar activity, -1 at the maximum, a half cosine between them, (n,)."""
    year = 2000.0 + np.asarray(ijd_s, dtype=np.float64) / _YEAR_S
    knots = np.array([year for pair in _MINIMA for year in pair])
    levels = np.arange(len(knots), dtype=np.float64)
    return np.asarray(np.cos(np.pi * np.interp(year, knots, levels)), dtype=np.float64)


def quiet_rate(instrument: str, ijd_s: FloatArray) -> FloatArray:
    """Expected rate away from the belts, cts/s, (n,)."""
    return _MIDDLE[instrument] * (1.0 + _ACS_RANGE / _ACS_MIDDLE * cycle(ijd_s))


def orbit_factor(phase: FloatArray) -> FloatArray:
    """Slow modulation with the phase of the revolution (0 and 1 at perigee), (n,)."""
    return np.asarray(1.0 + _ORBIT_FRACTION * np.cos(2.0 * np.pi * phase), dtype=np.float64)


def belt_factor(since_entry_s: FloatArray, until_exit_s: FloatArray) -> FloatArray:
    """Rise toward the belts: seconds since data began and until it ends, (n,)."""
    rise = np.exp(-np.maximum(since_entry_s, 0.0) / _BELT_S) + np.exp(-np.maximum(until_exit_s, 0.0) / _BELT_S)
    return np.asarray(1.0 + _BELT_FRACTION * rise, dtype=np.float64)


def red_noise(seed: int, instrument: str, ijd_s: FloatArray, rate_cts_s: FloatArray, strength: float) -> FloatArray:
    """Slow wander of the rate, cts/s, (n,): raises the ratio of sigmas from seconds on.

    `strength` is what it adds to variance / mean at 8 s: 0.1 takes the ratio of sigmas from 1.14 to 1.19.
    """
    sigma = np.sqrt(strength * rate_cts_s / 8.0)
    parts = [smooth_noise(seed, f"red {instrument} {period}", ijd_s, period) for period in (12.0, 60.0, 300.0)]
    return np.asarray(sigma * (0.8 * parts[0] + 0.5 * parts[1] + 0.33 * parts[2]), dtype=np.float64)


def quantise(counts: FloatArray) -> FloatArray:
    """The quasi-logarithmic code of SPI-ACS: steps of 1 below 256, 2 below 10 000, then 4, 8, 16 per octave; (n,), >= 0."""
    whole = np.maximum(counts, 0.0)
    octave = np.floor(np.log2(np.maximum(whole, 1.0) / 10_000.0)) + 1.0
    step = np.where(whole < 256.0, 1.0, 2.0 ** (1.0 + np.maximum(octave, 0.0)))
    return np.asarray(np.round(whole / step) * step, dtype=np.float64)

"""Measures what `null_rates` holds: the search on made-up backgrounds, its excesses by octave, shape and S/N.

>>> found = excesses(seed=1, windows=1, bin_s=0.1)
>>> sorted(found.dtype.names)
['hit', 'octave', 'snr', 'spike_like']

Four thousand windows of 50 ms bins take a minute of processor time; `white_rates` gives the rows of white noise. Rates of
particle hits are few: they were read off the counts of the excesses with `hit` and shape, less those that noise puts there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from .background import fit_background
from .bins import Bins
from .classified import OFF_WINDOW_S, classified_windows
from .octaves import octave_scale
from .simulation import Noise, simulate

#: S/N at which the form is fitted, and the S/N above which the index no longer counts (as in `falsealarm`).
_EDGES = np.array([3.25, 3.5, 3.75, 4.0, 4.25, 4.5, 4.75, 5.0])
_GROWING_SNR = 4.5
#: More counts than this at an edge weigh no more: the form is not exact, and its tail matters.
_MOST_WEIGHT = 400
#: Least counts at an edge that is used.
_LEAST = 4
#: A hit this near an excess, s, made it.
_NEAR_S = 0.1

Table = npt.NDArray[Any]


def excesses(seed: int, windows: int, bin_s: float, noise: Noise | None = None) -> Table:
    """Search ten minutes of made-up background, so many times, slopes of up to 5 % drawn.

    Returns
    -------
    structured array
        An excess a row: octave, snr, spike_like, and whether a made-up particle hit lies in it.
    """
    rng = np.random.default_rng(seed)
    given = noise or Noise()
    start = np.asarray(-0.5 * OFF_WINDOW_S + bin_s * np.arange(round(OFF_WINDOW_S / bin_s)), np.float64)
    rows: list[tuple[int, float, bool, bool]] = []
    for _ in range(windows):
        drawn = Noise(given.rate_cts_s, given.white, float(rng.uniform(-0.05, 0.05)), given.hits, given.step_counts)
        counts, hits = simulate(rng, start, bin_s, drawn)
        bins = Bins(start, np.full(len(start), bin_s, np.float64), counts, bin_s)
        found = classified_windows(fit_background(bins), particle_hits=True)
        low, high = bins.start_s[found.windows.first] - _NEAR_S, bins.stop_s[found.windows.stop - 1] + 0.5 * _NEAR_S
        hit = np.searchsorted(hits, high) > np.searchsorted(hits, low)
        rows += zip(
            found.windows.octave.tolist(), found.windows.snr.tolist(), found.spike_like.tolist(), hit.tolist(), strict=True
        )
    return np.array(rows, [("octave", int), ("snr", float), ("spike_like", bool), ("hit", bool)])


def white_rates(found: Table, windows: int, bin_s: float, *, spike_like: bool) -> list[tuple[float, float] | None]:
    """Height and index of white noise, octave by octave; None where too few excesses were found."""
    live = windows * OFF_WINDOW_S
    rates: list[tuple[float, float] | None] = []
    for octave, scale in enumerate(octave_scale(bin_s)):
        snr = found["snr"][(found["octave"] == octave) & (found["spike_like"] == spike_like) & ~found["hit"]]
        many = (snr[:, None] >= _EDGES).sum(axis=0)
        use = many >= _LEAST
        if use.sum() < 2:
            rates.append(None)
            continue
        growth = np.log(np.minimum(_EDGES[use], _GROWING_SNR) / 4.0)
        over_normal = np.log(many[use] / live * scale / ndtr(-_EDGES[use]))
        index, height = np.polyfit(growth, over_normal, 1, w=np.sqrt(np.minimum(many[use], _MOST_WEIGHT)))
        rates.append((float(np.exp(height)), float(index)))
    return rates

"""The counters: which bins come down, and the numbers in them. Bins are counted from IJD 0 in native widths."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from . import rates
from .draws import generator
from .spikes import add_spikes

IntArray = npt.NDArray[np.int64]
Windows = Sequence[tuple[float, float]]

#: Native bins, s. ISGRI's housekeeping counters are given here in 1 s bins, whole and per detector module.
BINS_S = {"SPI-ACS": 0.05, "IBIS/Veto": 8.0, "ISGRI": 1.0}
MODULES = 8
_PACKET_S = 8.0
_BLOCK_S = 160.0
#: Every so many 8 s bins one of IBIS/Veto is other data, about this much higher.
_VETO_PERIOD, _VETO_FACTOR = 72, 1.6


@dataclasses.dataclass(frozen=True)
class NoiseOptions:
    """What disturbs the rates; 0 switches each off."""

    #: Variance over mean of white noise at the native bin (1.14 squared, as measured in good conditions).
    dispersion: float = 1.3
    #: What the slow wander adds to variance over mean at 8 s.
    red: float = 0.12
    #: Factor on the rate of spikes (60 a day at S/N 6).
    spikes: float = 1.0
    #: Telemetry gaps a day, each of a few 8 s packets.
    gaps_per_day: float = 3.0
    #: Whether the rates rise toward the belts.
    belts: bool = True
    #: Whether IBIS/Veto has its periodic high bins.
    veto_marks: bool = True


def observed_bins(seed: int, noise: NoiseOptions, bin_s: float, centre_s: float, half_s: float, windows: Windows) -> IntArray:
    """Bins with centres in [centre - half, centre + half), whole within data intervals and outside telemetry gaps, (n,)."""
    low = int(np.ceil((centre_s - half_s) / bin_s - 0.5 - 1e-4))
    high = int(np.ceil((centre_s + half_s) / bin_s - 0.5 - 1e-4))
    index = np.arange(low, high, dtype=np.int64)
    if len(index) == 0:
        return index
    start, stop = index * bin_s, (index + 1) * bin_s
    keep = np.zeros(len(index), dtype=bool)
    for entry, leave in windows:
        keep |= (start >= entry) & (stop <= leave)
    for gap_start, gap_stop in _gaps(seed, noise.gaps_per_day, float(start[0]), float(stop[-1])):
        keep &= (stop <= gap_start) | (start >= gap_stop)
    return index[keep]


def _gaps(seed: int, per_day: float, start_s: float, stop_s: float) -> list[tuple[float, float]]:
    """Telemetry gaps that touch a stretch, s of IJD: whole 8 s packets."""
    gaps: list[tuple[float, float]] = []
    for day in range(max(int(start_s // 86400.0) - 1, 0), int(stop_s // 86400.0) + 1):
        draw = generator(seed, "gaps", day)
        for _ in range(int(draw.poisson(per_day))):
            begin = day * 86400.0 + np.floor(draw.random() * 86400.0 / _PACKET_S) * _PACKET_S
            end = begin + _PACKET_S * float(draw.geometric(0.4))
            if end > start_s and begin < stop_s:
                gaps.append((float(begin), float(end)))
    return gaps


def mean_rate(instrument: str, centre_s: FloatArray, windows: Windows, belts: bool) -> FloatArray:
    """Expected rate without bursts and noise, cts/s, (n,)."""
    rate = rates.quiet_rate(instrument, centre_s)
    for entry, leave in windows:
        inside = (centre_s >= entry) & (centre_s < leave)
        factor = rates.orbit_factor((centre_s[inside] - entry) / (leave - entry))
        if belts:
            factor = factor * rates.belt_factor(centre_s[inside] - entry, leave - centre_s[inside])
        rate[inside] = rate[inside] * factor
    return rate


def draw_counts(
    seed: int, noise: NoiseOptions, instrument: str, index: IntArray, windows: Windows, burst_counts: FloatArray
) -> FloatArray:
    """Counts of bins with everything in them, (n,). Noise comes in blocks of fixed time: any request gives the same bins.

    Parameters
    ----------
    index : (n,) int64
        Native bins, ascending.
    windows
        Data intervals, s of IJD.
    burst_counts : (n,) float64
        Expected counts of bursts.
    """
    bin_s = BINS_S[instrument]
    centre: FloatArray = np.asarray((index + 0.5) * bin_s, dtype=np.float64)
    rate = mean_rate(instrument, centre, windows, noise.belts)
    rate = rate + rates.red_noise(seed, instrument, centre, rate, noise.red)
    mean = np.maximum(rate, 0.0) * bin_s + burst_counts
    if instrument == "SPI-ACS" and noise.spikes > 0:
        first = int(index[0])
        hits = add_spikes(seed, first, int(index[-1]) + 1 - first, lambda at_s: spike_sigma(noise, at_s), noise.spikes)
        mean = mean + hits[index - first]
    counts = mean + np.sqrt(noise.dispersion * mean) * _white(seed, instrument, index, bin_s)
    if instrument == "SPI-ACS":
        return rates.quantise(counts)
    if instrument == "IBIS/Veto" and noise.veto_marks:
        counts = np.where(index % _VETO_PERIOD == 0, counts * _VETO_FACTOR, counts)
    return np.asarray(np.round(np.maximum(counts, 0.0)), dtype=np.float64)


def spike_sigma(noise: NoiseOptions, at_s: float) -> float:
    """Standard deviation of SPI-ACS's native bins at an instant, counts: what the S/N of a spike is counted in."""
    return float(np.sqrt(noise.dispersion * rates.quiet_rate("SPI-ACS", np.array([at_s]))[0] * BINS_S["SPI-ACS"]))


def _white(seed: int, instrument: str, index: IntArray, bin_s: float) -> FloatArray:
    """Unit normal numbers, one a bin."""
    per_block = max(int(_BLOCK_S / bin_s), 20)
    first, last = int(index[0]) // per_block, int(index[-1]) // per_block
    drawn = [generator(seed, f"white {instrument}", block).standard_normal(per_block) for block in range(first, last + 1)]
    return np.asarray(np.concatenate(drawn)[index - first * per_block], dtype=np.float64)


def module_share(counts: FloatArray, module: int, index: IntArray) -> FloatArray:
    """One of eight modules' part of each bin: the parts of all modules sum to the whole exactly."""
    whole, rest = np.divmod(counts, MODULES)
    turn = (module - index) % MODULES
    return np.asarray(whole + (turn < rest), dtype=np.float64)

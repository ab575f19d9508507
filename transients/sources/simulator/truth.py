"""What was put into simulated counts: bursts and spikes, and how far they stand out."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray, Injection, Instant

from ..clock import from_ijd, ijd_of, instants_of_ijd_s, shift
from .bursts import SimulatedBurst
from .counters import BINS_S, mean_rate, spike_sigma
from .observatory import SimulatedObservatory
from .spikes import binned_template, spikes_between

#: Lengths of windows tried for the best S/N, a decade.
_STEPS = 24


def injected_bursts(observatory: SimulatedObservatory, instrument: str) -> list[Injection]:
    """The bursts of a simulated observatory as its instrument met them, in the order given."""
    return [_burst(observatory, instrument, burst) for burst in observatory.bursts]


def injected_spikes(observatory: SimulatedObservatory, instrument: str, start: Instant, stop: Instant) -> list[Injection]:
    """Particle hits in [start, stop), in time order; those that no bin saw have no counts."""
    if instrument != "SPI-ACS" or observatory.noise.spikes <= 0:
        return []
    first, last = ijd_of(start) * 86400.0, ijd_of(stop) * 86400.0
    hits = sorted(spikes_between(observatory.seed, first, last, observatory.noise.spikes))
    index = observatory.observed_bins(instrument, start, stop)
    bin_s = BINS_S[instrument]
    wanted = np.array([int(time // bin_s) for time, _ in hits], dtype=np.int64)
    place = np.minimum(np.searchsorted(index, wanted), max(len(index) - 1, 0))
    seen = index[place] == wanted if len(index) else np.zeros(len(hits), bool)
    starts = instants_of_ijd_s(np.array([time for time, _ in hits]))
    return [
        Injection(
            kind="spike",
            start=begin,
            duration_s=bin_s,
            counts=_spike_counts(observatory, time, strength) if is_seen else 0.0,
            snr=strength if is_seen else 0.0,
            observed=1.0 if is_seen else 0.0,
        )
        for begin, (time, strength), is_seen in zip(starts, hits, seen, strict=True)
    ]


def _spike_counts(observatory: SimulatedObservatory, time_s: float, strength: float) -> float:
    shape = binned_template(time_s / BINS_S["SPI-ACS"] % 1.0)
    return strength * spike_sigma(observatory.noise, time_s) * float(shape.sum())


def _burst(observatory: SimulatedObservatory, instrument: str, burst: SimulatedBurst) -> Injection:
    onset_s, total = observatory.onset_and_counts(burst, instrument)
    start = from_ijd(onset_s // 86400.0, onset_s % 86400.0)
    bin_s = BINS_S[instrument]
    stop = shift(start, burst.longest_s)
    index = observatory.observed_bins(instrument, shift(start, -bin_s), stop)
    begin: FloatArray = np.asarray(index * bin_s, dtype=np.float64) - onset_s
    counts = total * (burst.fraction_before(begin + bin_s) - burst.fraction_before(begin))
    centre: FloatArray = np.asarray((index + 0.5) * bin_s, dtype=np.float64)
    rate = mean_rate(instrument, centre, observatory.data_windows_s(start, stop), observatory.noise.belts)
    return Injection(
        kind="burst",
        start=start,
        duration_s=burst.t90_s,
        counts=float(counts.sum()),
        snr=_best_snr(counts, observatory.noise.dispersion * rate * bin_s),
        observed=float(counts.sum()) / total,
        ra_deg=burst.ra_deg,
        dec_deg=burst.dec_deg,
        fluence_erg_cm2=burst.fluence_erg_cm2,
        spectrum=burst.spectrum,
        shape=burst.shape,
    )


def _best_snr(counts: FloatArray, variance: FloatArray) -> float:
    """Largest expected S/N of any window: counts over the root of the background's variance; white noise alone."""
    if len(counts) == 0:
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(counts)])
    spread = np.concatenate([[0.0], np.cumsum(variance)])
    sizes = np.unique(np.geomspace(1, len(counts), int(_STEPS * np.log10(len(counts)) + 2)).astype(int))
    return float(max(np.max((total[n:] - total[:-n]) / np.sqrt(spread[n:] - spread[:-n])) for n in sizes))

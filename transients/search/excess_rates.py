"""How often the background gives an excess, measured on all that a scan found; and from that, what each excess is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from schemas import FloatArray
from schemas.scan import CandidateClass

from .falsealarm import LEAKING_SPIKES, white_rate_hz
from .published_fap import SPIKE_INDEX, spike_rate_hz
from .scan import ScanExcess
from .windows import LONGEST_S, octave_scale

#: Excesses up to this much above the threshold are counted as the background's: true bursts are few among them.
_COUNTED_SNR = 1.5
#: Weight of the simulated rate of white noise against what was counted, in excesses.
_PRIOR_EXCESSES = 5.0
#: Bursts seen by an all-sky monitor: 0.3 a day at S/N 6, their number falling as S/N^-1.
_BURST_RATE_HZ, _BURST_INDEX = 0.3 / 86400.0, -1.0
#: Hits are as frequent as counted above the threshold where more than this many were; elsewhere as published.
_LEAST_SPIKES = 20


@dataclasses.dataclass(frozen=True, eq=False)
class ExcessRates:
    """Rates of the background's excesses in the time that a scan searched.

    Attributes
    ----------
    scale_s : (m,) float64
        Typical length of each octave of length, s.
    factor : (m,) float64
        Excesses counted over those of white noise.
    counted : (m,) int64
        Excesses that were counted.
    searched_s : float
        Time searched, s.
    threshold_snr : float
    spike_factor : float
        Particle hits counted over the published rate; 0 where none are looked for.
    """

    scale_s: FloatArray
    factor: FloatArray
    counted: np.ndarray[tuple[int], np.dtype[np.int64]]
    searched_s: float
    threshold_snr: float
    spike_factor: float

    def far_hz(self, excess: ScanExcess) -> float:
        """Rate of background excesses at least as rare in their own octave, all octaves together, Hz.

        Noise, and the share of the particle hits that the test of shape takes for bursts (all of them for one of that shape).
        """
        scale = float(self.scale_s[excess.octave])
        rate = float(self.factor[excess.octave]) * white_rate_hz(excess.snr, excess.octave, scale)
        share = 1.0 if excess.spike is None or excess.spike.likely else LEAKING_SPIKES
        return len(self.scale_s) * rate + share * self.spike_rate_hz(excess.snr, excess.octave)

    def spike_rate_hz(self, snr: float, octave: int) -> float:
        """Rate of particle hits at or above `snr` in windows of an octave, Hz."""
        return self.spike_factor * spike_rate_hz(snr, float(self.scale_s[octave]))

    def spike_probability(self, excess: ScanExcess) -> float | None:
        """Chance that an excess is a particle hit: its shape's likelihood, and how frequent hits and bursts of its S/N are."""
        if excess.spike is None:
            return None
        relative = excess.snr / 6.0
        bursts = _BURST_RATE_HZ * relative ** (_BURST_INDEX - 1.0)
        hits = self.spike_rate_hz(6.0, 0) * relative ** (SPIKE_INDEX - 1.0)
        if hits <= 0.0:
            return 0.0
        odds = excess.spike.log_ratio + math.log(hits / bursts)
        return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0

    def classify(self, excess: ScanExcess, burst_far_hz: float) -> CandidateClass:
        """ "spike": of a hit's shape; "burst": not, and the background gives one so rare less often than this rate; else "faint"."""
        if excess.spike is not None and excess.spike.likely:
            return "spike"
        return "burst" if self.far_hz(excess) <= burst_far_hz else "faint"


def measure_rates(
    excesses: Sequence[ScanExcess],
    searched_s: float,
    bin_s: float,
    threshold_snr: float,
    *,
    spikes: bool,
    longest_s: float = LONGEST_S,
) -> ExcessRates:
    """Count what a scan found near its threshold, octave by octave.

    Parameters
    ----------
    searched_s : float
        Time searched, s; more than 0.
    spikes : bool
        Whether the instrument sees particle hits.
    """
    scale = octave_scale(bin_s, longest_s)
    top = threshold_snr + _COUNTED_SNR
    counted, factor = np.zeros(len(scale), np.int64), np.zeros(len(scale))
    for octave, length in enumerate(scale.tolist()):
        counted[octave] = sum(
            each.octave == octave and each.snr < top and not (each.spike is not None and each.spike.likely) for each in excesses
        )
        white = searched_s * (white_rate_hz(threshold_snr, octave, length) - white_rate_hz(top, octave, length))
        factor[octave] = (counted[octave] + _PRIOR_EXCESSES) / (white + _PRIOR_EXCESSES)
    return ExcessRates(scale, factor, counted, searched_s, threshold_snr, _spike_factor(excesses, searched_s) if spikes else 0.0)


def _spike_factor(excesses: Sequence[ScanExcess], searched_s: float) -> float:
    """Particle hits of S/N 6 and more counted, over the published 60 a day."""
    hits = sum(each.snr >= 6.0 and each.spike is not None and each.spike.likely for each in excesses)
    return hits / (searched_s * spike_rate_hz(6.0, 0.0)) if hits >= _LEAST_SPIKES else 1.0

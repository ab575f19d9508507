"""How often the background alone gives such an excess, and the chance that one comes as close to T0."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy.special import ndtr

from schemas import FloatArray

from .published_fap import spike_rate_hz

#: Rate of windows of white noise above s in an octave of length d: (height (s / 4)^index) Q(s) / d, the octaves counted from one
#: bin. Measured on 1.2e6 s of simulated Poisson noise in windows of 600 s, for s of 3 to 5, with the search as it stands;
#: good to 30 % for s below 5 and lengths below 20 s. Above, a window's many starts and lengths are worth no more than assumed.
_HEIGHT = (1.05, 2.9, 6.1, 9.3, 12.0)
_INDEX = (0.0, 1.0, 2.5, 3.3, 3.0)
#: Weight of the simulation against the excesses counted in this light curve, in excesses.
_PRIOR_EXCESSES = 5.0
#: Share of particle hits that the shape test takes for bursts: 4 % at S/N 4 to 5, below 1 % above, of 550 simulated; taken high.
LEAKING_SPIKES = 0.05
#: S/N above which excesses are counted.
COUNTED_SNR = 3.25


@dataclasses.dataclass(frozen=True, eq=False)
class FalseAlarms:
    """Rates of background excesses.

    Attributes
    ----------
    scale_s : (m,) float64
        Typical length of each octave, s.
    factor : float
        Excesses counted off source over the number expected of white noise and spikes.
    counted : int
        Excesses counted.
    off_time_s : float
        Time they were counted in.
    spikes : bool
        Whether particle hits are added at the published rate.
    """

    scale_s: FloatArray
    factor: float
    counted: int
    off_time_s: float
    spikes: bool

    def octave_rate_hz(self, snr: float, octave: int, spike_share: float = 1.0) -> float:
        """Rate of background excesses of one octave of length at or above `snr`, with a share of the particle hits, Hz."""
        rate = self.factor * white_rate_hz(snr, octave, float(self.scale_s[octave]))
        return rate + (spike_share * spike_rate_hz(snr, float(self.scale_s[octave])) if self.spikes else 0.0)

    def rate_hz(self, snr: float, octave: int, spike_share: float = 1.0) -> float:
        """Rate of background excesses at least as rare in their own octave, all octaves together, Hz.

        Every octave has an equal share: a long window does not pay for the many trials of short ones. `spike_share` is 1, or
        `LEAKING_SPIKES` for an excess that passed the shape test.
        """
        return len(self.scale_s) * self.octave_rate_hz(snr, octave, spike_share)

    def floor_rate_hz(self, threshold_snr: float, spike_share: float = 1.0) -> float:
        """Rate of all background excesses above the search's threshold, Hz."""
        return sum(self.octave_rate_hz(threshold_snr, octave, spike_share) for octave in range(len(self.scale_s)))

    @property
    def trials_from(self) -> str:
        """What the rates rest on."""
        text = (
            f"{self.counted} excesses above S/N {COUNTED_SNR:g} in {self.off_time_s:.0f} s of this light curve outside the "
            f"source ({self.factor:.2f} times the rate of white noise), extended with a Gaussian tail"
        )
        share = f" and the published spike rate, {LEAKING_SPIKES:.0%} of it for excesses that are not of a spike's shape"
        return text + (share if self.spikes else "")


def white_rate_hz(snr: float, octave: int, scale_s: float) -> float:
    """Rate of windows of white noise at or above `snr` in an octave of length about `scale_s`, Hz."""
    kind = min(octave, len(_HEIGHT) - 1)
    return float(_HEIGHT[kind] * (snr / 4.0) ** _INDEX[kind] * ndtr(-snr) / scale_s)


def measure_false_alarms(scale_s: FloatArray, off_source_snr: FloatArray, off_time_s: float, *, spikes: bool) -> FalseAlarms:
    """Set the rates by the excesses counted outside the source.

    Parameters
    ----------
    scale_s : (m,) float64
        Typical length of each octave, s.
    off_source_snr : (k,) float64
        S/N of the windows found outside the source, at least those above 3.25.
    off_time_s : float
        Observed time outside the source, s.
    spikes : bool
        Whether the instrument sees particle hits at SPI-ACS's published rate.
    """
    counted = int((off_source_snr >= COUNTED_SNR).sum())
    # A window must fit the time many times over to be expected in it.
    fits = [octave for octave, scale in enumerate(scale_s) if scale < 0.1 * off_time_s]
    white = off_time_s * sum(white_rate_hz(COUNTED_SNR, octave, float(scale_s[octave])) for octave in fits)
    hits = off_time_s * spike_rate_hz(COUNTED_SNR, float(scale_s[0])) if spikes else 0.0
    factor = (max(0.0, counted - hits) + _PRIOR_EXCESSES) / (white + _PRIOR_EXCESSES)
    return FalseAlarms(np.asarray(scale_s, float), factor, counted, off_time_s, spikes)


def association_fap(rate_hz: float, offset_s: float, duration_s: float, window_s: float, floor_rate_hz: float) -> float:
    """Chance that the background gives an excess as rare and as close to T0, or better as a whole; never above 1.

    Excesses are ranked by u = 2 f max(|t|, d): the rate f times the time within |t| of T0. Within a window of length W about T0
    the background gives u (1 + ln(W F / u)) excesses of rank u or better, F being the rate of all that are looked at: the
    logarithm is the price of trading distance against rarity.

    Parameters
    ----------
    rate_hz : float
        Rate f of background excesses as rare.
    offset_s : float
        Of the excess's centre from T0.
    duration_s : float
        Of the excess.
    window_s : float
        Length of the association window.
    floor_rate_hz : float
        Rate F of all background excesses above the search's threshold.
    """
    rank = 2.0 * rate_hz * max(abs(offset_s), duration_s)
    most = floor_rate_hz * max(window_s, 2.0 * abs(offset_s))
    expected = most if rank >= most else rank * (1.0 + math.log(most / rank)) if rank > 0.0 else 0.0
    return -math.expm1(-expected)

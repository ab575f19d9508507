"""The association false-alarm probability as published."""

from __future__ import annotations

import math

from scipy.special import ndtr

#: Rate of spikes of S/N 6 and more: 60 a day, and how it falls with S/N (SPI-ACS, measured by its team).
SPIKE_RATE_HZ = 60.0 / 86400.0
SPIKE_SNR = 6.0
SPIKE_INDEX = -2.7
#: Spikes last this long at most; above it their rate falls as 1/scale.
SPIKE_SCALE_S = 0.1
#: The trials factor for the searched scales, 0.1 to 30 s.
_SCALE_TRIALS = 1.0 + math.log(30.0 / 0.1)


def spike_rate_hz(snr: float, scale_s: float) -> float:
    """Rate of particle hits at or above `snr` at a time scale, as published for SPI-ACS.

    Parameters
    ----------
    snr : float
        Below 2 the rate stays that of 2: the power law was never measured there.
    scale_s : float

    Returns
    -------
    float
        Hz.
    """
    rate: float = SPIKE_RATE_HZ * (max(snr, 2.0) / SPIKE_SNR) ** SPIKE_INDEX
    return rate / (scale_s / SPIKE_SCALE_S) if scale_s >= SPIKE_SCALE_S else rate


def published_fap(snr: float, scale_s: float, t_s: float) -> float:
    """Association false-alarm probability of an excess, by the published formula (it can exceed 1).

    2 (FAR_normal + FAR_spike) max(abs(t), scale) (1 + ln(30 / 0.1)), with FAR_normal = Q(S/N) / scale, Q the normal tail, and
    FAR_spike the rate of particle hits. The factor 2 counts both sides of T0.

    Parameters
    ----------
    snr : float
    scale_s : float
        Time scale of the excess, s.
    t_s : float
        Centre of the excess from T0, s.

    Examples
    --------
    >>> round(published_fap(3.371209972036112, 2.4, -0.22075170199968852), 12)
    0.009432471325
    """
    rate = float(ndtr(-snr)) / scale_s + spike_rate_hz(snr, scale_s)
    return 2.0 * rate * max(abs(t_s), scale_s) * _SCALE_TRIALS

"""The chance that the background gives an excess as rare and as close to T0, or better as a whole."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from schemas import FloatArray

#: Places of the binomial law: 10 to 30 describe the simulation as well.
_PLACES = 15.0


@dataclasses.dataclass(frozen=True, eq=False)
class Association:
    """Background excesses of all octaves of length about T0, ranked by rarity and offset.

    An excess of an octave of which the background gives f (octaves' number times the octave's own rate at or above its S/N), of
    duration d, its centre at t from T0, has rank u = 2 f max(|t|, d).

    Attributes
    ----------
    floor_hz : (k,) float64
        Rate of the background's excesses of each octave above the counted threshold.
    scale_s : (k,) float64
        Typical length of each octave.
    window_s : (float, float)
        The association window, s from T0.
    """

    floor_hz: FloatArray
    scale_s: FloatArray
    window_s: tuple[float, float]

    def rank(self, octave_rate_hz: float, offset_s: float, duration_s: float) -> float:
        """Rank of an excess of whose octave the background gives `octave_rate_hz`: the less, the rarer and closer."""
        return 2.0 * len(self.scale_s) * octave_rate_hz * max(abs(offset_s), duration_s)

    def expected(self, rank: float, offset_s: float | None = None) -> float:
        """Number of background excesses of this rank or better that touch the window, widened to an offset that lies outside.

        The integral over time and octaves of the rate of such excesses: c / max(|t|, d) with c = rank / 2k, but never above the
        octave's own rate of counted excesses. Centres lie up to half a duration outside the window.
        """
        c = rank / (2.0 * len(self.scale_s))
        if c <= 0.0:
            return 0.0
        low, high = self.window_s
        if offset_s is not None:
            low, high = min(low, offset_s), max(high, offset_s)
        flat = np.maximum(self.scale_s, c / np.maximum(self.floor_hz, 1e-300))
        return float((_to(c, flat, high + 0.5 * self.scale_s) - _to(c, flat, low - 0.5 * self.scale_s)).sum())

    def probability(self, rank: float, offset_s: float | None = None) -> float:
        """Chance of at least one background excess of this rank or better.

        Excesses do not overlap, which keeps them at a distance: their number scatters less than Poisson's law says. A binomial of
        fifteen places has the chance of none that 8000 simulated windows show; for few expected excesses it is Poisson's.
        """
        share = self.expected(rank, offset_s) / _PLACES
        return 1.0 if share >= 1.0 else -math.expm1(_PLACES * math.log1p(-share))


def _to(c: float, flat_s: FloatArray, to_s: FloatArray) -> FloatArray:
    """Integral of c / max(|t|, flat) from 0 to `to_s` (negative before T0), for each octave."""
    t = np.abs(to_s)
    return np.asarray(np.sign(to_s) * c * (np.minimum(t, flat_s) / flat_s + np.log(np.maximum(t, flat_s) / flat_s)))


def association_fap(rate_hz: float, offset_s: float, duration_s: float, window_s: float, floor_rate_hz: float) -> float:
    """`Association` in closed form for excesses of one kind whose duration is short beside the window.

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

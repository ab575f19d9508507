"""How often the background alone gives such an excess: counted where there is time enough, continued by simulation."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from schemas import FloatArray, OffTimeRates

from .null_rates import NullRates, null_rates
from .octaves import octave_scale
from .published_fap import SPIKE_SCALE_S, spike_rate_hz

#: S/N above which excesses are counted.
COUNTED_SNR = 3.25
#: Weight of the simulation against what was counted, in excesses: white noise of a measured variance is known well, and what is
#: counted beside one event is a few tens. Particle hits vary more.
_PRIOR_WHITE, _PRIOR_HITS = 100.0, 3.0
#: Excesses that are particle hits rather than noise: this S/N and more.
_HIT_SNR = 6.0
#: Counts of one octave stand for themselves when there are so many.
_ENOUGH = 30
#: The simulation reaches to this S/N; beyond what is counted or simulated a rate is uncertain by this fraction more per unit of S/N.
_SIMULATED_SNR, _TAIL_ERROR = 5.0, 0.3
#: Up to here the many starts and lengths of a window are worth more and more; above, simulated rates fall as the normal tail does.
_GROWING_SNR = 4.5


@dataclasses.dataclass(frozen=True, eq=False)
class FalseAlarms:
    """Rates of background excesses, of a burst's shape and of a particle hit's.

    Attributes
    ----------
    counted : OffTimeRates
        Excesses of the background alone.
    classified : bool
        Whether the shape test tells particle hits from bursts; otherwise every excess is of a burst's shape.
    """

    counted: OffTimeRates
    classified: bool

    @functools.cached_property
    def scale_s(self) -> FloatArray:
        """Typical length of each octave, (m,), s."""
        return octave_scale(self.counted.bin_s)

    @functools.cached_property
    def white_factor(self) -> tuple[float, float]:
        """Excesses counted over those expected of white noise, pooled over octaves, and its relative error."""
        expected, hits = 0.0, 0.0
        edge = self._edge
        # A window must fit the time many times over to be expected in it.
        for octave in np.flatnonzero(self.scale_s < 0.1 * self.counted.live_s):
            for spike_like in (False, True):
                expected += self.counted.live_s * self._white_hz(edge, int(octave), spike_like)
                hits += self.counted.live_s * self._hits_hz(edge, int(octave), spike_like)
        seen = max(0.0, self.number_counted - hits)
        return (seen + _PRIOR_WHITE) / (expected + _PRIOR_WHITE), float(1.0 / np.sqrt(seen + _PRIOR_WHITE))

    @functools.cached_property
    def hit_factor(self) -> float:
        """Particle hits counted over the published rate."""
        if not self.classified:
            return 0.0
        octaves = range(len(self.scale_s))
        expected = self.counted.live_s * sum(self._hits_hz(_HIT_SNR, octave, True) for octave in octaves)
        high = int(np.searchsorted(self.counted.snr_edges, _HIT_SNR))
        return float((self._cumulative[1, :, high].sum() + _PRIOR_HITS) / (expected + _PRIOR_HITS))

    @property
    def number_counted(self) -> int:
        """Excesses counted above the threshold."""
        return int(self._cumulative[:, :, int(np.searchsorted(self.counted.snr_edges, self._edge))].sum())

    def octave_rate_hz(self, snr: float, octave: int, spike_like: bool = False) -> float:
        """Rate of background excesses of one octave of length and one kind of shape at or above `snr`, Hz.

        Where thirty or more were counted above an S/N, their rate, interpolated in log; beyond, the simulated shape joined on.
        """
        place = self._last_counted(snr, octave, spike_like)
        if place is None:
            return self._model_hz(snr, octave, spike_like)
        edges, many = self.counted.snr_edges, self._cumulative[int(spike_like), octave]
        rate = float(many[place]) / self.counted.live_s
        model = self._model_hz(snr, octave, spike_like) / self._model_hz(edges[place], octave, spike_like)
        if place + 1 < len(edges) and many[place + 1] >= _ENOUGH:
            fraction = (snr - edges[place]) / (edges[place + 1] - edges[place])
            return float(rate * (many[place + 1] / many[place]) ** fraction)
        return rate * model

    def relative_error(self, snr: float, octave: int, spike_like: bool = False) -> float:
        """Of that rate: the statistics of what was counted, and how far the shape is continued."""
        place = self._last_counted(snr, octave, spike_like)
        if place is None:
            return float(np.hypot(self.white_factor[1], _TAIL_ERROR * max(0.0, snr - _SIMULATED_SNR)))
        many = self._cumulative[int(spike_like), octave]
        beyond = place + 1 >= len(many) or many[place + 1] < _ENOUGH
        reach = max(0.0, snr - self.counted.snr_edges[place]) if beyond else 0.0
        return float(np.hypot(1.0 / np.sqrt(many[place]), _TAIL_ERROR * reach))

    def rate_hz(self, snr: float, octave: int, spike_like: bool = False) -> float:
        """Rate of background excesses at least as rare in their own octave, all octaves together, Hz.

        Every octave has an equal share: a long window does not pay for the many trials of short ones.
        """
        return len(self.scale_s) * self.octave_rate_hz(snr, octave, spike_like)

    def floor_hz(self, spike_like: bool = False) -> FloatArray:
        """Rate of all counted excesses of each octave, (m,)."""
        return np.array([self.octave_rate_hz(COUNTED_SNR, octave, spike_like) for octave in range(len(self.scale_s))])

    @property
    def trials_from(self) -> str:
        """What the rates rest on."""
        text = (
            f"{self.number_counted} excesses above S/N {self._edge:g} in {self.counted.live_s:.0f} s of {self.counted.source} "
            f"({self.white_factor[0]:.2f} times the rate of white noise), extended with simulated noise"
        )
        hits = f" and particle hits at {self.hit_factor:.2f} times the published rate, told from bursts by their shape"
        return text + (hits if self.classified else "")

    @property
    def _edge(self) -> float:
        return max(COUNTED_SNR, self.counted.least_snr)

    @functools.cached_property
    def _cumulative(self) -> npt.NDArray[np.int64]:
        """Numbers at or above each edge: burst-like and spike-like, by octave, (2, m, edges)."""
        table = np.array([self.counted.burst_like, self.counted.spike_like], np.int64)
        return np.asarray(table[:, :, ::-1].cumsum(axis=2)[:, :, ::-1])

    @functools.cached_property
    def _nulls(self) -> NullRates:
        return null_rates(self.counted.bin_s, self.classified)

    def _last_counted(self, snr: float, octave: int, spike_like: bool) -> int | None:
        """The last edge at or below `snr` that enough were counted above."""
        edges = np.array(self.counted.snr_edges)
        good = (edges <= snr + 1e-9) & (edges >= self.counted.least_snr) & (self._cumulative[int(spike_like), octave] >= _ENOUGH)
        places = np.flatnonzero(good)
        return int(places[-1]) if places.size else None

    def _model_hz(self, snr: float, octave: int, spike_like: bool) -> float:
        white = self.white_factor[0] * self._white_hz(snr, octave, spike_like)
        return white + self.hit_factor * self._hits_hz(snr, octave, spike_like)

    def _white_hz(self, snr: float, octave: int, spike_like: bool) -> float:
        height, index = self._nulls.white(octave, spike_like)
        within = min(snr, _GROWING_SNR)
        return float(height * (within / 4.0) ** index * ndtr(-snr) / self.scale_s[octave])

    def _hits_hz(self, snr: float, octave: int, spike_like: bool) -> float:
        if not self.classified:
            return 0.0
        height, index = self._nulls.hits(octave, spike_like)
        return float(height * (max(snr, COUNTED_SNR) / _HIT_SNR) ** index * spike_rate_hz(snr, 0.5 * SPIKE_SCALE_S))

"""The all-window search: windows of every length and place, over a background from sidebands."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import AllWindowSearch, Excess, OffTimeRates

from .association import Association
from .background import Background
from .bins import Bins
from .classified import Classified, shapes_tell
from .falsealarm import FalseAlarms
from .noise import Overdispersion
from .words import fap_class

#: Windows below this S/N are not reported.
THRESHOLD_SNR = 4.0
#: The most excesses reported; a bright burst breaks into many.
MOST_EXCESSES = 50


@dataclasses.dataclass(frozen=True, eq=False)
class AllWindows:
    """What the all-window search found.

    Attributes
    ----------
    background : Background
    overdispersion : Overdispersion
        Variance over mean of the background's counts, by scale.
    alarms : FalseAlarms
        How often the background alone gives an excess.
    excesses : tuple of Excess
        The most significant first, within the searched window.
    p_value : float
        Chance that the background alone gives an excess of a burst's shape in the association window that ranks as high as the
        best there; 1 without any above S/N 3.25.
    expected : float
        Excesses of a burst's shape above S/N 3.25 that the background gives in the association window.
    """

    background: Background
    overdispersion: Overdispersion
    alarms: FalseAlarms
    excesses: tuple[Excess, ...]
    p_value: float
    expected: float

    @property
    def record(self) -> AllWindowSearch:
        """As it is stored."""
        rate, error = self.background.mean_rate
        return AllWindowSearch(
            background_rate_cts_s=rate,
            background_error_cts_s=error,
            background_model=self.background.description,
            sidebands_s=self.background.sidebands_s,
            overdispersion=self.background.overdispersion,
            excesses=self.excesses,
            trials_from=self.alarms.trials_from,
            trials=self.alarms.number_counted,
            threshold_snr=THRESHOLD_SNR,
            p_value=self.p_value,
            expected_excesses=self.expected,
            far_relative_error=self.alarms.white_factor[1],
            off_time_s=self.alarms.counted.live_s,
            overdispersion_white=self.overdispersion.white,
            overdispersion_red_per_s=self.overdispersion.red_per_s,
            background_evidence=self.background.evidence,
        )


def search_all_windows(
    found: Classified,
    counted: OffTimeRates,
    half_width_s: float,
    association_window_s: tuple[float, float],
    *,
    particle_hits: bool,
) -> AllWindows:
    """Rate the excesses over a background.

    Parameters
    ----------
    found : Classified
        Windows above the background; its bins may reach further than what is searched.
    counted : OffTimeRates
        Excesses of the background alone.
    half_width_s : float
        Excesses that have time within T0 +- this are given.
    association_window_s : (float, float)
        Counterparts are expected in T0 + [low, high].
    particle_hits : bool
        Whether the instrument sees particle hits at SPI-ACS's published rate and of their shape.
    """
    alarms = FalseAlarms(counted, shapes_tell(found.background.bins.bin_s, particle_hits))
    rating = _Rating(found, alarms, association_window_s)
    bins = found.background.bins
    reported = np.flatnonzero((found.windows.snr >= THRESHOLD_SNR) & _touches(found, bins, (-half_width_s, half_width_s)))
    excesses = tuple(rating.excess(int(k)) for k in reported[:MOST_EXCESSES])
    within = np.flatnonzero(_touches(found, bins, association_window_s) & ~found.spike_like)
    p_value = min((rating.probability(int(k)) for k in within), default=1.0)
    expected = float(rating.kinds[0].floor_hz.sum()) * (association_window_s[1] - association_window_s[0])
    return AllWindows(found.background, found.overdispersion, alarms, excesses, p_value, expected)


class _Rating:
    """Rates and probabilities of windows found."""

    def __init__(self, found: Classified, alarms: FalseAlarms, association_window_s: tuple[float, float]) -> None:
        self.found = found
        self.alarms = alarms
        #: Of a burst's shape, of a particle hit's.
        self.kinds = tuple(
            Association(alarms.floor_hz(spike_like), alarms.scale_s, association_window_s) for spike_like in (False, True)
        )
        self.spike_like = found.spike_like
        self.duration_s = found.duration_s

    def octave_rate_hz(self, k: int) -> float:
        """Rate of background excesses of its octave and kind at or above window k."""
        windows = self.found.windows
        return self.alarms.octave_rate_hz(float(windows.snr[k]), int(windows.octave[k]), bool(self.spike_like[k]))

    def probability(self, k: int) -> float:
        """Chance that the background alone gives, in the association window, an excess of its kind that ranks as high."""
        kind = self.kinds[int(self.spike_like[k])]
        duration = float(self.duration_s[k])
        centre = float(self.found.background.bins.start_s[self.found.windows.first[k]]) + 0.5 * duration
        return kind.probability(kind.rank(self.octave_rate_hz(k), centre, duration), centre)

    def excess(self, k: int) -> Excess:
        """Window k as it is reported."""
        windows, bins = self.found.windows, self.found.background.bins
        first, stop = int(windows.first[k]), int(windows.stop[k])
        net = float(windows.counts[k] - windows.expected[k])
        rate = len(self.alarms.scale_s) * self.octave_rate_hz(k)
        error = self.alarms.relative_error(float(windows.snr[k]), int(windows.octave[k]), bool(self.spike_like[k]))
        fap = self.probability(k)
        return Excess(
            t_start_s=float(bins.start_s[first]),
            duration_s=float(self.duration_s[k]),
            counts=net,
            snr=float(windows.snr[k]),
            rate_cts_s=net / float(bins.width_s[first:stop].sum()),
            far_hz=rate,
            far_error_hz=rate * error,
            fap=fap,
            classification=fap_class(fap),
            spike=self.found.spikes[k],
        )


def _touches(found: Classified, bins: Bins, window_s: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """Which windows have time within T0 + [low, high]."""
    starts, stops = bins.start_s[found.windows.first], bins.stop_s[found.windows.stop - 1]
    return np.asarray((starts < window_s[1]) & (stops > window_s[0]))

"""The all-window search: windows of every length and place, over a background from sidebands."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import AllWindowSearch, Excess

from .background import Background
from .bins import Bins
from .falsealarm import COUNTED_SNR, LEAKING_SPIKES, FalseAlarms, association_fap, measure_false_alarms
from .noise import Overdispersion, measure_overdispersion
from .spikes import classify_spike
from .windows import Windows, find_windows, octave_scale
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
    """

    background: Background
    overdispersion: Overdispersion
    alarms: FalseAlarms
    excesses: tuple[Excess, ...]

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
            trials=self.alarms.counted,
            threshold_snr=THRESHOLD_SNR,
        )


def search_all_windows(
    background: Background, half_width_s: float, association_window_s: tuple[float, float], *, spikes: bool
) -> AllWindows:
    """Find the excesses over a background.

    Parameters
    ----------
    background : Background
        With its bins, which may reach further than what is searched.
    half_width_s : float
        Excesses that have time within T0 +- this are given.
    association_window_s : (float, float)
        Counterparts are expected in T0 + [low, high].
    spikes : bool
        Whether the instrument sees particle hits at SPI-ACS's published rate and of their shape.
    """
    overdispersion = measure_overdispersion(background)
    windows = find_windows(background, overdispersion, min(THRESHOLD_SNR, COUNTED_SNR))
    alarms = _false_alarms(background, windows, spikes=spikes)
    reported = windows[(windows.snr >= THRESHOLD_SNR) & _touches(windows, background.bins, half_width_s)]
    length_s = association_window_s[1] - association_window_s[0]
    native = float(overdispersion.at(background.bins.bin_s))
    excesses = tuple(_excess(reported, k, background, alarms, length_s, native) for k in range(min(len(reported), MOST_EXCESSES)))
    return AllWindows(background, overdispersion, alarms, excesses)


def _false_alarms(background: Background, windows: Windows, *, spikes: bool) -> FalseAlarms:
    source = np.concatenate([[0], np.cumsum(background.source)])
    outside = source[windows.stop] == source[windows.first]
    off_time = float(background.bins.width_s[~background.source].sum())
    scales = octave_scale(background.bins.bin_s)
    return measure_false_alarms(scales, windows.snr[outside], off_time, spikes=spikes)


def _touches(windows: Windows, bins: Bins, half_width_s: float) -> npt.NDArray[np.bool_]:
    """Which windows have time within T0 +- `half_width_s`."""
    return np.asarray((bins.start_s[windows.first] < half_width_s) & (bins.stop_s[windows.stop - 1] > -half_width_s))


def _excess(
    windows: Windows, k: int, background: Background, alarms: FalseAlarms, length_s: float, overdispersion: float
) -> Excess:
    """Window k as an excess; `length_s` of the association window, `overdispersion` of a native bin."""
    bins = background.bins
    first, stop, snr = int(windows.first[k]), int(windows.stop[k]), float(windows.snr[k])
    start = float(bins.start_s[first])
    duration = float(bins.stop_s[stop - 1]) - start
    net = float(windows.counts[k] - windows.expected[k])
    spike = classify_spike(background, first, stop, overdispersion) if alarms.spikes else None
    share = 1.0 if spike is None or spike.likely else LEAKING_SPIKES
    rate = alarms.rate_hz(snr, int(windows.octave[k]), share)
    floor = alarms.floor_rate_hz(THRESHOLD_SNR, share)
    fap = association_fap(rate, start + 0.5 * duration, duration, length_s, floor)
    return Excess(
        t_start_s=start,
        duration_s=duration,
        counts=net,
        snr=snr,
        rate_cts_s=net / float(bins.width_s[first:stop].sum()),
        far_hz=rate,
        fap=fap,
        classification=fap_class(fap),
        spike=spike,
    )

"""The search of one light curve, by both methods."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from schemas import (
    AllWindowSearch,
    Excess,
    InputRef,
    Instant,
    LightCurve,
    Provenance,
    PublishedSearch,
    SearchResult,
    TimeFrame,
)
from schemas.errors import NoData
from transients import __version__
from transients.missions.times import between_frames_s, seconds_between

from .background import Background, fit_background
from .bins import Bins, about, completeness, gap_at
from .burst import Burst, measure_burst, source_interval
from .falsealarm import COUNTED_SNR, LEAKING_SPIKES, FalseAlarms, association_fap, measure_false_alarms
from .noise import Overdispersion, excess_noise, measure_overdispersion
from .published import published_search_bins
from .spikes import classify_spike
from .windows import Windows, find_windows, octave_scale
from .words import background_word, fap_class

Method = Literal["both", "published", "allwindow"]

#: Sidebands reach this far from T0, s, however short the searched window: a window of the length of a burst holds no background.
BACKGROUND_HALF_WIDTH_S = 300.0
#: Windows below this S/N are not reported.
THRESHOLD_SNR = 4.0
#: The most excesses reported; a bright burst breaks into many.
MOST_EXCESSES = 50
#: A non-spike excess whose false-alarm probability is below this is a detection: the published class "likely".
DETECTION_FAP = 0.003
#: Observed fractions below this are mentioned.
_COMPLETE = 0.95
#: A gap at T0 longer than the time scale that circulars quote leaves T0 unseen, s.
LONGEST_GAP_S = 1.0
#: Counts per 50 ms above which SPI-ACS's counter is known to be coarse.
_COARSE_COUNTS = 10_000.0
_COARSE_BIN_S = 0.05


def t0_seconds(lc: LightCurve, t0: Instant) -> float:
    """T0 in seconds from the light curve's reference, leap seconds counted."""
    return seconds_between(t0, lc.info.reference)


def search(
    lc: LightCurve,
    t0: Instant,
    *,
    half_width_s: float = 300.0,
    method: Method = "both",
    time_frame: TimeFrame = "spacecraft",
    light_travel_s: float | None = None,
    association_window_s: tuple[float, float] = (-300.0, 300.0),
) -> SearchResult:
    """Search a light curve about T0.

    The all-window search always runs: background, noise and the burst's numbers come from its sidebands; `method` says whose
    excesses are given. A detection is the excess of least false-alarm probability, not a spike, touching the association
    window, with a probability below 0.003 and background on both sides: what reaches the end of the data may be a belt
    passage. `published` runs the published method alone for the excesses, and then the decision is its.

    Parameters
    ----------
    lc : LightCurve
    t0 : Instant
        T0, in `time_frame`.
    half_width_s : float
        The search covers T0 +- this; shorter data is searched as far as it goes. The background is taken from T0 +- 300 s where
        that is wider and there is data.
    method : "both", "published" or "allwindow"
    time_frame : "spacecraft" or "geocentre"
        Where T0 was measured. The times in the result are seconds from T0 in that frame.
    light_travel_s : float, optional
        t(geocentre) - t(spacecraft), s; needed when the light curve's frame is another.
    association_window_s : (float, float)
        Counterparts are expected in T0 + [low, high].

    Raises
    ------
    RefusedInput
        The light curve does not reach T0, or the frames differ and no light travel time is given.
    NoData
        Too little time without a source for a background.
    """
    t0_s = t0_seconds(lc, t0)
    shift_s = between_frames_s(lc.info.time_frame, time_frame, light_travel_s)
    bins = about(lc, t0_s, half_width_s, shift_s)
    background = fit_background(about(lc, t0_s, max(half_width_s, BACKGROUND_HALF_WIDTH_S), shift_s))
    overdispersion = measure_overdispersion(background)
    windows = find_windows(background, overdispersion, min(THRESHOLD_SNR, COUNTED_SNR))
    alarms = _false_alarms(lc, background, windows)
    windows = windows[(windows.snr >= THRESHOLD_SNR) & _touches(windows, background.bins, half_width_s)]
    excesses = _excesses(background, overdispersion, alarms, windows, association_window_s)
    published, refused = _published(bins, half_width_s, method)
    decisive = excesses if method != "published" else published.excesses if published is not None else ()
    best = _detection(decisive, association_window_s, background)
    burst = None if best is None else _burst(background, overdispersion, best)
    noise = excess_noise(background)
    return SearchResult(
        instrument=lc.info.instrument,
        t0=t0,
        time_frame=time_frame,
        light_travel_s=light_travel_s,
        bin_s=bins.bin_s,
        bins=len(bins),
        window_s=(float(bins.start_s[0]), float(bins.stop_s[-1])),
        completeness=completeness(bins, half_width_s),
        gap_at_t0_s=gap_at(bins, 0.0, LONGEST_GAP_S),
        simulated=lc.info.simulated,
        background_rate_cts_s=background.mean_rate[0],
        background_word=background_word(_word_noise(noise, bins.bin_s)),
        excess_noise=noise,
        onset_s=None if burst is None else burst.onset_s,
        peak_rate_cts_s=None if burst is None else burst.peak_rate_cts_s,
        peak_time_s=None if burst is None else burst.peak_time_s,
        net_counts=None if burst is None else burst.net_counts,
        t90_s=None if burst is None else burst.t90_s,
        detection=best is not None,
        saturated=burst is not None and burst.saturated,
        published=published,
        published_refused=refused,
        allwindow=None if method == "published" else _all_window(background, excesses, alarms),
        caveats=_caveats(bins, background, half_width_s, burst, lc),
        provenance=_provenance(lc, t0, half_width_s, method, time_frame, light_travel_s, association_window_s),
    )


def _touches(windows: Windows, bins: Bins, half_width_s: float) -> npt.NDArray[np.bool_]:
    """Which windows have time within T0 +- `half_width_s`."""
    return np.asarray((bins.start_s[windows.first] < half_width_s) & (bins.stop_s[windows.stop - 1] > -half_width_s))


def _false_alarms(lc: LightCurve, background: Background, windows: Windows) -> FalseAlarms:
    source = np.concatenate([[0], np.cumsum(background.source)])
    outside = source[windows.stop] == source[windows.first]
    off_time = float(background.bins.width_s[~background.source].sum())
    scales = octave_scale(background.bins.bin_s)
    return measure_false_alarms(scales, windows.snr[outside], off_time, spikes=lc.info.instrument == "SPI-ACS")


def _excesses(
    background: Background,
    overdispersion: Overdispersion,
    alarms: FalseAlarms,
    windows: Windows,
    association_window_s: tuple[float, float],
) -> tuple[Excess, ...]:
    bins = background.bins
    length = association_window_s[1] - association_window_s[0]
    native = float(overdispersion.at(bins.bin_s))
    found = []
    for k in range(min(len(windows), MOST_EXCESSES)):
        first, stop = int(windows.first[k]), int(windows.stop[k])
        start = float(bins.start_s[first])
        duration = float(bins.stop_s[stop - 1]) - start
        net = float(windows.counts[k] - windows.expected[k])
        # The template is SPI-ACS's.
        spike = classify_spike(background, first, stop, native) if alarms.spikes else None
        share = 1.0 if spike is None or spike.likely else LEAKING_SPIKES
        rate = alarms.rate_hz(float(windows.snr[k]), int(windows.octave[k]), share)
        floor = alarms.floor_rate_hz(THRESHOLD_SNR, share)
        fap = association_fap(rate, start + 0.5 * duration, duration, length, floor)
        found.append(
            Excess(
                t_start_s=start,
                duration_s=duration,
                counts=net,
                snr=float(windows.snr[k]),
                rate_cts_s=net / float(bins.width_s[first:stop].sum()),
                far_hz=rate,
                fap=fap,
                classification=fap_class(fap),
                spike=spike,
            )
        )
    return tuple(found)


def _published(bins: Bins, half_width_s: float, method: Method) -> tuple[PublishedSearch | None, str | None]:
    if method == "allwindow":
        return None, "not asked for"
    try:
        return published_search_bins(bins, half_width_s), None
    except NoData as error:
        return None, error.message


def _detection(excesses: tuple[Excess, ...], window_s: tuple[float, float], background: Background) -> Excess | None:
    """The rule of detection; ties (probabilities of 0) go to the more significant."""
    last = len(background.bins)
    candidates = [
        excess
        for excess in excesses
        if excess.fap is not None
        and excess.fap < DETECTION_FAP
        and not (excess.spike is not None and excess.spike.likely)
        and excess.t_start_s < window_s[1]
        and excess.t_start_s + excess.duration_s > window_s[0]
        and _interval(background, excess)[0] > 0
        and _interval(background, excess)[1] < last
    ]
    return min(candidates, key=lambda excess: (excess.fap, -excess.snr), default=None)


def _interval(background: Background, excess: Excess) -> tuple[int, int]:
    """First bin and the one after the last of the source's interval about an excess."""
    centre = background.bins.centre_s
    first = min(int(np.searchsorted(centre, excess.t_start_s)), len(centre) - 1)
    stop = max(int(np.searchsorted(centre, excess.t_start_s + excess.duration_s)), first + 1)
    return source_interval(background, first, stop)


def _burst(background: Background, overdispersion: Overdispersion, excess: Excess) -> Burst:
    return measure_burst(background, *_interval(background, excess), float(overdispersion.at(background.bins.bin_s)))


def _word_noise(noise: dict[str, float], bin_s: float) -> float:
    """The largest ratio of sigmas at 1 s and 8 s; the native bin's when it is longer."""
    slow = [ratio for scale, ratio in noise.items() if float(scale) >= min(1.0, bin_s)]
    wanted = [ratio for scale, ratio in noise.items() if float(scale) > bin_s * 1.5]
    return max(wanted or slow)


def _all_window(background: Background, excesses: tuple[Excess, ...], alarms: FalseAlarms) -> AllWindowSearch:
    rate, error = background.mean_rate
    return AllWindowSearch(
        background_rate_cts_s=rate,
        background_error_cts_s=error,
        background_model=background.description,
        sidebands_s=background.sidebands_s,
        overdispersion=background.overdispersion,
        excesses=excesses,
        trials_from=alarms.trials_from,
        trials=alarms.counted,
        threshold_snr=THRESHOLD_SNR,
    )


def _caveats(bins: Bins, background: Background, half_width_s: float, burst: Burst | None, lc: LightCurve) -> tuple[str, ...]:
    found = []
    observed = completeness(bins, half_width_s)
    if observed < _COMPLETE:
        found.append(f"{observed:.0%} of T0 +- {half_width_s:g} s observed")
    gap = gap_at(bins, 0.0, LONGEST_GAP_S)
    if gap is not None:
        found.append(f"no data from T0{gap[0]:+.1f} to T0{gap[1]:+.1f} s: nothing is known about T0 itself")
    if background.source[0] or background.source[-1]:
        found.append("an excess reaches the end of the light curve: its background is extrapolated there, and it is no detection")
    if burst is not None and burst.saturated:
        found.append("the highest bins are flat: rates and counts may be lower limits")
    if burst is not None and lc.info.instrument == "SPI-ACS" and burst.peak_rate_cts_s * _COARSE_BIN_S > _COARSE_COUNTS:
        found.append("above 10 000 counts in 50 ms the counter's steps are coarse")
    if lc.info.simulated:
        found.append("simulated data")
    return (*found, *lc.info.remarks)


def _provenance(
    lc: LightCurve,
    t0: Instant,
    half_width_s: float,
    method: Method,
    time_frame: TimeFrame,
    light_travel_s: float | None,
    association_window_s: tuple[float, float],
) -> Provenance:
    return Provenance(
        step="search",
        version=__version__,
        parameters={
            "t0": t0.iso,
            "half_width_s": half_width_s,
            "background_half_width_s": max(half_width_s, BACKGROUND_HALF_WIDTH_S),
            "method": method,
            "time_frame": time_frame,
            "light_travel_s": light_travel_s,
            "association_window_s": list(association_window_s),
            "threshold_snr": THRESHOLD_SNR,
            "detection_fap": DETECTION_FAP,
        },
        inputs=(InputRef(name="light curve", sha256=lc.info.content_id, source=lc.info.source, simulated=lc.info.simulated),),
    )

"""The search of one light curve, by both methods."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

from schemas import Excess, InputRef, Instant, LightCurve, OffTimeRates, Provenance, PublishedSearch, SearchResult, TimeFrame
from schemas.errors import NoData, RefusedInput
from transients import __version__
from transients.missions.known import known_instrument
from transients.missions.times import between_frames_s, seconds_between

from .allwindow import THRESHOLD_SNR, AllWindows, search_all_windows
from .background import fit_background
from .bins import Bins, about, completeness, gap_at
from .burst import Burst
from .caveats import LONGEST_GAP_S, caveats
from .classified import Classified, classified_windows, count_around, count_outside
from .detection import DETECTION_FAP, burst_of, detection
from .noise import excess_noise
from .off_time import together
from .published import published_search_bins
from .saturation import counter_step
from .usable import why_unusable
from .words import background_word

Method = Literal["both", "published", "allwindow"]

#: Sidebands reach this far from T0, s, however short the searched window: a window of the length of a burst holds no background.
BACKGROUND_HALF_WIDTH_S = 300.0


@dataclasses.dataclass(frozen=True, eq=False)
class _Asked:
    """What was asked of the search: its parameters."""

    lc: LightCurve
    t0: Instant
    half_width_s: float
    method: Method
    time_frame: TimeFrame
    light_travel_s: float | None
    association_window_s: tuple[float, float]

    @property
    def background_half_width_s(self) -> float:
        return max(self.half_width_s, BACKGROUND_HALF_WIDTH_S)

    def bins(self, half_width_s: float) -> Bins:
        """The bins within this of T0, s from T0 in the frame asked for."""
        t0_s = t0_seconds(self.lc, self.t0)
        shift_s = between_frames_s(self.lc.info.time_frame, self.time_frame, self.light_travel_s)
        return about(self.lc, t0_s, half_width_s, shift_s)


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
    off_time: OffTimeRates | None = None,
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
    off_time : OffTimeRates, optional
        False-alarm rates of an archive; without it they are counted beside the source, and in the hours about T0 where the light
        curve holds them.

    Raises
    ------
    RefusedInput
        The light curve does not reach T0, the frames differ and no light travel time is given, or the archive's rates are of
        another instrument or bin.
    NoData
        Too little time without a source for a background.
    """
    instrument = known_instrument(lc.info.mission, lc.info.instrument)
    asked = _Asked(lc, t0, half_width_s, method, time_frame, light_travel_s, association_window_s)
    bins = asked.bins(half_width_s)
    background = fit_background(asked.bins(asked.background_half_width_s))
    particle_hits = instrument is not None and instrument.particle_hits
    windows = classified_windows(background, particle_hits=particle_hits)
    counted = _off_time(asked, windows, particle_hits) if off_time is None else _of_this_kind(off_time, lc)
    found = search_all_windows(windows, counted, half_width_s, association_window_s, particle_hits=particle_hits)
    published, refused = _published(bins, half_width_s, method)
    unusable = why_unusable(background, found.overdispersion)
    best = detection(_decisive(found, published, method), association_window_s, background) if unusable is None else None
    burst = None if best is None else burst_of(best, background, float(found.overdispersion.at(background.bins.bin_s)))
    return _result(asked, bins, found, published, refused, burst, unusable)


def _off_time(asked: _Asked, windows: Classified, particle_hits: bool) -> OffTimeRates:
    """Excesses beside the source, and in the hours about T0 where the light curve reaches so far."""
    info = asked.lc.info
    beside = count_outside(windows, info.instrument)
    every = asked.bins(math.inf)
    around = count_around(every, asked.background_half_width_s, info.instrument, particle_hits=particle_hits)
    return beside if around is None else together((beside, around), f"{beside.source} and {around.source}")


def _of_this_kind(off_time: OffTimeRates, lc: LightCurve) -> OffTimeRates:
    """An archive's counts, when they are of this instrument in bins like these."""
    info = lc.info
    if off_time.instrument != info.instrument or abs(off_time.bin_s - info.bin_s) > 1e-3 * info.bin_s:
        raise RefusedInput(
            f"off-time counts of {off_time.instrument} in bins of {off_time.bin_s:g} s say nothing of {info.instrument} in bins of "
            f"{info.bin_s:g} s",
            where=off_time.source,
        )
    return off_time


def _published(bins: Bins, half_width_s: float, method: Method) -> tuple[PublishedSearch | None, str | None]:
    if method == "allwindow":
        return None, "not asked for"
    try:
        return published_search_bins(bins, half_width_s), None
    except NoData as error:
        return None, error.message


def _decisive(found: AllWindows, published: PublishedSearch | None, method: Method) -> tuple[Excess, ...]:
    """The excesses that decide on a detection."""
    if method != "published":
        return found.excesses
    return () if published is None else published.excesses


def _result(
    asked: _Asked,
    bins: Bins,
    found: AllWindows,
    published: PublishedSearch | None,
    refused: str | None,
    burst: Burst | None,
    unusable: str | None,
) -> SearchResult:
    background, info = found.background, asked.lc.info
    noise = excess_noise(background)
    # The record has the burst's numbers under the same names.
    measured = {} if burst is None else {field.name: getattr(burst, field.name) for field in dataclasses.fields(burst)}
    return SearchResult(
        instrument=info.instrument,
        t0=asked.t0,
        time_frame=asked.time_frame,
        light_travel_s=asked.light_travel_s,
        bin_s=bins.bin_s,
        bins=len(bins),
        window_s=(float(bins.start_s[0]), float(bins.stop_s[-1])),
        completeness=completeness(bins, asked.half_width_s),
        gap_at_t0_s=gap_at(bins, 0.0, LONGEST_GAP_S),
        simulated=info.simulated,
        background_rate_cts_s=background.mean_rate[0],
        background_word=background_word(_word_noise(noise, bins.bin_s)),
        excess_noise=noise,
        detection=burst is not None,
        background_unusable=unusable,
        counter_step=counter_step(background.bins.counts[~background.source]),
        published=published,
        published_refused=refused,
        allwindow=None if asked.method == "published" else found.record,
        caveats=caveats(bins, background, asked.half_width_s, burst, info, unusable),
        provenance=_provenance(asked, found.alarms.counted.source),
        **measured,
    )


def _word_noise(noise: dict[str, float], bin_s: float) -> float:
    """The largest ratio of sigmas at 1 s and 8 s; the native bin's when it is longer."""
    slow = [ratio for scale, ratio in noise.items() if float(scale) >= min(1.0, bin_s)]
    wanted = [ratio for scale, ratio in noise.items() if float(scale) > bin_s * 1.5]
    return max(wanted or slow)


def _provenance(asked: _Asked, rates_from: str) -> Provenance:
    info = asked.lc.info
    return Provenance(
        step="search",
        version=__version__,
        parameters={
            "t0": asked.t0.iso,
            "half_width_s": asked.half_width_s,
            "background_half_width_s": asked.background_half_width_s,
            "method": asked.method,
            "time_frame": asked.time_frame,
            "light_travel_s": asked.light_travel_s,
            "association_window_s": list(asked.association_window_s),
            "threshold_snr": THRESHOLD_SNR,
            "detection_fap": DETECTION_FAP,
            "rates_from": rates_from,
        },
        inputs=(InputRef(name="light curve", sha256=info.content_id, source=info.source, simulated=info.simulated),),
    )

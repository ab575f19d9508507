"""What a search of count rates found."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .provenance import Provenance


class Spike(Record, kw_only=True):
    """Whether an excess looks like a particle hit."""

    likely: bool
    #: Log-likelihood ratio of the spike's shape against a flat one; positive: a spike.
    log_ratio: float
    bins: int
    #: Of a spike against a burst, with equal odds before.
    probability: float | None = None


class OffTimeRates(Record, kw_only=True):
    """Excesses counted in time without a counterpart, by octave of length and S/N: an archive's, or of the hours about an event."""

    instrument: str
    #: Nominal bin; octaves of length are counted from one bin up to 100 s.
    bin_s: float
    #: Time searched, s.
    live_s: float
    #: Nothing is known of excesses below this S/N.
    least_snr: float
    #: Lower edges of the S/N; the last is open.
    snr_edges: tuple[float, ...]
    #: Numbers, a row for each octave: of excesses that are not of a particle hit's shape, and of those that are.
    burst_like: tuple[tuple[int, ...], ...]
    spike_like: tuple[tuple[int, ...], ...]
    #: For people: an archive and its span, or the hours used.
    source: str


class Excess(Record, kw_only=True):
    """Counts over background in a window."""

    t_start_s: float
    duration_s: float
    counts: float
    snr: float
    rate_cts_s: float | None = None
    far_hz: float | None = None
    #: One sigma, of what the rate was measured from.
    far_error_hz: float | None = None
    fap: float | None = None
    #: "likely", "tentatively", "possibly", "likely background", "background".
    classification: str
    spike: Spike | None = None


class NoiseAtScale(Record, kw_only=True):
    """The plain statistics of the rate at one time scale: the published method's."""

    scale_s: float
    mean_cts_s: float
    std_cts_s: float
    mean_error_cts_s: float
    #: std / mean error: a ratio of sigmas.
    excess_noise: float
    bins: int


class PublishedSearch(Record, kw_only=True):
    """The association search as published; SCIENCE 4.1."""

    background_rate_cts_s: float
    noise: tuple[NoiseAtScale, ...]
    excesses: tuple[Excess, ...] = ()
    scales: int


class AllWindowSearch(Record, kw_only=True):
    """The search this project stands for: background from sidebands, every window."""

    background_rate_cts_s: float
    background_error_cts_s: float
    background_model: str
    sidebands_s: tuple[tuple[float, float], ...]
    #: Variance over mean in the sidebands at the native bin.
    overdispersion: float
    excesses: tuple[Excess, ...] = ()
    #: What the false-alarm rates rest on: "off-time windows of this light curve", "Gaussian tail and published spike rate" …
    trials_from: str
    trials: int
    threshold_snr: float
    #: Chance that the background alone gives an excess that ranks as high as the best one of a burst's shape in the association
    #: window, all lengths and places tried: uniform on background alone. None: no such excess, or not computed.
    p_value: float | None = None
    #: Excesses of the background that the p-value expects above the counted threshold in the association window.
    expected_excesses: float | None = None
    #: Relative error of the false-alarm rates where they are counted; in the extrapolated tail it is larger.
    far_relative_error: float | None = None
    #: The rates were counted in this much time, s.
    off_time_s: float | None = None
    #: Variance over mean = white + red x time scale; red only where the data show it.
    overdispersion_white: float | None = None
    overdispersion_red_per_s: float | None = None
    #: Difference in the criterion (-2 ln L with its price for parameters) between the models of the background: "constant",
    #: "linear", "quadratic", "cubic", "smooth"; 0 for the one chosen.
    background_evidence: dict[str, float] = {}


class PeakCounts(Record, kw_only=True):
    """The window of one length with the most counts over background."""

    scale_s: float
    t_start_s: float
    net_counts: float
    error_counts: float


class SearchResult(Record, kw_only=True):
    """What a search of one light curve found. Times are seconds from T0 in `time_frame`."""

    instrument: str
    t0: Instant
    time_frame: Literal["spacecraft", "geocentre"]
    #: t(geocentre) - t(spacecraft), where it was needed or known.
    light_travel_s: float | None = None
    bin_s: float
    bins: int
    window_s: tuple[float, float]
    completeness: float
    #: The gap in the data that holds T0, where there is one of more than a second: then nothing is known about T0.
    gap_at_t0_s: tuple[float, float] | None = None
    simulated: bool = False
    #: From sidebands.
    background_rate_cts_s: float
    background_word: str
    excess_noise: dict[str, float] = {}
    onset_s: float | None = None
    peak_rate_cts_s: float | None = None
    peak_time_s: float | None = None
    net_counts: float | None = None
    net_counts_error: float | None = None
    t90_s: float | None = None
    t90_error_s: float | None = None
    t50_s: float | None = None
    t50_error_s: float | None = None
    peaks: tuple[PeakCounts, ...] = ()
    detection: bool
    #: Why no counterpart can be told from the background here: a belt passage, a flare, too little background.
    background_unusable: str | None = None
    #: The counter's step at the background's level, counts; 1: every number occurs.
    counter_step: int | None = None
    #: The counter's step among the brightest bins of a burst.
    counter_step_at_peak: int | None = None
    #: Counters may have saturated: rates and counts are lower limits.
    saturated: bool = False
    published: PublishedSearch | None = None
    #: Why the published method gave nothing, when it was not run.
    published_refused: str | None = None
    allwindow: AllWindowSearch | None = None
    caveats: tuple[str, ...] = ()
    provenance: Provenance

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


class Excess(Record, kw_only=True):
    """Counts over background in a window."""

    t_start_s: float
    duration_s: float
    counts: float
    snr: float
    rate_cts_s: float | None = None
    far_hz: float | None = None
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
    t90_s: float | None = None
    detection: bool
    #: Counters may have saturated: rates and counts are lower limits.
    saturated: bool = False
    published: PublishedSearch | None = None
    #: Why the published method gave nothing, when it was not run.
    published_refused: str | None = None
    allwindow: AllWindowSearch | None = None
    caveats: tuple[str, ...] = ()
    provenance: Provenance

"""The result: what was found about an event, part by part, each part with the inputs it was made from."""

from __future__ import annotations

from typing import Any, Literal

from .base import Instant, Record
from .spacecraft import Attitude, DataExpectation, OrbitState, Orientation

Grade = Literal["very high", "high", "medium", "low"]


class InputRef(Record, kw_only=True):
    """An input of a computation, named so that it can be found again and shown to be the same."""

    name: str
    sha256: str
    source: str
    simulated: bool = False


class Provenance(Record, kw_only=True):
    """How a part was made: code version, parameters, inputs. Two runs with equal provenance give equal results."""

    step: str
    version: str
    #: The parameters, plain JSON data.
    parameters: dict[str, Any] = {}
    inputs: tuple[InputRef, ...] = ()


class Localisation(Record, kw_only=True):
    """The sky region in numbers. Fractions are of the region's probability."""

    kind: str
    peak_ra_deg: float
    peak_dec_deg: float
    area50_deg2: float
    area90_deg2: float
    total_probability: float
    tiles: int
    distmean_mpc: float | None = None
    diststd_mpc: float | None = None


class Visibility(Record, kw_only=True):
    """Probability seen, hidden or in view at an instant. None: not computable, with the reason among the caveats."""

    at: Instant
    #: Probability in the fully coded and in any part of the imager's field of view.
    fov_fraction: float | None = None
    fov_full_fraction: float | None = None
    #: Probability that the Sun constraint lets the spacecraft point at.
    visible_fraction: float
    sun_half_width_deg: float
    earth_fraction: float | None = None
    moon_fraction: float | None = None


class Exposure(Record, kw_only=True):
    """Time the region spent in the field of view around T0, probability-weighted, in ks."""

    window_start: Instant
    window_stop: Instant
    fov_radius_deg: float
    plain_ks: float
    live_ks: float | None = None
    coding_weighted_ks: float | None = None
    pointings: int
    source: str


class DataStatus(Record, kw_only=True):
    """Which data there is about T0."""

    instrument: str
    tier: Literal["realtime", "nrt", "cons", "archive", "simulated", "none"]
    #: Observed over expected time in the window.
    completeness: float
    source: str
    simulated: bool = False


class Urgency(Record, kw_only=True):
    """How urgent a follow-up would be, and why: (grade, reason), highest first."""

    grade: Grade
    reasons: tuple[tuple[Grade, str], ...] = ()


class Geometry(Record, kw_only=True):
    """Everything that needs no count rates."""

    t0: Instant
    mission: str
    revolution: int
    phase: float
    phase_error: float | None = None
    scw_id: str | None = None
    attitude: Attitude | None = None
    orbit: OrbitState | None = None
    orientation: Orientation | None = None
    expectation: DataExpectation | None = None
    #: t(geocentre) - t(spacecraft) for the region's peak.
    light_travel_s: float | None = None
    sun_angle_deg: float | None = None
    localisation: Localisation | None = None
    visibility: Visibility | None = None
    exposure: Exposure | None = None
    urgency: Urgency | None = None
    caveats: tuple[str, ...] = ()
    provenance: Provenance


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


class LimitEntry(Record, kw_only=True):
    """An upper limit. Fluence in erg cm-2, 75-2000 keV unless stated."""

    confidence: float
    duration_s: float
    spectrum: str
    instrument: str
    fluence_erg_cm2: float
    count_limit: float
    #: For localisations: probability of the region over which the limit holds.
    probability_covered: float | None = None
    eiso_erg: float | None = None
    systematic_fraction: float = 0.2


class PublishedLimits(Record, kw_only=True):
    """The figures quoted in circulars, by the published recipe: medians over the 50 % region, 8 s flux from the minimum there."""

    hard_1s_erg_cm2: float | None = None
    soft_1s_erg_cm2_s: float | None = None
    soft_8s_erg_cm2_s: float | None = None
    eiso_hard_1s_erg: float | None = None
    liso_soft_1s_erg_s: float | None = None
    instruments: tuple[str, ...] = ()


class ResponseWord(Record, kw_only=True):
    """How well an instrument sees a direction: percent of its best, and the word."""

    percent_of_best: float
    word: str


class FluencePerCount(Record, kw_only=True):
    """What a count means over the 50 % region, erg cm-2 per count in 75-2000 keV: median, and lowest and highest there."""

    instrument: str
    spectrum: str
    median_erg_cm2: float
    low_erg_cm2: float
    high_erg_cm2: float


class LimitResult(Record, kw_only=True):
    """Upper limits on an event."""

    published: PublishedLimits
    limits: tuple[LimitEntry, ...] = ()
    #: Count limits used: (instrument, scale_s, 3 sigma counts).
    count_limits: tuple[tuple[str, float, float], ...] = ()
    response: dict[str, ResponseWord] = {}
    #: Turns counts into fluence, for the excess table of a circular.
    conversions: tuple[FluencePerCount, ...] = ()
    #: SHA-256 of the limit map (multi-order FITS), when one was made.
    map_blob_id: str | None = None
    response_source: str
    caveats: tuple[str, ...] = ()
    provenance: Provenance


class Assessment(Record, kw_only=True):
    """All that is known of one event by one mission, at one revision. Parts are None until they are computed."""

    event_key: str
    event_id: str
    event_revision: int
    #: Counts the assessments of this event; nothing is overwritten.
    revision: int
    mission: str
    created: Instant
    role: str
    state: Literal["active", "retracted"]
    #: True if anything in it comes from the simulator; then every page, figure and text says so.
    simulated: bool
    geometry: Geometry | None = None
    data: tuple[DataStatus, ...] = ()
    searches: tuple[SearchResult, ...] = ()
    limits: LimitResult | None = None
    #: "detection", "non-detection", "inactive", "no-data", "retracted", "pending".
    verdict: Literal["detection", "non-detection", "inactive", "no-data", "retracted", "pending"]
    #: Own triggers actually received around T0: (kind, event id, offset from T0 in s).
    own_triggers: tuple[tuple[str, str, float], ...] = ()
    caveats: tuple[str, ...] = ()
    #: Whether the messenger's policy, announced in advance, proposes a circular about it, and whether it wakes a person.
    circular_proposed: bool = False
    wake: bool = False
    version: str

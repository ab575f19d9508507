"""Upper limits on an event."""

from __future__ import annotations

from .base import Record
from .provenance import Provenance


class LimitEntry(Record, kw_only=True):
    """An upper limit. Fluence in erg cm-2, 75-2000 keV unless stated."""

    confidence: float
    duration_s: float
    spectrum: str
    instrument: str
    fluence_erg_cm2: float
    count_limit: float
    #: The limit that the same data would most likely give without a burst in it; the limit itself is never below it.
    expected_erg_cm2: float | None = None
    #: For localisations: probability of the region over which the limit holds.
    probability_covered: float | None = None
    #: Over the localisation, direction by direction: the median, and the least favourable of the best seen 90 %.
    median_erg_cm2: float | None = None
    worst_erg_cm2: float | None = None
    #: Parts of the localisation's probability, and the limit that holds or is deeper in each direction of them.
    depths: tuple[tuple[float, float], ...] = ()
    #: Isotropic, 75-2000 keV, without redshift; averaged over the distances of the sky map where it has them.
    eiso_erg: float | None = None
    #: The energy over the duration.
    liso_erg_s: float | None = None
    systematic_fraction: float = 0.2


class LimitCurve(Record, kw_only=True):
    """Limits against the duration of the burst, s and erg cm-2, of one length each."""

    instrument: str
    spectrum: str
    confidence: float
    duration_s: tuple[float, ...]
    fluence_erg_cm2: tuple[float, ...]
    expected_erg_cm2: tuple[float, ...]


class EfficiencyCurve(Record, kw_only=True):
    """Probability to detect a burst against its fluence, averaged over the localisation, at one duration and spectrum."""

    instrument: str
    spectrum: str
    duration_s: float
    #: What is detected: an excess that noise gives in the searched window with this probability.
    false_alarm_probability: float
    threshold_snr: float
    fluence_erg_cm2: tuple[float, ...]
    probability: tuple[float, ...]


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
    #: Limits as a function of duration, and how well bursts would have been found.
    curves: tuple[LimitCurve, ...] = ()
    efficiencies: tuple[EfficiencyCurve, ...] = ()
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

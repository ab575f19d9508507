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

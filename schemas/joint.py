"""What several detectors say together about a burst."""

from __future__ import annotations

from .base import Record
from .provenance import Provenance
from .search import Spike


class DetectorCounts(Record, kw_only=True):
    """One detector in the window of the burst."""

    instrument: str
    bin_s: float
    #: Counts of the burst as this detector alone gives them, and their error (noise and background).
    counts: float
    error: float
    snr: float
    #: Counts that the joint fit gives it, at the most probable direction and spectrum.
    expected_counts: float


class JointFluence(Record, kw_only=True):
    """The fluence that all detectors together give for one spectrum, 75-2000 keV, erg cm-2, with one-sigma errors."""

    spectrum: str
    fluence_erg_cm2: float
    statistical_erg_cm2: float
    #: From the spread over the localisation.
    localisation_erg_cm2: float
    #: From the systematic error of the responses.
    systematic_erg_cm2: float
    #: Probability of this spectrum among those tried, from the ratios of the detectors: a measure of hardness.
    probability: float


class CountRatio(Record, kw_only=True):
    """Counts of one detector over those of another, and its error: hardness and direction as the detectors measure them."""

    numerator: str
    denominator: str
    ratio: float
    error: float
    #: What each spectrum gives on the average of the localisation.
    expected: dict[str, float] = {}


class JointSearch(Record, kw_only=True):
    """The most significant window of all detectors together. Times are seconds from T0 at the spacecraft, or as `searches` have it."""

    instruments: tuple[str, ...]
    #: Those with a response but without data.
    missing: tuple[str, ...] = ()
    t_start_s: float
    duration_s: float
    #: Logarithm of the likelihood ratio of a burst to none: amplitude profiled, averaged over localisation and spectra.
    log_ratio: float
    snr: float
    #: Probability that normal noise gives as much anywhere in the searched window, at any duration. Spikes are not in it.
    noise_probability: float
    #: Logarithm of the likelihood ratio of a burst to an excess in one detector alone; negative: the others do not see it.
    log_ratio_alone: float | None = None
    alone: str | None = None
    #: Whether the finest detector's counts there have the shape of a particle hit; None where it has none, or bins are too wide.
    spike: Spike | None = None
    #: How well one burst explains all detectors, at the most probable direction and spectrum.
    chi2: float
    degrees_of_freedom: int
    p_value: float | None = None
    #: The stretch whose counts the following numbers are of.
    burst_start_s: float
    burst_duration_s: float
    detectors: tuple[DetectorCounts, ...]
    fluences: tuple[JointFluence, ...]
    ratios: tuple[CountRatio, ...] = ()
    systematic_fraction: float
    caveats: tuple[str, ...] = ()
    provenance: Provenance

"""The response to a spectrum that was not tabulated, through an effective area that reproduces the two that were.

In each direction the area is A(E) = A0 (E/300 keV)^s above a soft threshold E_t and up to an upper end; s is the instrument's.
The threshold is the one for which the fluences per count of the hard and the soft spectrum stand in their known ratio (matter in
the way raises it), and A0 drops out: two numbers in, two numbers matched. Valid where the new spectrum weights energies that the
two also weight (E_peak from about 70 to 1500 keV); beyond, it is an extrapolation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput

from ..spectra import NAMED, Spectrum, energy_fluence, energy_grid

#: Band of the fluence, keV.
FLUENCE_BAND_KEV = (75.0, 2000.0)
_PIVOT_KEV = 300.0
#: ln-width of the threshold: detectors of different gain open between about 0.8 and 1.25 of it.
_THRESHOLD_WIDTH = 0.1
#: Thresholds tried, keV; ratios beyond what their ends give take the end's threshold.
_THRESHOLDS_KEV = np.geomspace(10.0, 400.0, 121)


@dataclass(frozen=True)
class AreaShape:
    """How an instrument's area goes with energy above its threshold: A ~ E^slope up to `upper_kev`."""

    slope: float
    upper_kev: float


def fluence_per_count(shape: AreaShape, spectrum: Spectrum) -> FloatArray:
    """75-2000 keV energy fluence per count for every threshold, up to a constant; shape (121,).

    Raises
    ------
    RefusedInput
        For a spectrum so steep or so low that the ratio is no number.
    """
    energy, weight = energy_grid(_THRESHOLDS_KEV[0] / 2, shape.upper_kev, 128)
    above = np.log(energy / _THRESHOLDS_KEV[:, np.newaxis]) / _THRESHOLD_WIDTH
    with np.errstate(all="ignore"):
        counted = weight * (energy / _PIVOT_KEV) ** shape.slope * spectrum.photons(energy)
        ratio = np.asarray(energy_fluence(spectrum, *FLUENCE_BAND_KEV) / ((1 / (1 + np.exp(-above))) @ counted))
    if not (np.isfinite(ratio).all() and (ratio > 0).all()):
        raise RefusedInput("a spectrum that leaves no counts or no fluence cannot be folded", where=repr(spectrum))
    return ratio


def fold(shape: AreaShape, spectrum: Spectrum, log_hard: FloatArray, log_soft: FloatArray) -> FloatArray:
    """ln of the fluence per count for `spectrum`, given those for hard and soft (arrays of one shape)."""
    hard = np.log(fluence_per_count(shape, NAMED["hard"]))
    # A high threshold costs a soft spectrum more counts: the soft/hard ratio rises with it, so it can be read backwards.
    soft_to_hard = np.log(fluence_per_count(shape, NAMED["soft"])) - hard
    new_to_hard = np.log(fluence_per_count(shape, spectrum)) - hard
    rank = np.interp(log_soft - log_hard, soft_to_hard, np.arange(float(_THRESHOLDS_KEV.size)))
    return np.asarray(log_hard + np.interp(rank, np.arange(float(_THRESHOLDS_KEV.size)), new_to_hard))

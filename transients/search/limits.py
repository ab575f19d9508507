"""Upper limits at a stated confidence, over a localisation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from schemas import FloatArray, LimitEntry

from .levels import CountLevel
from .published_limits import Responses, isotropic_erg

#: Response maps are known to this fraction (comparison of the maps with bursts of known flux; Savchenko et al. 2017).
SYSTEMATIC_FRACTION = 0.2
CONFIDENCES = (0.9, 0.9973)
#: Starts of a burst within a bin over which the chance is averaged.
_STARTS = 8
#: Tiles are gathered into this many equal parts of probability, by response.
_GROUPS = 400
#: Fluences are looked for up to this many times the one a direction of median response would need.
_FAR = 1e6


def limits(
    levels: Sequence[CountLevel],
    responses: Responses,
    probabilities: npt.ArrayLike = 1.0,
    *,
    confidences: Sequence[float] = CONFIDENCES,
    systematic_fraction: float = SYSTEMATIC_FRACTION,
    distance_mpc: float | None = None,
    in_sight: float = 1.0,
) -> tuple[LimitEntry, ...]:
    """The fluence above which a flat burst would, with the stated confidence, have given more counts than the largest seen.

    The burst may have come at any time of the window in which the largest excess was taken. A burst of fluence F in
    direction i gives m = F / r_i counts in the window that holds it best; that window's excess over the background is normal with
    mean m and variance sigma^2 + phi m + (s m)^2: noise with the background's uncertainty, the burst's own counts over-dispersed
    by phi, and the response's systematic s. The chance to exceed the largest excess seen is averaged over the start within a bin
    and over the localisation, and F is where it equals the confidence. As no other window can lower the largest excess, the
    confidence is a lower bound of the coverage. Bursts that are not flat, or of another duration, have other limits.

    Parameters
    ----------
    levels : sequence of CountLevel
    responses : {(instrument, spectrum): array}
        erg cm-2 (75-2000 keV) per count, (n,) or a number; NaN or infinite where the instrument sees nothing.
    probabilities : (n,)
        Probability per tile; normalised here.
    confidences : sequence of float
        In (0, 1).
    systematic_fraction : float
        Of the response.
    distance_mpc : float, optional
        Mean distance, for the isotropic energy.
    in_sight : float
        Part of the localisation that the tiles are: the rest was behind the Earth, and the limits do not speak of it.

    Returns
    -------
    tuple of LimitEntry
        One per level, spectrum and confidence. `probability_covered` is the probability of the tiles where the limit is reached
        one by one, a part of the whole localisation. Where so much of the region is out of sight that the confidence cannot be
        reached, there is no entry.
    """
    prob = np.atleast_1d(np.asarray(probabilities, float))
    region = prob / prob.sum()
    entries = []
    for level in levels:
        for (instrument, spectrum), response in responses.items():
            if instrument != level.instrument:
                continue
            per_count = np.broadcast_to(np.asarray(response, float), region.shape)
            seen = _Seen(level, per_count, region, systematic_fraction, in_sight)
            found = (_entry(seen, spectrum, confidence, distance_mpc) for confidence in confidences)
            entries += [entry for entry in found if entry is not None]
    return tuple(entries)


@dataclasses.dataclass(frozen=True, eq=False)
class _Seen:
    """The largest excess of an instrument at a duration, and how the instrument sees the tiles of the region.

    Attributes
    ----------
    per_count : (n,) float64
        erg cm-2 per count; NaN or infinite where nothing is seen.
    prob : (n,) float64
        Probability per tile, 1 in all.
    """

    level: CountLevel
    per_count: FloatArray
    prob: FloatArray
    systematic_fraction: float
    #: Part of the localisation that the region is.
    in_sight: float = 1.0


def _entry(seen: _Seen, spectrum: str, confidence: float, distance_mpc: float | None) -> LimitEntry | None:
    """The limit at one confidence; None where it cannot be reached."""
    fluence = _fluence(seen, confidence)
    if fluence is None:
        return None
    least = count_limit(seen.level, confidence, seen.systematic_fraction)
    return LimitEntry(
        confidence=confidence,
        duration_s=seen.level.duration_s,
        spectrum=spectrum,
        instrument=seen.level.instrument,
        fluence_erg_cm2=fluence,
        count_limit=least,
        probability_covered=seen.in_sight * _covered(seen, fluence, least),
        eiso_erg=isotropic_erg(fluence, distance_mpc),
        systematic_fraction=seen.systematic_fraction,
    )


def count_limit(level: CountLevel, confidence: float, systematic_fraction: float = SYSTEMATIC_FRACTION) -> float:
    """Mean counts of a burst that would, with this confidence, exceed the largest excess seen; one direction."""
    found = _fluence(_Seen(level, np.ones(1), np.ones(1), systematic_fraction), confidence)
    if found is None:
        raise ValueError(f"no number of counts reaches a confidence of {confidence} with a systematic of {systematic_fraction}")
    return found


def detection_chance(level: CountLevel, counts: FloatArray, systematic_fraction: float = SYSTEMATIC_FRACTION) -> FloatArray:
    """Chance that a burst of these mean counts exceeds the largest excess seen, averaged over its start within a bin.

    Parameters
    ----------
    counts : (n,) float64

    Returns
    -------
    (n,) float64
    """
    # A burst starting d into a bin leaves min(d, bin - d) / duration of itself outside the best window.
    start = (np.arange(_STARTS) + 0.5) / _STARTS
    inside = 1.0 - np.minimum(start, 1.0 - start) * level.bin_s / level.duration_s
    mean = np.asarray(counts, float)[..., None] * inside
    variance = level.sigma_counts**2 + level.overdispersion * mean + (systematic_fraction * mean) ** 2
    return np.asarray(ndtr((mean - level.threshold_counts) / np.sqrt(variance)).mean(axis=-1))


def _fluence(seen: _Seen, confidence: float) -> float | None:
    """The fluence at which the chance to exceed the largest excess, averaged over the region, equals the confidence."""
    from scipy.optimize import brentq  # half a second that few wait for

    level = seen.level
    values, weights = _grouped(seen.per_count, seen.prob)

    def lacking(log_fluence: float) -> float:
        chance = detection_chance(level, np.exp(log_fluence) / values, seen.systematic_fraction)
        return float(chance @ weights) - confidence

    if values.size == 0:
        return None
    scale = float(np.median(values)) * (level.threshold_counts + level.sigma_counts)
    low, high = np.log(1e-3 * scale / _FAR), np.log(_FAR * scale)
    if lacking(high) <= 0.0 or lacking(low) >= 0.0:
        return None
    return float(np.exp(brentq(lacking, low, high, xtol=1e-6)))


def _grouped(per_count: FloatArray, prob: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Responses and probabilities of what is seen; many tiles are gathered into groups of like response."""
    seen = np.isfinite(per_count) & (per_count > 0.0) & (prob > 0.0)
    values, weights = per_count[seen], prob[seen]
    if values.size <= _GROUPS:
        return values, weights
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    group = np.minimum((np.cumsum(weights) / weights.sum() * _GROUPS).astype(int), _GROUPS - 1)
    total: FloatArray = np.bincount(group, weights, minlength=_GROUPS).astype(np.float64)
    mean: FloatArray = np.exp(np.bincount(group, weights * np.log(values), minlength=_GROUPS) / np.where(total > 0.0, total, 1.0))
    return mean[total > 0.0], total[total > 0.0]


def _covered(seen: _Seen, fluence: float, least_counts: float) -> float:
    """Probability of the tiles from which a burst of this fluence gives at least these counts."""
    in_sight = np.isfinite(seen.per_count) & (seen.per_count > 0.0)
    reached = in_sight & (seen.per_count * least_counts <= fluence * (1.0 + 1e-5))
    return min(1.0, float(seen.prob[reached].sum()))

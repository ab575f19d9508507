"""Several detectors as one: the sum of their excesses, weighted by how much of a burst each sees over its noise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from schemas import FloatArray

from .levels import LEAST_OF_BIN, CountLevel, shares_inside
from .rates import Rates, WindowExcess, sliding_excess

#: Between names of detectors that are taken together.
JOIN = "+"
#: A window is used where those detectors have it that carry this part of what all see.
_CARRIED = 0.9


@dataclasses.dataclass(frozen=True, eq=False)
class Combined:
    """A level of several detectors together, in counts of the first of them, and how they see the tiles.

    Attributes
    ----------
    level : CountLevel
    per_count : (n,) float64
        erg cm-2 per such count; infinite where none sees.
    """

    level: CountLevel
    per_count: FloatArray


def primary_first(detectors: Sequence[Rates]) -> tuple[Rates, ...]:
    """The detectors, that of the finest bins first: its bins are where windows begin."""
    return tuple(sorted(detectors, key=lambda rates: rates.bin_s))


def combine(
    detectors: Sequence[Rates],
    per_fluence: Mapping[str, FloatArray],
    probabilities: FloatArray,
    duration_s: float,
    association_window_s: tuple[float, float] = (-300.0, 300.0),
) -> Combined | None:
    """Take several detectors as one.

    The statistic is the same linear one for all directions: excesses weighted by the counts that a burst gives on the average of the
    localisation, over the variance. So it has one distribution, whatever the direction, and limits from it cover what they say; for a
    small localisation it is the best there is.

    Parameters
    ----------
    detectors : sequence of Rates
        Those of the same T0.
    per_fluence : {instrument: (n,)}
        Counts per erg cm-2 by tile; 0 where nothing is seen: `counts_per_fluence`.
    probabilities : (n,)
    duration_s : float
    association_window_s : (float, float)

    Returns
    -------
    Combined or None
        None where fewer than two detectors have a response and data: then there is nothing to combine.
    """
    known = [rates for rates in primary_first(detectors) if rates.instrument in per_fluence]
    if len(known) < 2:
        return None
    first = known[0]
    size = max(1, round(duration_s / first.bin_s))
    length_s = size * first.bin_s
    if duration_s < LEAST_OF_BIN * first.bin_s:
        return None
    parts = [
        _Part.of(
            rates, sliding_excess(rates, first, length_s, association_window_s), per_fluence[rates.instrument], probabilities
        )
        for rates in known
    ]
    parts = [part for part in parts if part.weight > 0.0]
    if len(parts) < 2 or parts[0].rates is not first:
        return None
    return _joined(parts, duration_s, length_s)


@dataclasses.dataclass(frozen=True, eq=False)
class _Part:
    """One detector in the sum: its excesses, and its counts per erg cm-2, (n,) by tile and on the average."""

    rates: Rates
    excess: WindowExcess
    per_fluence: FloatArray
    mean: float
    #: Weight in the sum: counts on the average over the variance, whose mean tells a coarse bin's changes with its phase.
    weight: float

    @classmethod
    def of(cls, rates: Rates, excess: WindowExcess, per_fluence: FloatArray, probabilities: FloatArray) -> _Part:
        mean = float(np.sum(probabilities * per_fluence) / np.sum(probabilities))
        return cls(rates, excess, per_fluence, mean, mean * excess.mean_precision)


def _joined(parts: Sequence[_Part], duration_s: float, length_s: float) -> Combined | None:
    from .kernels.combined import summed  # numba takes a quarter of a second to import

    first = parts[0]
    step_s = first.rates.bin_s
    share = np.array([part.weight for part in parts])
    mean = np.array([part.mean for part in parts])
    share = share * first.mean / float(share @ mean)
    carried = share * mean / first.mean
    counts, sigma = np.array([part.excess.counts for part in parts]), np.array([part.excess.sigma for part in parts])
    largest, variance, used = summed(counts, sigma, share, carried, _CARRIED)
    if not used:
        return None
    noise = float(np.sqrt(variance))
    # How fast the sum forgets itself as the window slides: each part over its own length, or its bin where that is longer.
    pace = float(carried @ np.array([1.0 / max(length_s, part.rates.bin_s) for part in parts]))
    steps = max(1.0, 1.0 / (pace * step_s))
    ratio = np.array([float(part.rates.overdispersion.at(length_s)) for part in parts])
    level = CountLevel(
        instrument=JOIN.join(part.rates.instrument for part in parts),
        duration_s=duration_s,
        threshold_counts=largest * noise,
        sigma_counts=noise,
        overdispersion=float(share**2 @ (ratio * mean)) / first.mean,
        steps=steps,
        windows=1.0 + (used - 1) / steps,
        inside=shares_inside(steps, steps),
    )
    per_fluence = share @ np.array([part.per_fluence for part in parts])
    with np.errstate(divide="ignore"):
        return Combined(level, np.asarray(1.0 / per_fluence))


def counts_per_fluence(per_count: FloatArray) -> FloatArray:
    """Counts per erg cm-2; 0 where nothing is seen."""
    seen = np.isfinite(per_count) & (per_count > 0.0)
    return np.where(seen, 1.0 / np.where(seen, per_count, 1.0), 0.0)

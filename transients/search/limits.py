"""Upper limits at a stated confidence, over a localisation (docs/methods.md, docs/decisions/0010-limits.md)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, LimitEntry
from transients.sky import weighted_quantile

from .chance import MissChance
from .groups import DistanceNodes, Groups
from .levels import CountLevel
from .published_limits import Responses, isotropic_erg

#: Response maps are known to this fraction (comparison of the maps with bursts of known flux; Savchenko et al. 2017).
SYSTEMATIC_FRACTION = 0.2
CONFIDENCES = (0.9, 0.9973)
#: Parts of the localisation's probability at which the depth over the map is told.
DEPTHS = (0.1, 0.25, 0.5, 0.75, 0.9)
#: Of them: the median, and the part whose least favourable direction is called the worst.
_MEDIAN, _WORST = 0.5, 0.9
#: Responses that differ by no more than this part are as good.
_EQUAL = 1e-5


def limits(
    levels: Sequence[CountLevel],
    responses: Responses,
    probabilities: npt.ArrayLike = 1.0,
    *,
    confidences: Sequence[float] = CONFIDENCES,
    systematic_fraction: float = SYSTEMATIC_FRACTION,
    distance_mpc: float | None = None,
    distances: DistanceNodes | None = None,
    in_sight: float = 1.0,
    depths: Sequence[float] = DEPTHS,
) -> tuple[LimitEntry, ...]:
    """The fluence below which a flat burst of the stated duration lies, anywhere in the searched window, with stated confidence.

    Neyman's construction on the largest excess S that was seen: a fluence F is excluded when a burst of it would, with at least the
    confidence, have made S larger. The chance is averaged over the localisation, the burst's place within a bin, and the systematic
    error of the response; other windows may hold S too. The limit is never below the one that the median of S without a burst would
    give (a power constraint; Cowan et al. 2011, arXiv:1105.3166): coverage is the confidence for all fluences above it, and 1 below.

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
        Of the response: a normal factor about 1 with this deviation.
    distance_mpc : float, optional
        Distance, for the isotropic energy where there are no `distances`.
    distances : DistanceNodes, optional
        Distances along the line of sight of each tile: the energy's limit is averaged over them.
    in_sight : float
        Part of the localisation that the tiles are: the rest was behind the Earth, and the limits do not speak of it.
    depths : sequence of float
        Parts of the localisation's probability at which the depth over the map is told; none, where nobody asks, saves sorting the map.

    Returns
    -------
    tuple of LimitEntry
        One per level, spectrum and confidence. `probability_covered` is the probability of the tiles where the limit is reached
        one by one, a part of the whole localisation. Where so much of the region is out of sight that the confidence cannot be
        reached, there is no entry.
    """
    prob = np.atleast_1d(np.asarray(probabilities, float))
    region = prob / prob.sum()
    chances = {id(level): MissChance.of(level, systematic_fraction) for level in levels}
    entries = []
    for (instrument, spectrum), response in responses.items():
        mine = [level for level in levels if level.instrument == instrument]
        if not mine:
            continue
        per_count = np.broadcast_to(np.asarray(response, float), region.shape)
        seen = _Seen(
            per_count,
            region,
            Groups.of(per_count, region),
            None if distances is None else distances.energies(per_count, region),
            systematic_fraction,
            distance_mpc,
            in_sight,
            tuple(depths),
        )
        for level in mine:
            found = (_entry(chances[id(level)], seen, spectrum, confidence) for confidence in confidences)
            entries += [entry for entry in found if entry is not None]
    return tuple(entries)


@dataclasses.dataclass(frozen=True, eq=False)
class _Seen:
    """How an instrument sees the region: fluence per count of each tile, and tiles of like response gathered.

    Attributes
    ----------
    per_count, prob : (n,) float64
    fluences, energies : Groups
        erg cm-2, and erg at the tiles' distances, per count; no energies where distances are not known.
    """

    per_count: FloatArray
    prob: FloatArray
    fluences: Groups
    energies: Groups | None
    systematic_fraction: float
    distance_mpc: float | None
    #: Part of the localisation that the region is.
    in_sight: float
    depths: tuple[float, ...]

    @cached_property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """Parts of the probability, and the response of the least favourable direction in the best seen tiles that hold them."""
        if not self.depths:
            return ()
        seen = np.isfinite(self.per_count) & (self.per_count > 0.0)
        total = self.in_sight * float(self.prob[seen].sum())
        parts = [part for part in self.depths if part < total or math.isclose(part, total)]
        if not parts:
            return ()
        share = np.minimum(np.array(parts) / total, 1.0)
        values = weighted_quantile(self.per_count[seen], self.prob[seen], share)
        return tuple((part, float(value)) for part, value in zip(parts, values, strict=True))

    def within(self, per_count: float) -> float:
        """Probability of the tiles that are seen at this response or better."""
        from .kernels.tiles import weight_below  # numba takes a quarter of a second to import

        return weight_below(self.per_count, self.prob, per_count * (1.0 + _EQUAL))


def _entry(chance: MissChance, seen: _Seen, spectrum: str, confidence: float) -> LimitEntry | None:
    """The limit at one confidence; None where it cannot be reached."""
    fluence = chance.limit(seen.fluences, confidence)
    expected = fluence if chance.at == chance.expected.at else chance.expected.limit(seen.fluences, confidence)
    least = chance.counts(confidence)
    if fluence is None or least is None:
        return None
    level = chance.level
    energy = isotropic_erg(fluence, seen.distance_mpc) if seen.energies is None else chance.limit(seen.energies, confidence)
    depths = tuple((part, least * per_count) for part, per_count in seen.parts)
    by_part = dict(depths)
    return LimitEntry(
        confidence=confidence,
        duration_s=level.duration_s,
        spectrum=spectrum,
        instrument=level.instrument,
        fluence_erg_cm2=fluence,
        expected_erg_cm2=expected,
        count_limit=least,
        probability_covered=seen.in_sight * min(1.0, seen.within(fluence / least)),
        median_erg_cm2=by_part.get(_MEDIAN),
        worst_erg_cm2=by_part.get(_WORST),
        depths=depths,
        eiso_erg=energy,
        liso_erg_s=None if energy is None else energy / level.duration_s,
        systematic_fraction=seen.systematic_fraction,
    )


def count_limit(level: CountLevel, confidence: float, systematic_fraction: float = SYSTEMATIC_FRACTION) -> float:
    """The limit in counts, for one direction.

    Raises
    ------
    ValueError
        Where no number of counts reaches the confidence.
    """
    found = MissChance.of(level, systematic_fraction).counts(confidence)
    if found is None:
        raise ValueError(f"no number of counts reaches a confidence of {confidence} with a systematic of {systematic_fraction}")
    return found

"""The limits at stated confidence: of each detector and of all together, as a function of duration and spectrum."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from schemas import EfficiencyCurve, FloatArray, LimitCurve, LimitEntry, Policy
from transients.search import (
    JOIN,
    DistanceNodes,
    Rates,
    combine,
    counts_per_fluence,
    efficiencies,
    levels_of,
    limit_curves,
    limits,
)
from transients.sky import SkyMap

#: Durations of the curves of limits, s.
CURVE_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 100.0)
#: Confidence of the curves.
CURVE_CONFIDENCE = 0.9


@dataclasses.dataclass(frozen=True)
class OwnLimits:
    """Limits at the policy's durations, as curves over durations, and how well bursts would have been found.

    `maps` has the limit of each direction by itself, erg cm-2 by tile, for spectrum and duration: of the detector, or of all together,
    that is expected to be deepest. Infinite or NaN where that one sees nothing.
    """

    limits: tuple[LimitEntry, ...] = ()
    curves: tuple[LimitCurve, ...] = ()
    efficiencies: tuple[EfficiencyCurve, ...] = ()
    maps: Mapping[tuple[str, float], FloatArray] = dataclasses.field(default_factory=dict)


def own_limits(
    detectors: Sequence[Rates],
    responses: Mapping[tuple[str, str], FloatArray],
    skymap: SkyMap,
    policy: Policy,
    distance_mpc: float | None,
    *,
    in_sight: float = 1.0,
) -> OwnLimits:
    """Limits of each detector, and of all together where that is expected to be deeper than the best alone.

    Which of them it is rests on the noise and the responses, not on what was seen: choosing so does not touch the coverage.

    Parameters
    ----------
    responses : {(instrument, spectrum): (n,)}
        erg cm-2 per count by tile of `skymap`.
    distance_mpc : float or None
        For the energy, where the map has no distances along the line of sight.
    in_sight : float
        Part of the localisation that the map is: the Earth hides the rest.
    """
    distances = None
    if skymap.distmu is not None and skymap.distsigma is not None:
        distances = DistanceNodes.of(skymap.distmu, skymap.distsigma)
    durations = tuple(sorted({*CURVE_S, *policy.durations_s}))
    every = [level for rates in detectors for level in levels_of(rates, durations, policy.association_window_s)]
    own = [level for level in every if level.duration_s in policy.durations_s]
    entries = limits(own, responses, skymap.prob, distance_mpc=distance_mpc, distances=distances, in_sight=in_sight)
    others = [level for level in every if level.duration_s not in policy.durations_s]
    curve = _of_curves(entries)
    curve += limits(others, responses, skymap.prob, confidences=(CURVE_CONFIDENCE,), depths=())
    found = efficiencies(own, responses, skymap.prob)
    best = _expected(curve)
    maps = {(e.spectrum, e.duration_s): e.count_limit * responses[e.instrument, e.spectrum] for e in _deepest(curve, policy)}
    for spectrum in dict.fromkeys(name for _, name in responses):
        per_fluence = _per_fluence(detectors, responses, spectrum)
        for duration in durations:
            together = combine(detectors, per_fluence, skymap.prob, duration, policy.association_window_s)
            if together is None:
                continue
            level, seen = (together.level,), {(together.level.instrument, spectrum): together.per_count}
            if duration in policy.durations_s:
                whole = limits(level, seen, skymap.prob, distance_mpc=distance_mpc, distances=distances, in_sight=in_sight)
                joint = _of_curves(whole)
            else:
                joint = limits(level, seen, skymap.prob, confidences=(CURVE_CONFIDENCE,), depths=())
            if not joint or (joint[0].expected_erg_cm2 or math.inf) > best.get((spectrum, duration), math.inf):
                continue
            curve += joint
            if duration in policy.durations_s:
                maps[spectrum, duration] = joint[0].count_limit * together.per_count
                entries += whole
                found += efficiencies(level, seen, skymap.prob)
    return OwnLimits(tuple(sorted(entries, key=_order)), limit_curves(curve), found, maps)


def _of_curves(entries: Sequence[LimitEntry]) -> tuple[LimitEntry, ...]:
    return tuple(entry for entry in entries if entry.confidence == CURVE_CONFIDENCE)


def _expected(entries: Sequence[LimitEntry]) -> dict[tuple[str, float], float]:
    """The deepest limit that any one detector would most likely give, by spectrum and duration."""
    best: dict[tuple[str, float], float] = {}
    for entry in entries:
        key = (entry.spectrum, entry.duration_s)
        best[key] = min(best.get(key, math.inf), entry.expected_erg_cm2 or math.inf)
    return best


def _deepest(entries: Sequence[LimitEntry], policy: Policy) -> tuple[LimitEntry, ...]:
    """Of each spectrum and duration of the policy, the one that is expected to be deepest."""
    order = sorted(entries, key=lambda entry: -(entry.expected_erg_cm2 or math.inf))
    return tuple({(e.spectrum, e.duration_s): e for e in order if e.duration_s in policy.durations_s}.values())


def _per_fluence(
    detectors: Sequence[Rates], responses: Mapping[tuple[str, str], FloatArray], spectrum: str
) -> dict[str, FloatArray]:
    """Counts per erg cm-2 by instrument, of those that have a response."""
    names = [rates.instrument for rates in detectors if (rates.instrument, spectrum) in responses]
    return {name: counts_per_fluence(responses[name, spectrum]) for name in names}


def _order(entry: LimitEntry) -> tuple[bool, str, float, str, float]:
    """All detectors together first."""
    return (JOIN not in entry.instrument, entry.spectrum, entry.duration_s, entry.instrument, entry.confidence)

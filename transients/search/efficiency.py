"""How likely a burst would have been found, against its fluence; and limits gathered as curves over duration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from schemas import EfficiencyCurve, LimitCurve, LimitEntry

from .chance import MissChance
from .detection import DETECTION_FAP
from .groups import Groups
from .levels import CountLevel
from .limits import SYSTEMATIC_FRACTION
from .maximum import quiet_quantile
from .published_limits import Responses

#: Fluences of a curve, in units of the one that is found half of the time.
_FLUENCES = np.array([0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0])
#: Curves are kept to so many digits.
_DIGITS = 4


def efficiencies(
    levels: Sequence[CountLevel],
    responses: Responses,
    probabilities: npt.ArrayLike = 1.0,
    *,
    systematic_fraction: float = SYSTEMATIC_FRACTION,
    false_alarm_probability: float = DETECTION_FAP,
) -> tuple[EfficiencyCurve, ...]:
    """Probability that a flat burst makes an excess that noise would give in the whole searched window with a small probability only.

    Averaged over the localisation, the burst's place in a bin, and the systematic error of the response, as the limits are. Noise is
    taken as normal; how spikes are told from bursts does not enter. Arguments as of `limits`; levels that rest on a given number of
    counts have no searched window and no curve.
    """
    prob = np.atleast_1d(np.asarray(probabilities, float))
    prob = prob / prob.sum()
    seen = {key: Groups.of(np.broadcast_to(np.asarray(each, float), prob.shape), prob) for key, each in responses.items()}
    found = []
    for level in levels:
        if level.windows <= 0.0:
            continue
        threshold = quiet_quantile(1.0 - false_alarm_probability, level.steps, level.windows)
        chance = MissChance.above(level, threshold, systematic_fraction)
        for (instrument, spectrum), groups in seen.items():
            if instrument != level.instrument:
                continue
            half = chance.limit(groups, 0.5)
            if half is None:
                continue
            fluence = half * _FLUENCES
            found.append(
                EfficiencyCurve(
                    instrument=instrument,
                    spectrum=spectrum,
                    duration_s=level.duration_s,
                    false_alarm_probability=false_alarm_probability,
                    threshold_snr=_short(threshold),
                    fluence_erg_cm2=tuple(_short(each) for each in fluence),
                    probability=tuple(_short(max(0.0, 1.0 - each)) for each in chance.over(groups, fluence)),
                )
            )
    return tuple(found)


def limit_curves(entries: Iterable[LimitEntry]) -> tuple[LimitCurve, ...]:
    """Entries of one instrument, spectrum and confidence as curves over duration; single ones make none."""
    kinds: dict[tuple[str, str, float], list[LimitEntry]] = {}
    for entry in entries:
        if entry.expected_erg_cm2 is not None:
            kinds.setdefault((entry.instrument, entry.spectrum, entry.confidence), []).append(entry)
    curves = []
    for (instrument, spectrum, confidence), found in kinds.items():
        if len(found) > 1:
            found.sort(key=lambda entry: entry.duration_s)
            curves.append(
                LimitCurve(
                    instrument=instrument,
                    spectrum=spectrum,
                    confidence=confidence,
                    duration_s=tuple(entry.duration_s for entry in found),
                    fluence_erg_cm2=tuple(_short(entry.fluence_erg_cm2) for entry in found),
                    expected_erg_cm2=tuple(_short(entry.expected_erg_cm2 or 0.0) for entry in found),
                )
            )
    return tuple(curves)


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

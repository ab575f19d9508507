"""Which excess is a detection, and the burst that it is part of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schemas import Excess

from .background import Background
from .burst import Burst, measure_burst, source_interval

#: A non-spike excess whose false-alarm probability is below this is a detection: the published class "likely".
DETECTION_FAP = 0.003


def detection(excesses: Sequence[Excess], window_s: tuple[float, float], background: Background) -> Excess | None:
    """The excess that is a detection; ties (probabilities of 0) go to the more significant.

    Of those that touch the association window `window_s`, are not of a spike's shape and have background on both sides, the
    one of least false-alarm probability, where that is below 0.003.
    """
    candidates = [
        (excess.fap, -excess.snr, excess)
        for excess in excesses
        if excess.fap is not None
        and excess.fap < DETECTION_FAP
        and not (excess.spike is not None and excess.spike.likely)
        and excess.t_start_s < window_s[1]
        and excess.t_start_s + excess.duration_s > window_s[0]
        and _is_enclosed(background, excess)
    ]
    return min(candidates, key=lambda found: found[:2])[2] if candidates else None


def burst_of(excess: Excess, background: Background, overdispersion: float) -> Burst:
    """The numbers of the burst about a detected excess; `overdispersion` of a native bin."""
    return measure_burst(background, *_interval(background, excess), overdispersion)


def _is_enclosed(background: Background, excess: Excess) -> bool:
    """Whether there is background on both sides: what reaches the end of the data may be a belt passage."""
    first, stop = _interval(background, excess)
    return first > 0 and stop < len(background.bins)


def _interval(background: Background, excess: Excess) -> tuple[int, int]:
    """First bin and the one after the last of the source's interval about an excess."""
    centre = background.bins.centre_s
    first = min(int(np.searchsorted(centre, excess.t_start_s)), len(centre) - 1)
    stop = max(int(np.searchsorted(centre, excess.t_start_s + excess.duration_s)), first + 1)
    return source_interval(background, first, stop)

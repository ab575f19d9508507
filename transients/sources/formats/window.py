"""The part of a light curve about an event: where one of another day is found out."""

from __future__ import annotations

import numpy as np

from schemas import Instant, LightCurve
from schemas.errors import NoData

from ..clock import seconds_between, shift


def select(lc: LightCurve, t0: Instant, half_width_s: float) -> LightCurve:
    """Bins whose centres lie in [t0 - half_width_s, t0 + half_width_s), in the light curve's own time frame.

    Raises
    ------
    NoData
        No bin is there; the message names both times.
    """
    offset = seconds_between(t0, lc.info.reference)
    centre = lc.centre_s - offset
    # Stamps jitter by microseconds about their grid: half a native bin would be too much, a tenth decides the same way always.
    slack = min(1e-3, 0.1 * lc.info.bin_s)
    keep = (centre >= -half_width_s - slack) & (centre < half_width_s - slack)
    if not keep.any():
        first, last = shift(lc.info.reference, float(lc.start_s[0])), shift(lc.info.reference, float(lc.stop_s[-1]))
        raise NoData(f"the light curve covers {first} to {last}, not {t0} within {half_width_s:g} s", where=lc.info.source)
    index = np.flatnonzero(keep)
    part = slice(int(index[0]), int(index[-1]) + 1)
    return LightCurve(
        start_s=lc.start_s[part].copy(), width_s=lc.width_s[part].copy(), counts=lc.counts[part].copy(), info=lc.info
    )

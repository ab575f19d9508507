"""IBIS/Veto: high bins that come at a fixed period are other data, and are taken out."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from schemas import LightCurve

from .clock import seconds_between

#: A bin this many robust sigmas above the median is a candidate; a burst's bins are, too, but they have no period.
_SIGMAS = 8.0
_LEAST_MARKS = 3


def without_periodic_bins(lc: LightCurve) -> LightCurve:
    """The light curve without single high bins that repeat at one period; unchanged when there are none.

    A period is taken as found when at least three candidates lie on it and every bin on it that the light curve has is a
    candidate. High bins off the period stay: they may be a burst.
    """
    period_phase = _period(lc)
    if period_phase is None:
        return lc
    period, phase = period_phase
    keep = _ticks(lc) % period != phase
    removed = int((~keep).sum())
    remark = f"{removed} high bins at a period of {period * lc.info.bin_s:g} s taken out: other data"
    info = msgspec.structs.replace(lc.info, remarks=(*lc.info.remarks, remark))
    return LightCurve(start_s=lc.start_s[keep].copy(), width_s=lc.width_s[keep].copy(), counts=lc.counts[keep].copy(), info=info)


def bins_kept(lc: LightCurve, longer: LightCurve) -> LightCurve:
    """The bins of a light curve that a longer one without its periodic bins has, too.

    A period of many minutes does not show in the few minutes about an event; it does in an hour. Unchanged where the two do not
    share most of their bins: then the longer one says nothing about this one.
    """
    offset_s = seconds_between(longer.info.reference, lc.info.reference)
    kept = np.round((longer.start_s + offset_s - lc.start_s[0]) / lc.info.bin_s)
    keep = np.isin(_ticks(lc), kept)
    removed = int((~keep).sum())
    if removed == 0 or 2 * removed > len(lc):
        return lc
    remark = f"{removed} high bins of a period taken out: other data"
    info = msgspec.structs.replace(lc.info, remarks=(*lc.info.remarks, remark))
    return LightCurve(start_s=lc.start_s[keep].copy(), width_s=lc.width_s[keep].copy(), counts=lc.counts[keep].copy(), info=info)


def _ticks(lc: LightCurve) -> npt.NDArray[np.int64]:
    return np.asarray(np.round((lc.start_s - lc.start_s[0]) / lc.info.bin_s), dtype=np.int64)


def _period(lc: LightCurve) -> tuple[int, int] | None:
    if len(lc) < 10:
        return None
    middle = float(np.median(lc.counts))
    sigma = max(1.4826 * float(np.median(np.abs(lc.counts - middle))), 1.0)
    ticks = _ticks(lc)
    high = lc.counts > middle + _SIGMAS * sigma
    marks = ticks[high]
    if len(marks) < _LEAST_MARKS:
        return None
    steps, times = np.unique(np.diff(marks), return_counts=True)
    for period in steps[np.argsort(-times, kind="stable")]:
        if period < 3:
            continue
        for mark in marks:
            phase = int(mark % period)
            on = ticks % period == phase
            if on.sum() >= _LEAST_MARKS and high[on].all():
                return int(period), phase
    return None

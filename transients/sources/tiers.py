"""Which data there is about an instant, and how fresh each tier is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from schemas import DataStatus, Instant

from ..missions.base import DataTier
from .clock import seconds_between

LiveTier = Literal["realtime", "nrt", "cons"]
Freshness = Literal["ONLINE", "Delayed", "OFFLINE"]
Interval = tuple[Instant, Instant]

#: Best first.
_ORDER: tuple[LiveTier, ...] = ("cons", "nrt", "realtime")


def overlap_s(intervals: Sequence[Interval], start: Instant, stop: Instant) -> float:
    """Seconds of [start, stop] that lie in the union of the intervals."""
    total, reached = 0.0, start
    for first, last in sorted(intervals):
        low, high = max(first, reached), min(last, stop)
        if high > low:
            total += seconds_between(high, low)
            reached = high
    return total


def data_status(
    window: Interval,
    coverage: Mapping[LiveTier, Sequence[Interval]],
    *,
    instrument: str,
    source: str,
    expected: Sequence[Interval] | None = None,
    simulated: bool = False,
) -> DataStatus:
    """The best tier that covers a window, else the one that covers most of it.

    CONS if its index covers the window, else NRT, else real-time if the window lies in the stream; if none covers it whole, the
    tier with the largest completeness (the better tier on equal terms); "none" when nothing overlaps.

    Parameters
    ----------
    window
        t0 -+ the half width.
    coverage
        Intervals with data, per tier.
    expected
        Intervals in which data was expected; the whole window when None. Completeness is observed over expected time.
    """
    start, stop = window
    possible = seconds_between(stop, start) if expected is None else overlap_s(expected, start, stop)
    best: tuple[float, LiveTier] | None = None
    for tier in _ORDER:
        observed = overlap_s(coverage.get(tier, ()), start, stop)
        completeness = min(observed / possible, 1.0) if possible > 0 else 0.0
        if completeness > 0 and (best is None or completeness > best[0]):
            best = (completeness, tier)
    if best is None:
        return DataStatus(instrument=instrument, tier="none", completeness=0.0, source=source, simulated=simulated)
    return DataStatus(
        instrument=instrument,
        tier="simulated" if simulated else best[1],
        completeness=best[0],
        source=source,
        simulated=simulated,
    )


def freshness(tier: DataTier, latency_s: float) -> Freshness:
    """The mission's word for how old a tier's newest data is."""
    if latency_s >= tier.delayed_s:
        return "OFFLINE"
    return "ONLINE" if latency_s < tier.online_s else "Delayed"

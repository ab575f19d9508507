"""What is expected of a mission's data from its planned gaps alone: for missions whose data no revolutions divide."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import DataExpectation, Instant

from .base import PlannedGap
from .times import seconds_between


def expectation_from_gaps(
    at: Instant, gaps: Sequence[PlannedGap], *, source: str = "orbit", error_s: float | None = None
) -> DataExpectation:
    """Whether data is expected at an instant, and when it breaks off or comes back.

    Parameters
    ----------
    at
    gaps
        Those about the instant, in time order; one that begins later than the last is not known.
    source
        What told the gaps.
    error_s
        Bound on the error of their ends.
    """
    within = next((gap for gap in gaps if gap.start <= at <= gap.stop), None)
    if within is not None:
        return DataExpectation(
            at=at,
            status="OFFLINE",
            last_data=within.start,
            next_data=within.stop,
            source=source,
            error_s=error_s,
            sentence=f"{within.reason} since {_span(within.start, at)}, next data in {_span(at, within.stop)}",
        )
    following = next((gap for gap in gaps if gap.start > at), None)
    sentence = "no break in data is known ahead"
    if following is not None:
        length = _span(following.start, following.stop)
        sentence = f"next break in data in {_span(at, following.start)}: {following.start.utc}, {following.reason}, for {length}"
    return DataExpectation(at=at, status="ONLINE", source=source, error_s=error_s, sentence=sentence)


def _span(start: Instant, stop: Instant) -> str:
    """A length of time for people: minutes below two hours, else hours."""
    seconds = seconds_between(stop, start)
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} hr"

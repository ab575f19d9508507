"""What an assessment comes to, in one word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from schemas import DataStatus, Event, Geometry, SearchResult
from transients.report.facts import HIDDEN_CAVEAT
from transients.report.numbers import percent
from transients.sky import LEAST_HIDDEN

Verdict = Literal["detection", "non-detection", "inactive", "no-data", "retracted", "pending"]


def verdict(
    event: Event, geometry: Geometry | None, data: Sequence[DataStatus], searches: Sequence[SearchResult], *, searched: bool
) -> Verdict:
    """Name the result.

    A retraction outranks everything. A search gives detection, or non-detection where T0 lies in what it saw. Without data at T0
    it is "inactive" when the spacecraft was not expected to give any, else "no-data". Before the search it is "pending", unless a
    break in the data was expected: then nothing is waited for.
    """
    if event.state == "retracted":
        return "retracted"
    if any(result.detection for result in searches):
        return "detection"
    if any(_saw_t0(result) for result in searches):
        return "non-detection"
    offline = geometry is not None and geometry.expectation is not None and geometry.expectation.status == "OFFLINE"
    if offline and (searches or not any(status.completeness > 0 for status in data)):
        return "inactive"
    return "no-data" if searched else "pending"


def out_of_sight(geometry: Geometry | None) -> tuple[str, ...]:
    """What has to be told beside the word, where the Earth hid enough of the localisation to matter."""
    seen = None if geometry is None else geometry.visibility
    if seen is None or seen.earth_fraction is None or seen.earth_fraction < LEAST_HIDDEN:
        return ()
    return (f"{HIDDEN_CAVEAT} {percent(seen.earth_fraction)} of the localisation.",)


def _saw_t0(result: SearchResult) -> bool:
    return result.window_s[0] <= 0.0 <= result.window_s[1] and result.gap_at_t0_s is None

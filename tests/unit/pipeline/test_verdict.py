"""The verdict: every branch."""

from __future__ import annotations

from typing import Any

import msgspec
import outgoing_samples as samples
import pytest
from journey_samples import event

from schemas import DataStatus
from transients.pipeline.verdict import verdict

ONLINE, OFFLINE = samples.geometry(), samples.geometry(expectation=samples.expectation("OFFLINE"))
UNKNOWN = samples.geometry(expectation=None)
QUIET = samples.quiet_search()
#: Data began four minutes after T0.
LATE = msgspec.structs.replace(QUIET, window_s=(233.2, 300.0))
FOUND = msgspec.structs.replace(QUIET, detection=True)
THERE = DataStatus(instrument="SPI-ACS", tier="cons", completeness=0.5, source="x")
NONE = DataStatus(instrument="SPI-ACS", tier="none", completeness=0.0, source="x")


@pytest.mark.parametrize(
    ("state", "geometry", "data", "searches", "searched", "word"),
    [
        ("retracted", ONLINE, (THERE,), (FOUND,), True, "retracted"),
        ("retracted", None, (), (), False, "retracted"),
        ("active", ONLINE, (THERE,), (FOUND,), True, "detection"),
        ("active", ONLINE, (THERE,), (QUIET,), True, "non-detection"),
        ("active", ONLINE, (THERE,), (QUIET, FOUND), True, "detection"),
        ("active", OFFLINE, (THERE,), (QUIET,), True, "non-detection"),
        ("active", OFFLINE, (THERE,), (LATE,), True, "inactive"),
        ("active", ONLINE, (THERE,), (LATE,), True, "no-data"),
        ("active", ONLINE, (THERE,), (msgspec.structs.replace(LATE, detection=True),), True, "detection"),
        ("active", OFFLINE, (NONE,), (), True, "inactive"),
        ("active", OFFLINE, (), (), False, "inactive"),
        ("active", OFFLINE, (THERE,), (), True, "no-data"),
        ("active", OFFLINE, (THERE,), (), False, "pending"),
        ("active", ONLINE, (NONE,), (), True, "no-data"),
        ("active", ONLINE, (), (), False, "pending"),
        ("active", UNKNOWN, (), (), False, "pending"),
        ("active", UNKNOWN, (NONE,), (), True, "no-data"),
        ("active", None, (), (), True, "no-data"),
        ("active", None, (), (), False, "pending"),
    ],
)
def test_the_verdict(state: str, geometry: Any, data: Any, searches: Any, searched: bool, word: str) -> None:
    assert verdict(event(state=state), geometry, data, searches, searched=searched) == word


def test_a_gap_that_holds_t0_is_no_non_detection() -> None:
    holed = msgspec.structs.replace(QUIET, gap_at_t0_s=(-2.0, 3.0))
    assert verdict(event(), ONLINE, (THERE,), (holed,), searched=True) == "no-data"
    assert verdict(event(), ONLINE, (THERE,), (holed, QUIET), searched=True) == "non-detection"

"""Which tier has the data, and how fresh it is."""

from __future__ import annotations

import pytest

from schemas import Instant
from transients.missions.base import DataTier
from transients.missions.integral.operations import TIERS
from transients.sources import data_status, freshness
from transients.sources.tiers import overlap_s


def at(minute: float) -> Instant:
    return Instant.parse(f"2023-05-19T15:{int(minute):02d}:{round(minute % 1 * 60):02d}")


WINDOW = (at(10), at(20))


def status(**coverage: list[tuple[Instant, Instant]]) -> tuple[str, float]:
    found = data_status(WINDOW, coverage, instrument="SPI-ACS", source="test")  # type: ignore[arg-type]
    return found.tier, found.completeness


def test_the_best_tier_that_covers_rules() -> None:
    whole = [(at(0), at(30))]
    assert status(cons=whole, nrt=whole, realtime=whole) == ("cons", 1.0)
    assert status(nrt=whole, realtime=whole) == ("nrt", 1.0)
    assert status(realtime=whole) == ("realtime", 1.0)
    assert status() == ("none", 0.0)
    assert status(cons=[(at(0), at(10))]) == ("none", 0.0)


def test_a_partial_better_tier_gives_way_to_a_whole_lesser_one() -> None:
    assert status(cons=[(at(0), at(15))], nrt=[(at(0), at(30))]) == ("nrt", 1.0)
    assert status(cons=[(at(0), at(15))], nrt=[(at(0), at(15))]) == ("cons", 0.5)


def test_completeness_is_of_the_expected_time() -> None:
    found = data_status(
        WINDOW, {"nrt": [(at(10), at(14))]}, instrument="SPI-ACS", source="test", expected=[(at(5), at(15))], simulated=True
    )
    assert found.completeness == pytest.approx(0.8)
    assert found.tier == "simulated"
    assert found.simulated


def test_overlapping_intervals_count_once() -> None:
    assert overlap_s([(at(10), at(14)), (at(12), at(15)), (at(11), at(12))], *WINDOW) == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("tier", "latency_s", "word"),
    [
        ("realtime", 66.0, "ONLINE"),
        ("realtime", 0.0, "ONLINE"),
        ("realtime", 120.0, "Delayed"),
        ("realtime", 3600.0, "OFFLINE"),
        ("nrt", 1.2 * 3600, "ONLINE"),
        ("nrt", 2 * 3600.0, "Delayed"),
        ("nrt", 10 * 3600.0, "OFFLINE"),
        ("cons", 25 * 86400.0, "ONLINE"),
        ("cons", 50 * 86400.0, "Delayed"),
        ("cons", 100 * 86400.0, "OFFLINE"),
    ],
)
def test_integrals_words(tier: str, latency_s: float, word: str) -> None:
    assert freshness(next(known for known in TIERS if known.name == tier), latency_s) == word


def test_the_words_are_the_missions() -> None:
    slow = DataTier("realtime", 0.0, 1e6, 2e6)
    assert [freshness(slow, age) for age in (9e5, 1e6, 2e6)] == ["ONLINE", "Delayed", "OFFLINE"]

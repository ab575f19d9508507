"""When better data is looked for, and which job goes first."""

from __future__ import annotations

import itertools

import pytest

from schemas import DataStatus
from transients.missions.base import DataTier
from transients.missions.integral.operations import TIERS
from transients.service.later_data import look_again_s, looks, spans
from transients.service.priorities import ARCHIVE_AGE_S, Work, priority
from transients.store.queue import FIRST_PRIORITY

HOUR, DAY = 3600.0, 86400.0


def had(tier: str, instrument: str = "SPI-ACS") -> tuple[DataStatus, ...]:
    return (DataStatus(instrument=instrument, tier=tier, completeness=1.0, source="s"),)


def test_near_real_time_from_an_hour_and_consolidated_from_two_weeks() -> None:
    assert looks(TIERS, 60.0) == {"nrt": HOUR, "cons": 14 * DAY}
    assert looks(TIERS, 2 * HOUR) == {"nrt": 2 * HOUR, "cons": 14 * DAY}
    assert looks(TIERS, 20 * DAY) == {"cons": 20 * DAY}
    assert looks(TIERS, 91 * DAY) == {}


@pytest.mark.parametrize(("tier", "data", "age_s", "again_s"), [
    ("nrt", had("realtime"), HOUR, 600.0),
    ("nrt", had("none"), 10 * HOUR, HOUR),
    ("nrt", had("realtime"), 10 * DAY, 6 * HOUR),
    ("nrt", had("nrt"), HOUR, None),
    ("nrt", had("cons"), HOUR, None),
    ("nrt", had("archive"), HOUR, None),
    ("nrt", had("realtime"), 14 * DAY, None),
    ("cons", had("nrt"), 14 * DAY, DAY),
    ("cons", (), 14 * DAY, DAY),
    ("cons", had("cons"), 14 * DAY, None),
    ("cons", had("simulated"), 14 * DAY, None),
    ("cons", had("nrt"), 90 * DAY, None),
    ("nrt", had("cons", "IBIS/Veto") + had("realtime"), HOUR, 600.0),
    ("search", had("none"), HOUR, None),
    ("geometry", (), HOUR, None),
    ("again", had("realtime"), HOUR, None),
])  # fmt: skip
def test_a_tier_is_looked_for_until_it_is_there(
    tier: str, data: tuple[DataStatus, ...], age_s: float, again_s: float | None
) -> None:
    assert look_again_s(tier, data, "SPI-ACS", age_s, TIERS) == again_s


def test_a_mission_says_when_its_tiers_come() -> None:
    tiers = (DataTier("realtime", 600.0, 900.0, 7200.0), DataTier("cons", 5 * DAY, 10 * DAY, 20 * DAY))
    assert spans(tiers) == {"cons": (2.5 * DAY, 90 * DAY)}
    assert spans(tiers[:1]) == {}
    assert looks(tiers, 60.0) == {"cons": 2.5 * DAY}
    assert look_again_s("nrt", had("realtime"), "SPI-ACS", HOUR, tiers) is None
    late = (DataTier("cons", 200 * DAY, 300 * DAY, 400 * DAY),)
    assert spans(late) == {"cons": (100 * DAY, 600 * DAY)}


def test_looking_ends() -> None:
    age_s, count = spans(TIERS)["nrt"][0], 0
    while (again_s := look_again_s("nrt", had("realtime"), "SPI-ACS", age_s, TIERS)) is not None:
        age_s, count = age_s + again_s, count + 1
    assert spans(TIERS)["nrt"][1] <= age_s < spans(TIERS)["nrt"][1] + 6 * HOUR
    assert count < 120


def test_the_order_of_work() -> None:
    of_now: tuple[Work, ...] = ("tell", "geometry", "search", "asked", "draw", "publish", "nrt", "cons")
    archived: tuple[Work, ...] = ("geometry", "search", "draw", "publish", "nrt", "cons", "again")
    order = [*(priority(work, 60.0) for work in of_now), *(priority(work, ARCHIVE_AGE_S + 1.0) for work in archived)]
    assert all(a > b for a, b in itertools.pairwise(order))
    # Whoever is told is told of it, whatever it is about; a person who waits waits for the archive too.
    assert priority("tell", 1e9) == priority("tell")
    assert priority("asked", 1e9) == priority("asked")


def test_telling_people_and_a_first_look_need_not_wait_for_what_is_at_work() -> None:
    assert priority("tell") > priority("geometry", 60.0) == FIRST_PRIORITY > priority("search", 60.0)
    assert priority("geometry", ARCHIVE_AGE_S + 1.0) < FIRST_PRIORITY

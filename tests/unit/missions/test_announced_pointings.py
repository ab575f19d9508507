"""Which announced pointing holds at an instant, and with what error."""

from __future__ import annotations

import pytest

from schemas import Instant, PointingUpdate, Role
from schemas.errors import NoData
from transients.missions import shift
from transients.missions.announced import AnnouncedPointings, AnnouncementRule
from transients.missions.integral import attitude_from_x
from transients.missions.integral.operations import SLEW

T = Instant(utc="2023-05-18T12:00:00")


def update(
    minutes: float, ra_deg: float, dec_deg: float = 0.0, lead_s: float | None = 100.0, role: Role = "utility"
) -> PointingUpdate:
    at = shift(T, 60 * minutes)
    issued = None if lead_s is None else shift(at, -lead_s)
    return PointingUpdate(
        kind="INTEGRAL_POINTDIR", mission="INTEGRAL", time=at, ra_deg=ra_deg, dec_deg=dec_deg, role=role, issued=issued
    )


def announced(*updates: PointingUpdate) -> AnnouncedPointings:
    return AnnouncedPointings(updates, attitude_from_x, SLEW)


def test_the_last_whose_time_has_come_holds() -> None:
    three = announced(update(60, 4.0), update(0, 0.0), update(30, 2.0))
    for minutes, ra in ((0, 0.0), (28, 0.0), (30, 2.0), (57, 2.0), (61, 4.0), (120, 4.0)):
        found = three.attitude(shift(T, 60 * minutes))
        assert (found.x_ra_deg, found.source) == (ra, "notice")
        assert (found.error_deg, found.roll_error_deg) == (AnnouncementRule().error_deg, 3.0)
    with pytest.raises(NoData, match="before 2023-05-18T11:59:59"):
        three.attitude(shift(T, -1))


def test_on_the_way_it_lies_between_with_the_way_as_error() -> None:
    two = announced(update(0, 0.0), update(30, 2.0))
    # The slew takes from the notice's issue to its time: 28:20 to 30:00.
    middle = two.attitude(shift(T, 1800 - 50))
    assert middle.x_ra_deg == pytest.approx(1.0, abs=1e-6)
    assert middle.error_deg == pytest.approx(1.03, abs=1e-6)
    early = two.attitude(shift(T, 1800 - 90))
    assert (early.x_ra_deg, early.error_deg) == (pytest.approx(0.2, abs=1e-6), pytest.approx(1.83, abs=1e-6))


@pytest.mark.parametrize("lead_s", [None, -400.0, 90_000.0])
def test_where_the_issue_cannot_be_the_beginning_the_slew_model_tells(lead_s: float | None) -> None:
    two = announced(update(0, 0.0), update(40, 90.0, lead_s=lead_s))
    # 90 deg at 185 arcsec/s are 1751 s, and 22 min for the wheels: longer than since the pointing before.
    assert two.attitude(shift(T, 60 * 20)).error_deg == pytest.approx(45.03, abs=0.01)
    short = announced(update(0, 0.0), update(40, 2.0, lead_s=lead_s))
    assert short.attitude(shift(T, 60 * 39)).x_ra_deg == 0.0


def test_when_a_notice_may_be_missing() -> None:
    # The next shows that the same field was still observed.
    same = announced(update(0, 0.0), update(120, 2.17)).attitude(shift(T, 60 * 100))
    assert (same.x_ra_deg, same.error_deg) == (0.0, 5.0)
    for late in (
        announced(update(0, 0.0)),
        announced(update(0, 0.0), update(120, 40.0)),
        announced(update(0, 0.0), update(400, 1.0)),
    ):
        late.attitude(shift(T, 60 * 74))
        with pytest.raises(NoData, match="may be missing"):
            late.attitude(shift(T, 60 * 76 if late.settled[-1].ra_deg != 1.0 else 60 * 190))


def test_tests_and_repetitions_are_left_out_and_the_later_word_holds() -> None:
    found = announced(
        update(0, 0.0),
        update(0, 0.0),
        update(10, 100.0, role="test"),
        update(20, 3.0, lead_s=600.0),
        update(20, 1.0, lead_s=50.0),
    )
    assert [each.ra_deg for each in found.settled] == [0.0, 1.0]


def test_pointings_last_to_the_next_slew_or_their_longest() -> None:
    found = announced(update(0, 0.0), update(30, 2.0), update(600, 4.0)).pointings(T, shift(T, 86400))
    assert [p.scw_id for p in found] == [
        "notice 2023-05-18T12:00:00", "notice 2023-05-18T12:30:00", "notice 2023-05-18T22:00:00"
    ]  # fmt: skip
    assert (found[0].start, found[0].stop) == (T, shift(T, 1700))
    assert found[1].stop == shift(T, 1800 + 4500)
    assert all(p.kind == "pointing" and p.z_ra_deg is None and p.live_fraction is None for p in found)
    with pytest.raises(NoData):
        announced(update(0, 0.0), update(30, 2.0)).pointings(shift(T, 1720), shift(T, 1780))

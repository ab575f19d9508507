"""What a mission that has nothing special answers."""

from __future__ import annotations

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord

from schemas import Instant
from transients.missions import to_time
from transients.missions.plain import PlainMission

AT = Instant(utc="2024-06-01T12:00:00")


def test_what_it_has_not_is_none() -> None:
    plain = PlainMission()
    assert (plain.revolution(to_time(AT)), plain.science_window_time("264100200010"), plain.imager) == (None, None, None)
    assert (plain.planned_gaps(AT, AT), plain.limiting, plain.patterns) == ((), (), ())
    found = plain.expectation(AT)
    assert (found.status, found.sentence) == ("ONLINE", "no break in data is known ahead")


@pytest.mark.parametrize(("ra", "dec"), [(0.0, 0.0), (123.0, -45.0), (10.0, 89.0), (0.0, 90.0), (0.0, -90.0)])
def test_its_axes_are_at_right_angles_and_its_roll_is_open(ra: float, dec: float) -> None:
    found = PlainMission().attitude_from_x(SkyCoord(ra * u.deg, dec * u.deg), AT, "axes", 0.5)
    x, z = (SkyCoord(*pair, unit="deg") for pair in ((found.x_ra_deg, found.x_dec_deg), (found.z_ra_deg, found.z_dec_deg)))
    assert float(x.separation(z).deg) == pytest.approx(90.0, abs=1e-9)
    assert (found.x_dec_deg, found.error_deg, found.roll_error_deg) == (pytest.approx(dec), 0.5, 180.0)


@pytest.mark.parametrize(("theta", "word"), [(0.0, "front"), (60.0, "side"), (120.0, "side"), (121.0, "back")])
def test_its_words(theta: float, word: str) -> None:
    assert PlainMission().orientation_word(theta, 0.0) == word


def test_where_it_may_point() -> None:
    plain = PlainMission()
    assert plain.constraint().text == "Sun 0 to 180 deg, Earth limb beyond 0 deg"
    assert plain.constraint(30.0).text == "Sun 60 to 120 deg, Earth limb beyond 0 deg"

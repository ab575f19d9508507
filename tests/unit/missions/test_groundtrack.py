"""The place under a spacecraft against skyfield, and regions on the ground."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from skyfield.api import EarthSatellite, load, wgs84
from skyfield.framelib import itrs

from schemas.errors import RefusedInput
from transients.missions.groundtrack import GroundRegion, ground_position, stretches
from transients.missions.tle import read_tles

LINES = (
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
)
#: A crude outline of the South Atlantic Anomaly at 500 km.
SAA = GroundRegion("SAA", ((-90.0, -30.0), (-60.0, 0.0), (0.0, -10.0), (40.0, -40.0), (0.0, -50.0), (-70.0, -50.0)))


def test_against_skyfield() -> None:
    (orbit,) = read_tles("\n".join(LINES), "iss.tle")
    time = orbit.epoch + np.linspace(0, 0.5, 25) * u.day
    lon, lat = ground_position(time, orbit.position_km(time))
    scale = load.timescale(builtin=True)
    there = EarthSatellite(*LINES, None, scale).at(scale.from_astropy(time))
    latitude, longitude, _ = there.frame_latlon(itrs)
    assert np.abs(lat.to_value(u.deg) - latitude.degrees).max() < 1e-3
    assert np.abs((lon.to_value(u.deg) - longitude.degrees + 180) % 360 - 180).max() < 1e-3
    # Its geodetic latitude, which maps show, is up to 0.2 deg more.
    assert np.abs(lat.to_value(u.deg) - wgs84.subpoint_of(there).latitude.degrees).max() < 0.2


def test_regions_against_what_is_seen_by_hand() -> None:
    inside = SAA.contains([-50.0, -45.0, 0.0, 100.0, -50.0, -60.0], [-25.0, -24.0, -30.0, -30.0, 30.0, -60.0])
    assert inside.tolist() == [True, True, True, False, False, False]
    # The longitude's whole turns do not matter, nor does the sense of the corners.
    assert SAA.contains([310.0, -410.0], -25.0).tolist() == [True, True]
    assert bool(GroundRegion("other way", SAA.corners[::-1]).contains(-50.0, -25.0))


def test_a_region_across_the_date_line() -> None:
    pacific = GroundRegion("Pacific", ((170.0, -10.0), (170.0, 10.0), (-160.0, 10.0), (-160.0, -10.0)))
    assert pacific.contains([175.0, 180.0, -180.0, -170.0, 165.0, -155.0, 0.0], 0.0).tolist() == [True] * 4 + [False] * 3


def test_area_of_a_region_by_counting() -> None:
    """A convex polygon's even-odd interior has the area that the shoelace formula gives."""
    lon, lat = np.meshgrid(np.arange(-100, 60, 0.25) + 0.125, np.arange(-60, 10, 0.25) + 0.125)
    counted = SAA.contains(lon, lat).sum() * 0.25**2
    x, y = np.array(SAA.corners).T
    shoelace = 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
    assert counted == pytest.approx(shoelace, rel=2e-3)


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        (((0.0, 0.0), (1.0, 1.0)), "fewer than three"),
        (((0.0, 0.0), (1.0, 91.0), (2.0, 0.0)), "no longitude"),
        (((0.0, 60.0), (120.0, 60.0), (240.0, 60.0)), "pole"),
    ],
)
def test_regions_that_are_none(corners: tuple[tuple[float, float], ...], message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        GroundRegion("test", corners)


def test_passages_through_a_region() -> None:
    (orbit,) = read_tles("\n".join(LINES), "iss.tle")
    seconds = np.arange(0.0, 86400.0, 10.0)
    time = orbit.epoch + seconds * u.s
    inside = SAA.contains(*(angle.to_value(u.deg) for angle in ground_position(time, orbit.position_km(time))))
    found = stretches(seconds, inside)
    assert len(found) == int(inside[0]) + int(np.sum(inside[1:] & ~inside[:-1]))
    assert len(found) >= 5
    assert all(60 < stop - start < 40 * 60 for start, stop in found)
    assert sum(stop - start for start, stop in found) == pytest.approx(10.0 * inside.sum(), abs=20.0)
    for start, stop in found:
        assert inside[(seconds > start) & (seconds < stop)].all()


def test_stretches_at_the_ends() -> None:
    assert stretches([0.0, 1.0, 2.0, 3.0], np.array([True, False, False, True])) == ((0.0, 0.5), (2.5, 3.0))
    assert stretches([0.0, 1.0], np.array([False, False])) == ()
    assert stretches([0.0, 1.0], np.array([True, True])) == ((0.0, 1.0),)
    assert stretches([], np.array([], dtype=bool)) == ()

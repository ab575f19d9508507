"""Sun, Moon, Earth, light travel."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import Instant, OrbitState
from transients.missions import (
    earth_angular_radius,
    earth_direction,
    ijd,
    light_travel,
    moon_direction,
    sun_direction,
    to_time,
)

GRB_230307A = SkyCoord(60.82, -75.38, unit="deg")
ORBIT = OrbitState(
    at=Instant.parse("2023-03-07T15:44:06.67"), ra_deg=198.394, dec_deg=71.787, distance_km=143490.5, source="recorded"
)


def almanac_sun(time: Time) -> SkyCoord:
    """The Sun by the low-precision formula of the Astronomical Almanac (0.01 deg), taken back to the equinox of 2000."""
    n = ijd(time) - 0.5
    anomaly = np.radians((357.528 + 0.9856003 * n) % 360)
    longitude = 280.460 + 0.9856474 * n + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly)
    longitude = np.radians(longitude - 50.29 / 3600 * n / 365.25)
    tilt = np.radians(23.4393)
    vector = [np.cos(longitude), np.cos(tilt) * np.sin(longitude), np.sin(tilt) * np.sin(longitude)]
    return SkyCoord(*vector, representation_type="cartesian").icrs


@pytest.mark.parametrize("utc", ["2003-01-01T00:00:00", "2009-04-01T02:20:00", "2017-06-08T02:01:16", "2023-05-21T05:30:43"])
def test_sun_against_the_almanac(utc: str) -> None:
    time = to_time(Instant.parse(utc))
    assert sun_direction(time).separation(almanac_sun(time)).deg < 0.03


def test_sun_is_not_seen_from_the_barycentre() -> None:
    time = to_time(Instant.parse("2023-03-20T21:24:00"))
    # At the March equinox the Sun stands at RA 0 of date, 0.3 deg short of it in the axes of 2000.
    assert sun_direction(time).separation(SkyCoord(359.70, -0.13, unit="deg")).deg < 0.05


def test_moon_in_eclipses() -> None:
    lunar, solar = (to_time(Instant.parse(utc)) for utc in ("2022-11-08T10:59:00", "2024-04-08T18:17:00"))
    assert moon_direction(lunar).separation(sun_direction(lunar)).deg > 179.5
    assert moon_direction(solar).separation(sun_direction(solar)).deg < 0.4


def test_moon_from_the_spacecraft_is_shifted_away_from_it() -> None:
    time = to_time(ORBIT.at)
    geocentric, seen = moon_direction(time), moon_direction(time, ORBIT)
    toward = SkyCoord(ORBIT.ra_deg, ORBIT.dec_deg, unit="deg")
    shift = geocentric.separation(seen).deg
    expected = np.degrees(143490.5 * np.sin(geocentric.separation(toward).rad) / 390_000)
    assert shift == pytest.approx(expected, rel=0.35)
    assert seen.separation(toward) > geocentric.separation(toward)


def test_earth_from_the_spacecraft() -> None:
    assert earth_direction(ORBIT).separation(SkyCoord(18.394, -71.787, unit="deg")).arcsec < 0.01
    assert earth_angular_radius(ORBIT).to_value(u.deg) == pytest.approx(2.5448, abs=1e-4)
    low = OrbitState(at=ORBIT.at, ra_deg=0, dec_deg=0, distance_km=60_000, source="x")
    assert earth_angular_radius(low).to_value(u.deg) == pytest.approx(6.1, abs=0.01)


def test_light_travel_of_grb_230307a() -> None:
    assert light_travel(GRB_230307A, ORBIT).to_value(u.s) == pytest.approx(-0.468, abs=5e-4)


def test_light_travel_is_greatest_along_the_line() -> None:
    ahead = light_travel(SkyCoord(198.394, 71.787, unit="deg"), ORBIT).to_value(u.s)
    assert ahead == pytest.approx(143490.5 / 299792.458, rel=1e-12)
    assert light_travel(earth_direction(ORBIT), ORBIT).to_value(u.s) == pytest.approx(-ahead, rel=1e-12)

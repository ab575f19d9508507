"""Sun, Moon and Earth about a low and a high orbit, against formulas of our own making and skyfield's satellites.

The truth tables hold, for a dozen instants and directions, whether a Sun, a Moon and an Earth-limb constraint allow each: from the
almanac's low-precision Sun (0.01 deg) and Moon (0.3 deg), from skyfield's place of the satellite, and from plane trigonometry.
"""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.time import Time
from skyfield.api import EarthSatellite, load

from transients.missions.bodies import MOON_RADIUS_KM
from transients.missions.constraints import EarthLimb, MoonLimb, SunAngle
from transients.missions.surroundings import surroundings
from transients.missions.tle import read_tles

#: A low orbit, and one of 12 h out to 46 000 km.
ORBITS = {
    "low": (
        "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
        "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
    ),
    "high": (
        "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813",
        "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656",
    ),
}


def _of_date(n: float, longitude_deg: float, latitude_deg: float) -> np.ndarray:
    """Ecliptic of date to equatorial J2000, by the general precession in longitude alone."""
    lon, lat, tilt = np.radians([longitude_deg - 3.8247e-5 * n, latitude_deg, 23.4393])
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    return np.array([x, y * np.cos(tilt) - z * np.sin(tilt), y * np.sin(tilt) + z * np.cos(tilt)])


def almanac_sun(n: float) -> np.ndarray:
    """Unit vector; n in days since J2000 (Astronomical Almanac, page C5)."""
    mean, anomaly = 280.460 + 0.9856474 * n, np.radians(357.528 + 0.9856003 * n)
    return _of_date(n, mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly), 0.0)


def almanac_moon_km(n: float) -> np.ndarray:
    """Geocentric vector, km (Astronomical Almanac, page D46)."""
    t = n / 36525
    sines = [
        (6.29, 134.9, 477198.85), (-1.27, 259.2, -413335.38), (0.66, 235.7, 890534.23),
        (0.21, 269.9, 954397.70), (-0.19, 357.5, 35999.05), (-0.11, 186.6, 966404.05),
    ]  # fmt: skip
    longitude = 218.32 + 481267.883 * t + sum(a * np.sin(np.radians(b + c * t)) for a, b, c in sines)
    above = [(5.13, 93.3, 483202.03), (0.28, 228.2, 960400.87), (-0.28, 318.3, 6003.18), (-0.17, 217.6, -407332.20)]
    latitude = sum(a * np.sin(np.radians(b + c * t)) for a, b, c in above)
    lengths = [(0.0518, 134.9, 477198.85), (0.0095, 259.2, -413335.38), (0.0078, 235.7, 890534.23), (0.0028, 269.9, 954397.70)]
    parallax = 0.9508 + sum(a * np.cos(np.radians(b + c * t)) for a, b, c in lengths)
    return 6378.14 / np.sin(np.radians(parallax)) * _of_date(n, longitude, latitude)


@pytest.fixture(scope="module", params=list(ORBITS))
def case(request: pytest.FixtureRequest) -> tuple[Time, np.ndarray, np.ndarray]:
    """A dozen instants over two orbits, our place of the satellite, skyfield's."""
    lines = ORBITS[request.param]
    (orbit,) = read_tles("\n".join(lines), request.param)
    period_d = 2 * np.pi / orbit.satellite.no_kozai / 1440
    time = orbit.epoch + u.day * np.linspace(0.03, 2 * period_d + 0.03, 12)
    scale = load.timescale(builtin=True)
    there = EarthSatellite(*lines, None, scale).at(scale.from_astropy(time)).position.km.T
    return time, orbit.position_km(time), there


def _days(time: Time) -> np.ndarray:
    return np.asarray(time.tt.jd - 2451545.0)


def test_sun(case: tuple[Time, np.ndarray, np.ndarray]) -> None:
    time, ours, _ = case
    about = surroundings(time, ours)
    for n, sun in zip(_days(time), about.sun, strict=True):
        assert np.degrees(np.arccos(sun @ almanac_sun(n))) < 0.02


def test_moon_as_the_satellite_sees_it(case: tuple[Time, np.ndarray, np.ndarray]) -> None:
    time, ours, there = case
    about = surroundings(time, ours)
    for n, moon, radius, place in zip(_days(time), about.moon, about.moon_radius_rad, there, strict=True):
        seen = almanac_moon_km(n) - place
        distance = np.linalg.norm(seen)
        assert np.degrees(np.arccos(moon @ seen / distance)) < 0.4
        assert radius == pytest.approx(np.arcsin(MOON_RADIUS_KM / distance), rel=5e-3)


def test_earth(case: tuple[Time, np.ndarray, np.ndarray]) -> None:
    time, ours, there = case
    about = surroundings(time, ours)
    assert about.earth is not None
    assert about.earth_radius_rad is not None
    for earth, radius, place in zip(about.earth, about.earth_radius_rad, there, strict=True):
        assert np.degrees(np.arccos(np.clip(-earth @ place / np.linalg.norm(place), -1, 1))) < 1e-3
        assert np.sin(radius) * np.linalg.norm(place) == pytest.approx(6371.0, rel=1e-6)


def test_truth_tables(case: tuple[Time, np.ndarray, np.ndarray]) -> None:
    """Allowed or not, as the independent numbers say, wherever these are not within their own error of the edge."""
    time, ours, there = case
    about = surroundings(time, ours)
    rng = np.random.default_rng(11)
    v = rng.normal(size=(60, 3))
    # Some directions near each body, where the answer changes.
    near = [almanac_sun(_days(time)[3]), almanac_moon_km(_days(time)[3]) - there[3], -there[3]]
    v = np.concatenate([v, *(np.tile(b / np.linalg.norm(b), (40, 1)) + 0.4 * rng.normal(size=(40, 3)) for b in near)])
    v = v / np.linalg.norm(v, axis=-1, keepdims=True)
    rules = {
        "sun": (SunAngle(45.0, 135.0), 0.03),
        "moon": (MoonLimb(10.0), 0.45),
        "earth": (EarthLimb(15.0), 0.01),
    }
    margins = {name: np.degrees(rule.margin_rad(v, about)) for name, (rule, _) in rules.items()}
    compared = dict.fromkeys(rules, 0)
    both = {name: set() for name in rules}
    for i, n in enumerate(_days(time)):
        moon = almanac_moon_km(n) - there[i]
        distance, height = np.linalg.norm(moon), np.linalg.norm(there[i])
        for j, direction in enumerate(v):
            sun_deg = np.degrees(np.arccos(np.clip(direction @ almanac_sun(n), -1, 1)))
            moon_deg = np.degrees(np.arccos(np.clip(direction @ moon / distance, -1, 1)))
            earth_deg = np.degrees(np.arccos(np.clip(-direction @ there[i] / height, -1, 1)))
            truth = {
                "sun": min(sun_deg - 45.0, 135.0 - sun_deg),
                "moon": moon_deg - np.degrees(np.arcsin(1737.4 / distance)) - 10.0,
                "earth": earth_deg - np.degrees(np.arcsin(6371.0 / height)) - 15.0,
            }
            for name, (_, error) in rules.items():
                if abs(truth[name]) > error:
                    compared[name] += 1
                    both[name].add(truth[name] > 0)
                    assert (margins[name][i, j] > 0) == (truth[name] > 0), (name, i, j)
    assert min(compared.values()) > 1500
    assert all(seen == {True, False} for seen in both.values())

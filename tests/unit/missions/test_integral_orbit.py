"""The orbit model against recorded places, attitude from X, instruments."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from scipy.spatial.transform import Rotation

from schemas import FloatArray, Instant
from schemas.errors import NotFound, RefusedInput
from transients.missions import orientation, sun_direction, to_time
from transients.missions.integral import INSTRUMENTS, approximate_orbit, attitude_from_x, coding_fraction, coding_fraction_at
from transients.missions.integral._kepler import eccentric_anomaly
from transients.missions.integral.elements import Elements, elements_at
from transients.missions.integral.orbit import kepler_places_km

#: UTC, RA and Dec seen from Earth's centre, km: as recorded in replies of services, a real-time dump, and a science window.
PLACES = [
    ("2023-05-17T15:30:01.1379", 48.456, 52.206, 33997.991),
    ("2023-05-17T17:43:07.2904", 59.591, 71.28, 57738.367),
    ("2023-05-19T15:27:53.1879", 212.03, 50.912, 118129.68),
    ("2023-08-12T18:58:00", 208.951, 52.770, 116867.9),
    ("2023-03-07T15:44:06.67", 198.394, 71.787, 143490.5),
    ("2022-10-09T13:17:00", 199.506, 69.422, 137648.7),
    ("2009-04-01T02:11:30", 142.84, 85.40, 152873.5),
]


@pytest.mark.parametrize(("utc", "ra", "dec", "km"), PLACES)
def test_recorded_places(utc: str, ra: float, dec: float, km: float) -> None:
    found = approximate_orbit(to_time(Instant.parse(utc)))
    assert found.source == "orbit model"
    angle = SkyCoord(ra, dec, unit="deg").separation(SkyCoord(found.ra_deg, found.dec_deg, unit="deg"))
    apart = np.hypot(found.distance_km - km, km * angle.rad)
    assert found.error_km is not None
    assert apart < found.error_km < 0.12 * km
    assert angle.deg < 1.0
    assert found.distance_km == pytest.approx(km, rel=0.013)


def test_heights_through_the_years() -> None:
    for year in range(2003, 2025):
        distances = [
            approximate_orbit(to_time(Instant.parse(f"{year}-07-{day:02d}T{hour:02d}:00:00"))).distance_km
            for day in (1, 2, 3)
            for hour in range(0, 24, 2)
        ]
        low, high = (150_000, 167_000) if year < 2015 else (146_000, 155_000)
        assert low < max(distances) < high
        assert 7_500 < min(distances) < 40_000


def test_elements_at_the_launch_and_in_2009() -> None:
    launch, later = elements_at(1080.0), elements_at(3378.0)
    assert launch.inclination_deg == pytest.approx(52, abs=3)
    assert later.inclination_deg == pytest.approx(87, abs=1)
    assert elements_at(8538.0).error_deg < elements_at(6000.0).error_deg


def test_kepler_equation() -> None:
    mean = np.linspace(-np.pi, 3 * np.pi, 401)
    for e in (0.0, 0.3, 0.83, 0.9):
        anomaly = np.array([eccentric_anomaly(each, e) for each in mean])
        np.testing.assert_allclose(anomaly - e * np.sin(anomaly), mean, atol=1e-12)


def test_places_on_an_ellipse() -> None:
    """Against rotations of an ellipse in its own plane."""
    phase, spread, axis = np.array([0.0, 0.1, 0.5, 0.97]), np.array([0.0, 0.02, 0.01, 0.05]), np.array([1.0, 2.0, 3.0, 4.0])
    e, tilt, node, perigee = np.array([[0.0, 0.3, 0.83, 0.9], [0, 50, 90, 120], [10, 100, 200, 340], [0, 90, 180, 250]])
    found, apart = kepler_places_km(phase, spread, axis, Elements(e, tilt, node, perigee, np.zeros(4)))

    def expected(row: int, at: float) -> FloatArray:
        anomaly = eccentric_anomaly(2 * np.pi * at, e[row])
        flat = [np.cos(anomaly) - e[row], np.sqrt(1 - e[row] ** 2) * np.sin(anomaly), 0.0]
        turns = Rotation.from_euler("ZXZ", [node[row], tilt[row], perigee[row]], degrees=True)
        return np.asarray(axis[row] * turns.apply(flat))

    for row in range(4):
        here = expected(row, phase[row])
        np.testing.assert_allclose(found[row], here, atol=1e-12)
        away = [np.linalg.norm(expected(row, phase[row] + way * spread[row]) - here) for way in (-1, 1)]
        assert apart[row] == pytest.approx(max(away), abs=1e-12)


def test_attitude_from_x_keeps_the_sun_over_the_z_axis() -> None:
    at = Instant(utc="2023-05-19T15:24:10")
    # The axes as recorded then.
    x, z = SkyCoord(138.664, -49.841, unit="deg"), SkyCoord(62.664, 11.538, unit="deg")
    found = attitude_from_x(x, at, "notice", error_deg=0.5)
    assert (found.source, found.error_deg, found.roll_error_deg) == ("notice", 0.5, 3.0)
    assert SkyCoord(found.z_ra_deg, found.z_dec_deg, unit="deg").separation(z).deg < 3.0
    sun = orientation(sun_direction(to_time(at)), found)
    assert sun.phi_deg == pytest.approx(0.0, abs=1e-6)
    assert 50 < sun.theta_deg < 130


def test_no_roll_toward_the_sun() -> None:
    at = Instant(utc="2023-05-19T15:24:10")
    with pytest.raises(RefusedInput, match="roll"):
        attitude_from_x(sun_direction(to_time(at)), at, "notice")


def test_ibis_field() -> None:
    entry = INSTRUMENTS["ISGRI"]
    assert entry.full_coding_deg == pytest.approx((8.33, 8.00), abs=0.01)
    assert entry.zero_response_deg == pytest.approx((29.1, 29.4), abs=0.05)


@pytest.mark.parametrize("instrument", ["ISGRI", "PICsIT", "SPI", "JEM-X"])
def test_coding_falls_from_one_to_zero(instrument: str) -> None:
    entry = INSTRUMENTS[instrument]
    assert entry.full_coding_deg is not None
    assert entry.zero_response_deg is not None
    for axis in (0, 1):
        full, zero = entry.full_coding_deg[axis] / 2, entry.zero_response_deg[axis] / 2
        offsets = np.linspace(0, 89, 400)
        values = coding_fraction(instrument, *((offsets, 0.0) if axis == 0 else (0.0, -offsets)))
        assert np.all(values[offsets <= full - 1e-6] == 1)
        assert np.all(values[offsets >= zero + 1e-6] == 0)
        assert np.all(np.diff(values) <= 0)
        inside = (offsets > full) & (offsets < zero)
        assert np.all((values[inside] > 0) & (values[inside] < 1))


def test_coding_behind_the_mask_is_zero() -> None:
    assert coding_fraction("ISGRI", 180.0, 0.0) == 0
    assert coding_fraction_at("ISGRI", np.pi, 0.0) == 0
    assert coding_fraction_at("ISGRI", np.pi - 0.01, 1.0) == 0
    assert coding_fraction_at("ISGRI", 0.0, 0.0) == 1


def test_coding_of_a_direction_agrees_with_offsets() -> None:
    # phi 0 is toward Z, phi 90 toward -Y.
    angle = np.radians(9.0)
    assert coding_fraction_at("ISGRI", angle, 0.0) == pytest.approx(coding_fraction("ISGRI", 0.0, 9.0))
    assert coding_fraction_at("ISGRI", angle, np.pi / 2) == pytest.approx(coding_fraction("ISGRI", -9.0, 0.0))


def test_all_sky_monitors_see_everywhere() -> None:
    assert np.all(coding_fraction("SPI-ACS", np.array([0.0, 179.0]), 0.0) == 1)
    assert coding_fraction_at("IBIS/Veto", np.pi, 0.0) == 1


def test_unknown_instrument() -> None:
    with pytest.raises(NotFound, match="OMC"):
        coding_fraction("OMC", 0.0, 0.0)

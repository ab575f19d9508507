"""What the spacecraft can point at, what hides, what is in view."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky, Attitude, Circle, Instant, OrbitState
from transients.missions import moon_direction, sun_direction, to_time
from transients.missions.integral import Integral
from transients.sky import fov_fractions, skymap_from_region, visibility
from transients.sky.visibility import earth_fraction

AT = Instant.parse("2023-05-18T12:59:08")


def _at(direction: SkyCoord, radius_deg: float = 0.1) -> Circle:
    return Circle(ra_deg=float(direction.ra.deg), dec_deg=float(direction.dec.deg), radius_deg=radius_deg, containment=0.9)


def _attitude(direction: SkyCoord) -> Attitude:
    z = direction.directional_offset_by(35 * u.deg, 90 * u.deg)
    values = {"x_ra_deg": direction.ra.deg, "x_dec_deg": direction.dec.deg, "z_ra_deg": z.ra.deg, "z_dec_deg": z.dec.deg}
    return Attitude(at=AT, source="axes", **{key: float(value) for key, value in values.items()})


@pytest.mark.parametrize("half_width_deg", [30.0, 40.0, 50.0])
def test_the_visible_part_of_the_whole_sky(half_width_deg: float) -> None:
    seen = visibility(skymap_from_region(AllSky()), AT, sun_half_width_deg=half_width_deg)
    assert seen.visible_fraction == pytest.approx(np.sin(np.radians(half_width_deg)), abs=2e-5)
    assert seen.sun_half_width_deg == half_width_deg
    assert (seen.fov_fraction, seen.fov_full_fraction, seen.earth_fraction, seen.moon_fraction) == (None, None, None, None)


@pytest.mark.parametrize(
    ("angle_deg", "fraction"), [(0, 0.0), (49, 0.0), (51, 1.0), (90, 1.0), (129, 1.0), (131, 0.0), (180, 0.0)]
)
def test_positions_at_angles_from_the_sun(angle_deg: float, fraction: float) -> None:
    place = sun_direction(to_time(AT)).directional_offset_by(77 * u.deg, angle_deg * u.deg)
    assert visibility(skymap_from_region(_at(place)), AT).visible_fraction == pytest.approx(fraction, abs=1e-6)


def test_the_earth_hides_what_is_behind_it() -> None:
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=60_000.0, source="test")
    behind = skymap_from_region(_at(SkyCoord(20 * u.deg, -60 * u.deg)))
    before = skymap_from_region(_at(SkyCoord(200 * u.deg, 60 * u.deg)))
    assert earth_fraction(behind, orbit) == pytest.approx(1.0, abs=1e-6)
    assert earth_fraction(before, orbit) == 0.0
    all_sky = skymap_from_region(AllSky())
    assert earth_fraction(all_sky, orbit) == pytest.approx((1 - np.sqrt(1 - (6371 / 60000) ** 2)) / 2, rel=1e-3)
    limb = earth_fraction(all_sky, orbit, 15.0)
    radius = np.arcsin(6371 / 60000) + np.radians(15)
    assert limb == pytest.approx((1 - np.cos(radius)) / 2, rel=1e-3)


def test_the_moon_is_where_the_spacecraft_sees_it() -> None:
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=150_000.0, source="test")
    near_moon = skymap_from_region(_at(moon_direction(to_time(AT), orbit)))
    assert visibility(near_moon, AT, orbit=orbit).moon_fraction == pytest.approx(1.0, abs=1e-6)
    geocentric = skymap_from_region(_at(moon_direction(to_time(AT))))
    assert visibility(geocentric, AT, orbit=orbit).moon_fraction == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    "place", [SkyCoord(0 * u.deg, 0 * u.deg), SkyCoord(0 * u.deg, 90 * u.deg), SkyCoord(60.82 * u.deg, -75.38 * u.deg)]
)
def test_the_field_of_view(integral: Integral, place: SkyCoord) -> None:
    attitude = _attitude(place)
    partly, full = fov_fractions(skymap_from_region(AllSky()), attitude, integral)
    assert partly == pytest.approx((1 - np.cos(np.radians(15))) / 2, rel=1e-3)
    width_y, width_z = integral.instruments["ISGRI"].full_coding_deg or (0, 0)
    a, b = np.tan(np.radians(width_y / 2)), np.tan(np.radians(width_z / 2))
    solid_angle = 4 * np.arcsin(a * b / np.sqrt((1 + a**2) * (1 + b**2)))
    assert full == pytest.approx(solid_angle / (4 * np.pi), rel=1e-3)
    for angle, expected in (
        (0.0, (1.0, 1.0)),
        (3.7, (1.0, 1.0)),
        (8.0, (1.0, 0.0)),
        (14.5, (1.0, 0.0)),
        (15.5, (0.0, 0.0)),
        (180.0, (0.0, 0.0)),
    ):
        spot = skymap_from_region(_at(place.directional_offset_by(35 * u.deg, angle * u.deg), 0.05))
        assert fov_fractions(spot, attitude, integral) == pytest.approx(expected, abs=5e-5)


def test_everything_at_once(integral: Integral) -> None:
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=150_000.0, source="test")
    place = SkyCoord(300 * u.deg, 40 * u.deg)
    seen = visibility(skymap_from_region(_at(place, 5.0)), AT, integral, _attitude(place), orbit)
    assert seen.fov_fraction == pytest.approx(1.0, abs=1e-4)
    assert 0.5 < (seen.fov_full_fraction or 0) < 0.9
    assert seen.earth_fraction == pytest.approx(0.0, abs=1e-6)


def test_probability_off_axis_is_that_of_caps(integral: Integral) -> None:
    seen = visibility(skymap_from_region(AllSky()), AT, integral, _attitude(SkyCoord(33 * u.deg, -12 * u.deg)))
    assert [angle for angle, _ in seen.off_axis] == [5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180]
    for angle, probability in seen.off_axis:
        assert probability == pytest.approx((1 - np.cos(np.radians(angle))) / 2, rel=2e-3)
    assert dict(seen.off_axis)[15.0] == pytest.approx(seen.fov_fraction, rel=1e-9)


def test_what_every_constraint_bars(integral: Integral) -> None:
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=60_000.0, source="test")
    seen = visibility(skymap_from_region(AllSky()), AT, integral, orbit=orbit)
    barred = dict(seen.barred)
    assert barred["Sun"] == pytest.approx(1 - np.sin(np.radians(40)), rel=2e-3)
    earth = np.arcsin(6371 / 60_000) + np.radians(15)
    assert barred["Earth limb"] == pytest.approx((1 - np.cos(earth)) / 2, rel=0.02)
    assert seen.allowed_fraction is not None
    # Constraints may bar the same sky twice, and never less than the largest.
    assert 1 - sum(barred.values()) - 1e-3 < seen.allowed_fraction < seen.visible_fraction
    moon = moon_direction(to_time(AT), orbit)
    disc = visibility(skymap_from_region(_at(moon, 0.01)), AT, integral, orbit=orbit)
    assert (disc.moon_disc_fraction, disc.moon_fraction, dict(disc.barred)["Moon limb"]) == pytest.approx(
        (1.0, 1.0, 1.0), abs=1e-4
    )
    beside = visibility(
        skymap_from_region(_at(moon.directional_offset_by(10 * u.deg, 1 * u.deg), 0.01)), AT, integral, orbit=orbit
    )
    assert (beside.moon_disc_fraction, beside.moon_fraction) == pytest.approx((0.0, 1.0), abs=1e-4)
    assert visibility(skymap_from_region(AllSky()), AT, integral).barred == ()

"""Kiloseconds in the field of view."""

from __future__ import annotations

from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky, Circle, Instant, Pointing
from transients.missions import to_instant, to_time
from transients.missions.integral import Integral
from transients.sky import fov_exposure, skymap_from_region

T0 = Instant.parse("2023-05-18T12:59:08")
SPOT = skymap_from_region(Circle(ra_deg=0.0, dec_deg=20.0, radius_deg=0.05, containment=0.9))


def _pointing(start_d: float, seconds: float, ra: float = 0.0, dec: float = 20.0, **more: Any) -> Pointing:
    start = to_time(T0) + start_d * u.day
    fields = {"scw_id": "264100200010", "kind": "pointing", "z_ra_deg": 90.0, "z_dec_deg": 0.0, **more}
    return Pointing(start=to_instant(start), stop=to_instant(start + seconds * u.s), x_ra_deg=ra, x_dec_deg=dec, **fields)


def test_true_kiloseconds_of_pointings_only(integral: Integral) -> None:
    listed = [
        _pointing(-1.0, 2000.0, live_fraction=0.8),
        _pointing(1.0, 3000.0, live_fraction=0.5),
        _pointing(2.0, 5000.0, kind="slew"),
        _pointing(3.0, 5000.0, kind="engineering"),
        _pointing(4.0, 5000.0, dec=36.0),
        _pointing(5.0, 5000.0, ra=180.0, dec=-20.0),
    ]
    exposure = fov_exposure(SPOT, listed, T0, integral)
    assert exposure.plain_ks == pytest.approx(5.0)
    assert exposure.live_ks == pytest.approx(2 * 0.8 + 3 * 0.5)
    assert exposure.coding_weighted_ks == pytest.approx(exposure.live_ks)
    assert exposure.pointings == 2
    assert exposure.fov_radius_deg == 15.0
    assert exposure.window_start.utc.startswith("2023-05-08T12:59:08")
    assert exposure.window_stop.utc.startswith("2023-05-28T12:59:08")


def test_the_window_cuts(integral: Integral) -> None:
    day_s = 86400.0
    over = fov_exposure(SPOT, [_pointing(-11.0, 22 * day_s)], T0, integral)
    assert over.plain_ks == pytest.approx(20 * 86.4, rel=1e-6)
    assert fov_exposure(SPOT, [_pointing(10.1, 2000.0)], T0, integral).plain_ks == 0.0
    assert fov_exposure(SPOT, [_pointing(0.9, day_s)], T0, integral, half_window_d=1.0).plain_ks == pytest.approx(8.64, rel=1e-6)


def test_coding_falls_off_axis_and_needs_no_stated_roll(integral: Integral) -> None:
    off = fov_exposure(SPOT, [_pointing(0.0, 1000.0, dec=29.0)], T0, integral)
    assert off.plain_ks == pytest.approx(1.0)
    assert off.live_ks is None
    assert off.coding_weighted_ks is not None
    assert 0.3 < off.coding_weighted_ks < 0.7
    rolled = fov_exposure(SPOT, [_pointing(0.0, 1000.0, z_ra_deg=None, z_dec_deg=None)], T0, integral)
    assert rolled.coding_weighted_ks == pytest.approx(1.0)


def test_a_roll_that_cannot_be_told_costs_only_the_coding(integral: Integral) -> None:
    from transients.missions import sun_direction

    sun = sun_direction(to_time(T0))
    at_sun = skymap_from_region(Circle(ra_deg=float(sun.ra.deg), dec_deg=float(sun.dec.deg), radius_deg=0.1))
    listed = [_pointing(0.0, 1000.0, float(sun.ra.deg), float(sun.dec.deg), z_ra_deg=None, z_dec_deg=None)]
    exposure = fov_exposure(at_sun, listed, T0, integral)
    assert exposure.plain_ks == pytest.approx(1.0)
    assert exposure.coding_weighted_ks is None


def test_a_wide_map_counts_by_its_probability(integral: Integral) -> None:
    all_sky = skymap_from_region(AllSky())
    exposure = fov_exposure(all_sky, [_pointing(0.0, 10_000.0), _pointing(1.0, 10_000.0, dec=-70.0)], T0, integral)
    assert exposure.plain_ks == pytest.approx(20 * (1 - np.cos(np.radians(15))) / 2, rel=0.01)
    assert exposure.pointings == 2


def test_no_pointings(integral: Integral) -> None:
    empty = fov_exposure(SPOT, [], T0, integral, source="archive index")
    assert (empty.plain_ks, empty.live_ks, empty.coding_weighted_ks, empty.pointings, empty.source) == (
        0,
        0,
        0,
        0,
        "archive index",
    )


def test_the_off_axis_limit_is_sharp(integral: Integral) -> None:
    centre = SkyCoord(0 * u.deg, 20 * u.deg)
    for angle, inside in ((14.8, 1.0), (15.2, 0.0)):
        x = centre.directional_offset_by(200 * u.deg, angle * u.deg)
        found = fov_exposure(SPOT, [_pointing(0.0, 1000.0, float(x.ra.deg), float(x.dec.deg))], T0, integral)
        assert found.plain_ks == pytest.approx(inside, abs=1e-4)

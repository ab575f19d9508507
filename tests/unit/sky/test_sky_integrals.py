"""Integrals over tiles against the areas of caps."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky
from transients.missions.frames import unit_vector
from transients.sky import (
    SkyMap,
    probability_at_pixels,
    probability_in_cone,
    probability_where,
    probability_within,
    skymap_from_region,
)
from transients.sky.healpix import separation_rad
from transients.sky.integrals import both, cone, ring

POSITIONS = [(0.0, 0.0), (0.0, 90.0), (180.0, -90.0), (359.999, 41.81), (33.0, 12.0)]


@pytest.fixture(scope="module", params=[0, 3])
def uniform(request: pytest.FixtureRequest) -> SkyMap:
    if request.param == 3:
        return skymap_from_region(AllSky())
    return SkyMap(np.zeros(12), np.arange(12), np.full(12, 1 / 12))


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("radius_deg", [0.01, 0.3, 2.3, 15.0, 40.0, 90.0, 130.0, 179.9])
def test_caps_of_a_uniform_sky(uniform: SkyMap, position: tuple[float, float], radius_deg: float) -> None:
    truth = float(np.sin(np.radians(radius_deg) / 2) ** 2)
    found = probability_in_cone(uniform, SkyCoord(*position, unit=u.deg), radius_deg * u.deg)
    assert found == pytest.approx(truth, rel=2e-4, abs=1e-9)
    assert abs(found - truth) < 2e-5


def test_cones_of_nothing_and_of_everything(uniform: SkyMap) -> None:
    centre = SkyCoord(0 * u.deg, 0 * u.deg)
    assert probability_in_cone(uniform, centre, 0 * u.deg) == 0.0
    assert probability_in_cone(uniform, centre, 180 * u.deg) == 1.0
    assert probability_in_cone(uniform, centre, 1 * u.rad) == pytest.approx((1 - np.cos(1)) / 2, abs=2e-5)


def test_bands_and_intersections(uniform: SkyMap) -> None:
    axis = unit_vector(1.0, 0.5)
    assert probability_within(uniform, ring(axis, np.radians(50), np.radians(130))) == pytest.approx(
        np.sin(np.radians(40)), abs=2e-5
    )
    half = cone(unit_vector(0.0, np.pi / 2), np.pi / 2)
    assert probability_within(uniform, both(half, ring(axis, np.radians(50), np.radians(130)))) == pytest.approx(
        np.sin(np.radians(40)) / 2, abs=1e-4
    )


def test_a_predicate_of_unknown_shape(uniform: SkyMap) -> None:
    axis = unit_vector(0.0, np.pi / 2)
    for radius_deg in (1.0, 15.0, 100.0):
        found = probability_where(
            uniform, lambda ra, dec, r=radius_deg: separation_rad(unit_vector(ra, dec), axis) < np.radians(r)
        )
        assert found == pytest.approx(np.sin(np.radians(radius_deg) / 2) ** 2, abs=1e-4)
    assert probability_where(uniform, lambda ra, dec: ra < np.pi) == pytest.approx(0.5, abs=1e-4)
    assert probability_where(uniform, lambda ra, dec: np.zeros(len(ra), dtype=bool)) == 0.0


def test_the_depth_of_a_predicates_edge_is_bounded(uniform: SkyMap) -> None:
    asked = []

    def predicate(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        asked.append(len(ra))
        return dec > 0.3

    coarse = probability_where(uniform, predicate, max_order=5, tolerance=0.0)
    assert coarse == pytest.approx((1 - np.sin(0.3)) / 2, abs=5e-3)
    few = sum(asked)
    asked.clear()
    probability_where(uniform, predicate, max_order=7, tolerance=0.0)
    assert sum(asked) > few


def test_the_deepest_tile_alone() -> None:
    last = 12 * 4**29 - 1
    m = SkyMap(np.array([29]), np.array([last]), np.array([1.0]))
    ra, dec = m.centres_rad
    centre = SkyCoord(ra[0] * u.rad, dec[0] * u.rad)
    assert probability_in_cone(m, centre, 1 * u.arcsec) == pytest.approx(1.0)
    assert probability_where(m, lambda ra, dec: np.ones(len(ra), dtype=bool)) == 1.0
    assert probability_at_pixels(m, lambda ra, dec: ra > -1) == 1.0

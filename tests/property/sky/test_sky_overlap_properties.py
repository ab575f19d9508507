"""Overlaps: the same in either order, against pixels, and the same wherever on the sphere the pair lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import positions_deg, sky_maps

from schemas import Annulus, Circle, Ellipse, Polygon, SkyRegion
from transients.missions.frames import unit_vector
from transients.sky import SkyMap, credible_area_deg2, overlap, skymap_from_region
from transients.sky.regions import fisher_kappa

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
ORDER = 6
PIXELS = 12 << (2 * ORDER)


def _flat(m: SkyMap) -> np.ndarray:
    flat = np.zeros(PIXELS)
    for order, ipix, prob in zip(m.order.tolist(), m.ipix.tolist(), m.prob.tolist(), strict=True):
        count = 4 ** (ORDER - order)
        flat[ipix * count : (ipix + 1) * count] = prob / count
    return flat


@given(one=sky_maps(max_order=ORDER), other=sky_maps(max_order=ORDER))
@settings(max_examples=150, deadline=None, suppress_health_check=_CHECKS)
def test_it_is_the_sum_over_equal_pixels_in_either_order(one: SkyMap, other: SkyMap) -> None:
    found = overlap(one, other)
    assert found == pytest.approx(PIXELS * float((_flat(one) * _flat(other)).sum()), rel=1e-9, abs=1e-12)
    assert overlap(other, one) == found


@given(m=sky_maps(), order=st.integers(0, 5))
@settings(max_examples=50, deadline=None, suppress_health_check=_CHECKS)
def test_with_the_whole_sky_it_is_one(m: SkyMap, order: int) -> None:
    count = 12 << (2 * order)
    assert overlap(m, SkyMap(np.full(count, order), np.arange(count), np.full(count, 1 / count))) == pytest.approx(1.0, rel=1e-9)


def _of_two_fishers(first: float, second: float, angle_rad: float) -> float:
    """4 pi int f1 f2: the product of two Fisher densities is one of concentration |k1 n1 + k2 n2|."""
    both = np.sqrt(first**2 + second**2 + 2 * first * second * np.cos(angle_rad))
    log_norm = np.log(2.0) - np.log(-np.expm1(-2 * first)) - np.log(-np.expm1(-2 * second)) + np.log(-np.expm1(-2 * both))
    return float(first * second / both * np.exp(log_norm + both - first - second))


@given(place=positions_deg, radii=st.tuples(st.floats(0.05, 20.0), st.floats(0.05, 20.0)), off=st.floats(0.0, 1.2))
@settings(max_examples=40, deadline=None, suppress_health_check=_CHECKS)
def test_two_circles_have_the_integral_of_two_fisher_distributions(
    place: tuple[float, float], radii: tuple[float, float], off: float
) -> None:
    ra, dec = place
    angle_deg = off * max(radii)
    other_dec = dec - angle_deg if dec > 0 else dec + angle_deg
    first, second = (skymap_from_region(Circle(ra_deg=ra, dec_deg=d, radius_deg=r, containment=0.9)) for d, r in
                     ((dec, radii[0]), (other_dec, radii[1])))  # fmt: skip
    kappas = [fisher_kappa(np.radians(r), 0.9) for r in radii]
    assert overlap(first, second) == pytest.approx(_of_two_fishers(*kappas, np.radians(angle_deg)), rel=3e-3)


def _turned(region: SkyRegion, turn: np.ndarray) -> SkyRegion:
    """The region on a sphere that was turned."""

    def at(ra_deg: float, dec_deg: float) -> tuple[float, float]:
        v = turn @ unit_vector(np.radians(ra_deg), np.radians(dec_deg))
        return float(np.degrees(np.arctan2(v[1], v[0])) % 360.0), float(np.degrees(np.arcsin(np.clip(v[2], -1.0, 1.0))))

    match region:
        case Polygon():
            return Polygon(vertices_deg=tuple(at(*vertex) for vertex in region.vertices_deg))
        case Circle():
            ra, dec = at(region.ra_deg, region.dec_deg)
            return Circle(ra_deg=ra, dec_deg=dec, radius_deg=region.radius_deg, containment=region.containment)
        case Annulus():
            ra, dec = at(region.ra_deg, region.dec_deg)
            return Annulus(ra_deg=ra, dec_deg=dec, radius_deg=region.radius_deg, sigma_deg=region.sigma_deg)
        case Ellipse():
            ra, dec = at(region.ra_deg, region.dec_deg)
            tip = turn @ _towards(region.ra_deg, region.dec_deg, region.position_angle_deg)
            a, d = np.radians(ra), np.radians(dec)
            north = np.array([-np.sin(d) * np.cos(a), -np.sin(d) * np.sin(a), np.cos(d)])
            east = np.array([-np.sin(a), np.cos(a), 0.0])
            return Ellipse(
                ra_deg=ra, dec_deg=dec, semi_major_deg=region.semi_major_deg, semi_minor_deg=region.semi_minor_deg,
                position_angle_deg=float(np.degrees(np.arctan2(tip @ east, tip @ north))), containment=region.containment,
            )  # fmt: skip
    raise TypeError(region)


def _towards(ra_deg: float, dec_deg: float, angle_deg: float) -> np.ndarray:
    a, d, t = np.radians([ra_deg, dec_deg, angle_deg])
    north = np.array([-np.sin(d) * np.cos(a), -np.sin(d) * np.sin(a), np.cos(d)])
    return np.asarray(north * np.cos(t) + np.array([-np.sin(a), np.cos(a), 0.0]) * np.sin(t))


CIRCLE = Circle(ra_deg=104.0, dec_deg=22.0, radius_deg=6.0, containment=0.9)
REGIONS: list[SkyRegion] = [
    Circle(ra_deg=100.0, dec_deg=20.0, radius_deg=9.0, containment=0.9),
    Annulus(ra_deg=100.0, dec_deg=60.0, radius_deg=38.0, sigma_deg=1.5),
    Ellipse(ra_deg=100.0, dec_deg=20.0, semi_major_deg=12.0, semi_minor_deg=3.0, position_angle_deg=70.0, containment=0.9),
    Polygon(vertices_deg=((95.0, 15.0), (110.0, 14.0), (108.0, 28.0))),
]


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: type(region).__name__)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12, deadline=None, suppress_health_check=_CHECKS)
def test_turning_the_sphere_changes_nothing(region: SkyRegion, seed: int) -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    m, moved = skymap_from_region(region), skymap_from_region(_turned(region, turn))
    for level in (0.5, 0.9):
        assert credible_area_deg2(moved, level) == pytest.approx(credible_area_deg2(m, level), rel=5e-3)
    before, after = overlap(m, skymap_from_region(CIRCLE)), overlap(moved, skymap_from_region(_turned(CIRCLE, turn)))
    assert after == pytest.approx(before, rel=5e-3)

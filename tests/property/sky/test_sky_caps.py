"""Regions made of caps, walked down the tree of tiles: against solid angles, a plain margin, and healpy's pixels."""

from __future__ import annotations

import functools

import astropy.units as u
import healpy
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import positions_deg, sky_maps

from transients.missions.frames import unit_vector
from transients.sky import SkyMap, _caps, probability_in_cone, probability_in_cones, probability_in_regions, probability_within
from transients.sky.healpix import separation_rad
from transients.sky.integrals import Caps, between, both, cone, ring

UNIFORM = SkyMap(np.zeros(12), np.arange(12), np.full(12, 1 / 12))
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
#: Micro-arcseconds to the whole sky, as many of each size.
radii_rad = st.floats(-11.0, np.log10(np.pi)).map(lambda power: min(10.0**power, np.pi))


@given(place=positions_deg, radius=radii_rad)
@settings(max_examples=300, deadline=None)
def test_a_cone_of_the_uniform_sky_is_its_solid_angle(place: tuple[float, float], radius: float) -> None:
    found = probability_in_cone(UNIFORM, SkyCoord(*place, unit=u.deg), radius * u.rad)
    assert found == pytest.approx(np.sin(radius / 2) ** 2, rel=1.5e-4)


def test_its_errors_are_small_and_have_no_bias() -> None:
    rng = np.random.default_rng(5)
    ra, dec = rng.uniform(0, 360, 3000), np.degrees(np.arcsin(rng.uniform(-1, 1, 3000)))
    found = probability_in_cones(UNIFORM, SkyCoord(ra * u.deg, dec * u.deg), 15 * u.deg)
    off = found / np.sin(np.radians(7.5)) ** 2 - 1.0
    assert (np.quantile(np.abs(off), [0.5, 0.99]) < [1e-5, 4e-5]).all()
    assert np.mean(off) == pytest.approx(0.0, abs=2e-6)


@given(m=sky_maps(), place=positions_deg, radius=st.floats(0.001, 3.14))
@settings(max_examples=60, deadline=None, suppress_health_check=_CHECKS)
def test_a_margin_of_which_nothing_is_known_gives_the_same(m: SkyMap, place: tuple[float, float], radius: float) -> None:
    axis = unit_vector(*np.radians(place))
    plain = probability_within(m, lambda v: radius - separation_rad(v, axis))
    assert probability_within(m, cone(axis, radius)) == pytest.approx(plain, abs=2e-4)


@functools.cache
def _centres(nside: int) -> np.ndarray:
    return np.stack(healpy.pix2vec(nside, np.arange(12 * nside**2), nest=True), axis=-1)


@given(m=sky_maps(max_order=4), place=positions_deg, radius_deg=st.floats(5.0, 175.0))
@settings(max_examples=25, deadline=None, suppress_health_check=_CHECKS)
def test_the_pixel_centre_rule_is_off_by_less_than_the_pixels_at_the_edge(
    m: SkyMap, place: tuple[float, float], radius_deg: float
) -> None:
    """And these hold the less, the finer the pixels."""
    exact = probability_in_cone(m, SkyCoord(*place, unit=u.deg), radius_deg * u.deg)
    axis, held = unit_vector(*np.radians(place)), []
    for nside in (16, 32, 64, 128):
        prob = np.zeros(12 * nside**2)
        for order, ipix, part in zip(m.order.tolist(), m.ipix.tolist(), m.prob.tolist(), strict=True):
            count = 4 ** (nside.bit_length() - 1 - order)
            prob[ipix * count : (ipix + 1) * count] = part / count
        margin = np.radians(radius_deg) - separation_rad(_centres(nside), axis)
        held.append(prob[np.abs(margin) < healpy.max_pixrad(nside)].sum())
        assert abs(prob[margin > 0].sum() - exact) <= held[-1] + 1e-4 * exact
    assert held[-1] <= 0.5 * held[0] + 1e-12


@given(place=positions_deg, half=st.floats(0.01, 89.9))
@settings(max_examples=40, deadline=None)
def test_bands(place: tuple[float, float], half: float) -> None:
    found = probability_within(UNIFORM, ring(unit_vector(*np.radians(place)), np.radians(90.0 - half), np.radians(90.0 + half)))
    assert found == pytest.approx(np.sin(np.radians(half)), abs=5e-5)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_triangles_have_their_excess(seed: int) -> None:
    """Girard: the area of a triangle between great circles is the sum of its angles less pi."""
    poles = np.random.default_rng(seed).normal(size=(3, 3))
    poles /= np.linalg.norm(poles, axis=1, keepdims=True)
    # The angle inside between two edges is pi less that between their inward poles.
    angles = [np.pi - np.arccos(np.clip(poles[i] @ poles[j], -1, 1)) for i, j in ((0, 1), (1, 2), (2, 0))]
    found = probability_within(UNIFORM, between(poles))
    assert found == pytest.approx((sum(angles) - np.pi) / (4 * np.pi), abs=5e-5)


@given(m=sky_maps(), places=st.tuples(positions_deg, positions_deg), radii=st.tuples(st.floats(0.1, 3.0), st.floats(0.1, 3.0)))
@settings(max_examples=40, deadline=None, suppress_health_check=_CHECKS)
def test_two_caps_hold_what_one_holds_outside_the_other(
    m: SkyMap, places: tuple[tuple[float, float], tuple[float, float]], radii: tuple[float, float]
) -> None:
    first, second = (unit_vector(*np.radians(place)) for place in places)
    one, other, rest = cone(first, radii[0]), cone(second, radii[1]), cone(-second, np.pi - radii[1])
    halves = probability_within(m, both(one, other)) + probability_within(m, both(one, rest))
    assert halves == pytest.approx(probability_within(m, one), abs=2e-4)


def test_the_ends_of_radii() -> None:
    axes = np.array([[[0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    found = probability_in_regions(UNIFORM, axes, np.array([[0.0], [np.pi], [-1.0]]))
    assert found == pytest.approx([0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="not a number"):
        probability_in_regions(UNIFORM, axes, np.array([[0.1], [np.nan], [1.0]]))
    whole = Caps(np.array([[0.0, 0.0, 1.0]]), np.array([4.0]))
    assert (whole(np.array([[1.0, 0.0, 0.0]])) > 0).all()


def test_the_compiled_form_is_the_plain_one() -> None:
    rng = np.random.default_rng(2)
    prob = rng.gamma(0.3, size=48)
    m = SkyMap(np.full(48, 1), np.arange(48), prob / prob.sum())
    axes = rng.normal(size=(5, 2, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    radii, keep = rng.uniform(0.5, 1.5, size=(5, 2)), np.array([[1.0, 0.0], [1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [0.0, 0.0]])
    plain = _caps.inside.py_func(*m.tree, axes, radii, keep)  # type: ignore[attr-defined]
    assert _caps.inside(*m.tree, axes, radii, keep) == pytest.approx(plain, rel=1e-12)

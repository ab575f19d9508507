"""A map in few tiles, and what many cones about near and far centres hold of it."""

from __future__ import annotations

import healpy
import numpy as np
import pytest

from schemas import AllSky, Annulus, Circle, SkyRegion
from transients.missions.frames import unit_vector
from transients.sky import coarsened, healpix, skymap_from_region
from transients.sky.coarse import LEAST_ORDER, point
from transients.sky.maps import refined

REGIONS = (
    Circle(ra_deg=40.0, dec_deg=-20.0, radius_deg=6.0),
    Annulus(ra_deg=40.0, dec_deg=0.0, radius_deg=60.0, sigma_deg=3.0),
    AllSky(),
)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("spread_deg", [0.01, 1.0, 20.0, 120.0])
def test_cones_hold_what_the_rule_says_however_they_are_grouped(region: SkyRegion, spread_deg: float) -> None:
    few = coarsened(skymap_from_region(region))
    rng = np.random.default_rng(3)
    near = unit_vector(np.radians(41.0), np.radians(-22.0)) + np.radians(spread_deg) * rng.uniform(-1.0, 1.0, (43, 3))
    centres = near / np.linalg.norm(near, axis=-1, keepdims=True)
    radii = np.radians([0.0, 0.5, 5.0, 30.0, 120.0, 179.9, 180.0])
    # The part of a tile is straight in the cosine between its edges.
    half = 0.25 * np.pi * few.radius_rad
    expected = np.empty((len(radii), len(centres)))
    for row, radius in enumerate(radii):
        nearest, farthest = np.cos(np.maximum(radius - half, 0.0)), np.cos(np.minimum(radius + half, np.pi))
        expected[row] = np.clip((centres @ few.vectors.T - farthest) / (nearest - farthest), 0.0, 1.0) @ few.prob
    for together in (1, 4, 16, 100):
        np.testing.assert_allclose(few.in_cones(centres, *radii, together=together), expected, atol=1e-12)
        np.testing.assert_allclose(few.in_cones(centres, radii[3], together=together)[0], expected[3], atol=1e-12)


def test_one_direction_is_in_a_cone_or_not() -> None:
    centre = unit_vector(1.0, 0.5)
    few = point(centre)
    axes = unit_vector(1.0, 0.5 + np.radians([0.0, 2.0, 2.9, 3.1, 50.0, 90.0]))
    assert few.in_cones(axes, np.radians(3.0))[0].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("region", REGIONS)
def test_what_caps_have_in_common_by_the_rule_of_margins(region: SkyRegion) -> None:
    few = coarsened(skymap_from_region(region))
    rng = np.random.default_rng(5)
    axes = rng.normal(size=(30, 3, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    radii = rng.uniform(0.0, 4.0, (30, 3))
    radii[0] = np.pi
    radii[1, 0] = -0.1
    margins = np.where(radii[..., None] < np.pi, radii[..., None] - np.arccos(np.clip(axes @ few.vectors.T, -1.0, 1.0)), np.inf)
    np.testing.assert_allclose(few.in_caps(axes, radii), few.within(margins.min(axis=1)), atol=1e-12)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("most", [100, 1000])
def test_tiles_are_joined_to_the_deepest_order_that_leaves_few_enough(region: SkyRegion, most: int) -> None:
    m = skymap_from_region(region)
    few = coarsened(m, most)
    order, ipix, prob, _ = refined(m, LEAST_ORDER, 1e-5)
    thin = np.argsort(prob / healpix.area_sr(order), kind="stable")
    order, ipix, prob = (column[thin][np.cumsum(prob[thin]) > 1e-4] for column in (order, ipix, prob))
    level = order.max()
    while level > LEAST_ORDER and len(np.unique(_ancestors(order, ipix, level))) > most:
        level -= 1
    _, group = np.unique(_ancestors(order, ipix, level), return_inverse=True)
    np.testing.assert_allclose(few.prob, np.bincount(group, prob) / prob.sum(), rtol=1e-12)
    v = np.stack(healpy.pix2vec(1 << order, ipix, nest=True), axis=-1)
    mean = np.stack([np.bincount(group, prob * v[:, k]) for k in range(3)], axis=-1)
    np.testing.assert_allclose(few.vectors, mean / np.linalg.norm(mean, axis=-1, keepdims=True), atol=1e-12)
    area = np.bincount(group, healpix.area_sr(np.minimum(order, level))) / np.bincount(group)
    np.testing.assert_allclose(few.radius_rad, np.sqrt(area / np.pi), rtol=1e-12)


def _ancestors(order: healpix.IntArray, ipix: healpix.IntArray, level: int) -> healpix.IntArray:
    """The pixel at order 29 where the ancestor at `level` begins, or the tile itself where it is coarser."""
    shift = 2 * (healpix.MAX_ORDER - np.minimum(order, level))
    return healpix.ranges(order, ipix)[0] >> shift << shift

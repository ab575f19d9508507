"""A map in few tiles, and what many cones about near and far centres hold of it."""

from __future__ import annotations

import numpy as np
import pytest

from schemas import AllSky, Annulus, Circle, SkyRegion
from transients.missions.frames import unit_vector
from transients.sky import coarsened, skymap_from_region
from transients.sky.coarse import point

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

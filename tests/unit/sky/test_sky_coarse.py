"""A map in few tiles, and which of them cones about near centres hold in part."""

from __future__ import annotations

import numpy as np
import pytest

from schemas import Circle
from transients.missions.frames import unit_vector
from transients.sky import coarsened, skymap_from_region


@pytest.mark.parametrize("spread_deg", [0.01, 1.0, 20.0, 120.0])
@pytest.mark.parametrize("radius_deg", [0.5, 5.0, 30.0])
def test_what_lies_whole_within_every_cone_is_counted_once(spread_deg: float, radius_deg: float) -> None:
    few = coarsened(skymap_from_region(Circle(ra_deg=40.0, dec_deg=-20.0, radius_deg=6.0)))
    rng = np.random.default_rng(3)
    near = unit_vector(np.radians(41.0), np.radians(-22.0)) + np.radians(spread_deg) * rng.uniform(-1.0, 1.0, (40, 3))
    centres = near / np.linalg.norm(near, axis=-1, keepdims=True)
    inner, outer = np.radians(radius_deg), np.radians(radius_deg + 2.0)
    edge, within = few.on_edges(centres, inner, outer)
    for radius in (inner, 0.5 * (inner + outer), outer):
        found = within + edge.in_cones(centres, radius)
        np.testing.assert_allclose(found, few.in_cones(centres, radius), atol=1e-12)
        # The kernel against the rule in numpy: the part of a tile is straight in the cosine between its edges.
        half = 0.25 * np.pi * few.radius_rad
        nearest, farthest = np.cos(np.maximum(radius - half, 0.0)), np.cos(np.minimum(radius + half, np.pi))
        part = np.clip((centres @ few.vectors.T - farthest) / (nearest - farthest), 0.0, 1.0)
        np.testing.assert_allclose(few.in_cones(centres, 0.1, radius)[1], part @ few.prob, atol=1e-12)
    # It saves work where the cones are near each other.
    assert spread_deg > 1.0 or len(edge) < len(few)

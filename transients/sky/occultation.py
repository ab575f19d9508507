"""What the Earth hides of a sky map, tile by tile.

For a spacecraft far out it is next to nothing; from a low orbit the Earth fills a third of the sky, and a burst behind it cannot be
seen however well the instrument looks in that direction.
"""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray, OrbitState
from transients.missions.bodies import earth_angular_radius
from transients.missions.frames import unit_vector

from . import healpix
from .integrals import Caps, cone, share
from .maps import SkyMap

#: Tiles cut by the limb are taken as parts of this order (0.2 deg: the Earth's radius is 2 deg for the farthest orbits about it)
#: and of this many levels below their own at the least, each cut by a straight edge.
_ORDER, _LEVELS = 8, 2
#: A smaller part of a localisation behind the Earth changes no figure that is printed: INTEGRAL's Earth fills 0.04 % of the sky.
LEAST_HIDDEN = 0.005


def hidden_fractions(m: SkyMap, orbit: OrbitState) -> FloatArray:
    """Part of each tile's area behind the solid Earth's disc, (n,), 0 to 1."""
    margin = earth_disc(orbit)
    distance = margin(m.vectors)
    hidden = (distance > 0.0).astype(np.float64)
    cut = np.abs(distance) < healpix.radius_bound_rad(m.order)
    levels = np.minimum(np.maximum(_LEVELS, _ORDER - m.order), healpix.MAX_ORDER - m.order)
    for depth in np.unique(levels[cut]):
        rows = np.flatnonzero(cut & (levels == depth))
        parts = healpix.children(m.ipix[rows], int(depth))
        order = np.repeat(m.order[rows] + depth, parts.shape[1])
        hidden[rows] = share(margin(healpix.vectors(order, parts.ravel())), order).reshape(parts.shape).mean(axis=1)
    return hidden


def is_hidden(ra_rad: float, dec_rad: float, orbit: OrbitState) -> bool:
    """Whether a direction is behind the solid Earth."""
    return bool(earth_disc(orbit)(unit_vector(ra_rad, dec_rad)[np.newaxis])[0] > 0.0)


def earth_disc(orbit: OrbitState, limb_deg: float = 0.0) -> Caps:
    """The Earth's disc as the spacecraft sees it, widened by `limb_deg`."""
    radius_rad = float(earth_angular_radius(orbit).to_value("rad")) + math.radians(limb_deg)
    return cone(-unit_vector(math.radians(orbit.ra_deg), math.radians(orbit.dec_deg)), radius_rad)

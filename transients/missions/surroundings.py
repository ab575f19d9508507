"""What stands about a spacecraft at many instants at once: the Sun, the Moon, the Earth, as it sees them."""

from __future__ import annotations

from dataclasses import dataclass

import astropy.units as u
import numpy as np
from astropy.coordinates import get_body
from astropy.time import Time

from schemas import FloatArray

from .bodies import EARTH_RADIUS_KM
from .frames import unit_vector


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Directions of bodies from the spacecraft at m instants; everything that a constraint may ask.

    Attributes
    ----------
    time : Time, (m,)
    sun, moon : (m, 3)
        Unit vectors, ICRS axes. The Moon is seen from the spacecraft where its place is known, else from Earth's centre.
    position_km : (m, 3), or None
        The spacecraft from Earth's centre; None: not known, and constraints that need it cannot be told.
    """

    time: Time
    sun: FloatArray
    moon: FloatArray
    position_km: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.sun)

    @property
    def earth(self) -> FloatArray | None:
        """Unit vectors to Earth's centre, (m, 3)."""
        if self.position_km is None:
            return None
        return np.asarray(-self.position_km / np.linalg.norm(self.position_km, axis=-1, keepdims=True))

    @property
    def earth_radius_rad(self) -> FloatArray | None:
        """Half the angle that the solid Earth fills, (m,)."""
        if self.position_km is None:
            return None
        return np.asarray(np.arcsin(np.minimum(EARTH_RADIUS_KM / np.linalg.norm(self.position_km, axis=-1), 1.0)))


def surroundings(time: Time, position_km: FloatArray | None = None) -> Surroundings:
    """The surroundings at instants `time` (m,) of a spacecraft at `position_km` (m, 3).

    Sun and Moon are astropy's built-in ones in GCRS (a few arcseconds, and 20), the Sun's parallax is left out (below 0.07 deg
    within 170 000 km).
    """
    sun = get_body("sun", time, ephemeris="builtin")
    moon = get_body("moon", time, ephemeris="builtin")
    toward = unit_vector(moon.ra.rad, moon.dec.rad)
    if position_km is not None:
        seen = toward * moon.distance.to_value(u.km)[..., np.newaxis] - position_km
        toward = seen / np.linalg.norm(seen, axis=-1, keepdims=True)
    return Surroundings(time, unit_vector(sun.ra.rad, sun.dec.rad), np.asarray(toward), position_km)

"""What stands about a spacecraft at many instants at once: the Sun, the Moon, the Earth, as it sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.time import Time

from schemas import FloatArray

from .bodies import EARTH_RADIUS_KM, MOON_RADIUS_KM
from .ephemeris import sun_and_moon_km

#: Mean distance of the Moon from Earth's centre, km.
_MOON_MEAN_KM = 385_000.0


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
    moon_distance_km : (m,), or None
        To the Moon's centre; None: its mean.
    """

    time: Time
    sun: FloatArray
    moon: FloatArray
    position_km: FloatArray | None = None
    moon_distance_km: FloatArray | None = None

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

    @property
    def moon_radius_rad(self) -> FloatArray:
        """Half the angle that the Moon fills, (m,)."""
        distance = _MOON_MEAN_KM if self.moon_distance_km is None else self.moon_distance_km
        return np.asarray(np.broadcast_to(np.arcsin(np.minimum(MOON_RADIUS_KM / np.asarray(distance), 1.0)), len(self)))


def surroundings(time: Time, position_km: FloatArray | None = None) -> Surroundings:
    """The surroundings at instants `time` (m,) of a spacecraft at `position_km` (m, 3).

    Sun and Moon are astropy's built-in ones in GCRS (a few arcseconds, and 20), the Sun's parallax is left out (below 0.07 deg
    within 170 000 km).
    """
    sun_km, seen = sun_and_moon_km(np.asarray(time.tt.mjd, dtype=np.float64))
    sun, _ = direction_and_distance(sun_km)
    moon, moon_km = direction_and_distance(seen if position_km is None else seen - position_km)
    return Surroundings(time, sun, moon, position_km, moon_km)


def direction_and_distance(vector_km: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit vectors (m, 3) and lengths (m,) of vectors (m, 3)."""
    distance = np.linalg.norm(vector_km, axis=-1)
    return np.asarray(vector_km / distance[..., np.newaxis]), np.asarray(distance)

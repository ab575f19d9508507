"""Where the Sun, the Moon and the Earth stand for a spacecraft near Earth, and light-travel times."""

from __future__ import annotations

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import FloatArray, OrbitState

from .ephemeris import body_km
from .frames import direction_vector, unit_vector, vector_direction

#: Mean radius of the Earth, km.
EARTH_RADIUS_KM = 6371.0
#: Mean radius of the Moon, km (IAU).
MOON_RADIUS_KM = 1737.4
SPEED_OF_LIGHT_KM_S = 299792.458


def position_km(orbit: OrbitState) -> FloatArray:
    """The spacecraft from Earth's centre, ICRS-aligned axes, km, shape (3,)."""
    return orbit.distance_km * unit_vector(np.radians(orbit.ra_deg), np.radians(orbit.dec_deg))


def sun_direction(time: Time) -> SkyCoord:
    """The Sun as seen from Earth's centre: its GCRS direction, given as an ICRS direction.

    (Transforming the GCRS *position* to ICRS would give the Sun as seen from the solar system's barycentre.) The parallax of
    a spacecraft within 170 000 km, at most 0.07 deg, is left out. The built-in ephemeris is good to a few arcseconds.
    """
    return vector_direction(body_km("sun", time))


def moon_direction(time: Time, orbit: OrbitState | None = None) -> SkyCoord:
    """The Moon as seen from the spacecraft, or from Earth's centre when no orbit is given (parallax up to 25 deg).

    The built-in lunar theory is good to about 20 arcseconds.
    """
    moon_km = body_km("moon", time)
    return vector_direction(moon_km if orbit is None else moon_km - position_km(orbit))


def earth_direction(orbit: OrbitState) -> SkyCoord:
    """The direction from the spacecraft to Earth's centre."""
    return vector_direction(-position_km(orbit))


def earth_angular_radius(orbit: OrbitState) -> u.Quantity:
    """Half the angle that the solid Earth fills: asin(6371 km / r)."""
    return np.degrees(np.arcsin(min(EARTH_RADIUS_KM / orbit.distance_km, 1.0))) * u.deg


def light_travel(direction: SkyCoord, orbit: OrbitState) -> u.Quantity:
    """Seconds to add to a spacecraft time to have the geocentre's: t_geocentre - t_spacecraft = r.n/c.

    r is the spacecraft's geocentric vector and n the unit vector to the source; negative when the spacecraft sees a burst later.
    """
    return light_travel_s(direction_vector(direction), orbit) * u.s


def light_travel_s(direction: FloatArray, orbit: OrbitState) -> float:
    """The same of a unit vector (3,), ICRS."""
    return float(direction @ position_km(orbit)) / SPEED_OF_LIGHT_KM_S

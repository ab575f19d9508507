"""When a plane wave that passes Earth's centre at T0 passes other places."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from astropy.coordinates import SkyCoord

from schemas import LightTravel, OrbitState
from transients.missions.bodies import SPEED_OF_LIGHT_KM_S, position_km
from transients.missions.frames import direction_vector

from .maps import SkyMap


def light_travels(m: SkyMap, towards: SkyCoord, places: Mapping[str, OrbitState]) -> tuple[LightTravel, ...]:
    """Delays t(place) - t(geocentre) = -r.n/c, in the order of the places: negative where the wave comes by earlier.

    The error is that of the place alone, whatever way it lies; what the size of the region adds stands beside it, as the standard
    deviation of the delay over the map's tiles. The difference of two delays is the delay from one spacecraft to the other.

    Parameters
    ----------
    towards : SkyCoord
        The direction n that the delay is of: the region's peak.
    """
    n = direction_vector(towards)
    found = []
    for name, orbit in places.items():
        delays_s = -(m.vectors @ position_km(orbit)) / SPEED_OF_LIGHT_KM_S
        mean = float(m.prob @ delays_s)
        found.append(
            LightTravel(
                place=name,
                delay_s=-float(n @ position_km(orbit)) / SPEED_OF_LIGHT_KM_S,
                spread_s=float(np.sqrt(float(m.prob @ (delays_s - mean) ** 2))),
                error_s=None if orbit.error_km is None else orbit.error_km / SPEED_OF_LIGHT_KM_S,
                source=orbit.source,
            )
        )
    return tuple(found)

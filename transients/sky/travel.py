"""When a plane wave that passes Earth's centre at T0 passes other places."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from schemas import FloatArray, LightTravel, OrbitState
from transients.missions.bodies import SPEED_OF_LIGHT_KM_S, light_travel_s, position_km

from .maps import SkyMap


def light_travels(m: SkyMap, direction: FloatArray, places: Mapping[str, OrbitState]) -> tuple[LightTravel, ...]:
    """Delays t(place) - t(geocentre) = -r.n/c, in the order of the places: negative where the wave comes by earlier.

    The error is that of the place alone, whatever way it lies; what the size of the region adds stands beside it, as the standard
    deviation of the delay over the map's tiles. The difference of two delays is the delay from one spacecraft to the other.

    Parameters
    ----------
    direction : (3,)
        Unit vector n, ICRS, that the delay is of: the region's peak.
    """
    found = []
    for name, orbit in places.items():
        delays_s = -(m.vectors @ position_km(orbit)) / SPEED_OF_LIGHT_KM_S
        mean = float(m.prob @ delays_s)
        found.append(
            LightTravel(
                place=name,
                delay_s=-light_travel_s(direction, orbit),
                spread_s=float(np.sqrt(float(m.prob @ (delays_s - mean) ** 2))),
                error_s=None if orbit.error_km is None else orbit.error_km / SPEED_OF_LIGHT_KM_S,
                source=orbit.source,
            )
        )
    return tuple(found)

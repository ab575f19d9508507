"""State vectors of other frames as GCRS vectors: what files of orbits are written in."""

from __future__ import annotations

import astropy.units as u
import numpy as np
from astropy.coordinates import GCRS, ITRS, TEME, CartesianDifferential, CartesianRepresentation
from astropy.time import Time

from schemas import FloatArray
from schemas.errors import RefusedInput

#: Inertial frames whose axes differ from GCRS by less than 0.03 arcsec (the frame bias): 5 m at 40 000 km.
_INERTIAL = frozenset({"GCRF", "GCRS", "ICRF", "ICRS", "EME2000", "J2000"})


def to_gcrs(
    frame: str, time: Time, position_km: FloatArray, velocity_km_s: FloatArray | None, name: str
) -> tuple[FloatArray, FloatArray | None]:
    """Positions (n, 3) and velocities (n, 3) of a frame at instants (n,), on GCRS axes.

    Parameters
    ----------
    frame
        As CCSDS and others name it: GCRF, ICRF, EME2000, TEME, ITRF (any year) …; upper and lower case are one.
    name
        The file, for the error.

    Raises
    ------
    RefusedInput
        For a frame that is not known.
    """
    word = frame.strip().upper().replace("-", "").replace("_", "")
    if word in _INERTIAL or word.startswith("ICRF"):
        return position_km, velocity_km_s
    if word == "TEME":
        given = TEME(_representation(position_km, velocity_km_s), obstime=time)
    elif word.startswith(("ITRF", "ITRS")):
        given = ITRS(_representation(position_km, velocity_km_s), obstime=time)
    else:
        raise RefusedInput(f"positions in a frame that is not known: {frame!r}", where=name)
    seen = given.transform_to(GCRS(obstime=time)).cartesian
    velocity = None
    if velocity_km_s is not None:
        velocity = np.asarray(seen.differentials["s"].d_xyz.to_value(u.km / u.s).T)
    return np.asarray(seen.without_differentials().xyz.to_value(u.km).T), velocity


def _representation(position_km: FloatArray, velocity_km_s: FloatArray | None) -> CartesianRepresentation:
    if velocity_km_s is None:
        return CartesianRepresentation(position_km.T * u.km)
    return CartesianRepresentation(position_km.T * u.km, differentials=CartesianDifferential(velocity_km_s.T * u.km / u.s))

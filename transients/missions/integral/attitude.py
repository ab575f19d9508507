"""The attitude when only the pointing axis is known."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, AttitudeSource, Instant
from schemas.errors import RefusedInput

from ..ephemeris import body_km
from ..frames import in_icrs, ra_dec_deg, unit_vector
from ..surroundings import direction_and_distance
from ..times import to_time

#: The Sun stays within about 3 deg of the XZ plane (the solar arrays need it), so the roll is known to that.
ROLL_ERROR_DEG = 3.0
#: A pointing this close to the Sun or its antipode leaves the roll open (real pointings stay 50 to 130 deg from the Sun).
_LEAST_SUN_ANGLE_DEG = 5.0


def attitude_from_x(x: SkyCoord, at: Instant, source: AttitudeSource, error_deg: float | None = None) -> Attitude:
    """X as given; Z at right angles to it in the plane of X and the Sun, on the Sun's side.

    Parameters
    ----------
    x
        Direction of the pointing axis.
    at
        When; gives the Sun.
    source
        Where `x` came from.
    error_deg
        Bound on the error of `x`, when known.

    Raises
    ------
    RefusedInput
        When X is within 5 deg of the Sun or of the point opposite.
    """
    icrs = in_icrs(x)
    axis, (sun, _) = unit_vector(icrs.ra.rad, icrs.dec.rad), direction_and_distance(body_km("sun", to_time(at)))
    across = sun - (sun @ axis) * axis
    length = float(np.linalg.norm(across))
    if length < np.sin(np.radians(_LEAST_SUN_ANGLE_DEG)):
        raise RefusedInput("the pointing is too close to the Sun's line to tell the roll")
    z_ra_deg, z_dec_deg = ra_dec_deg(across)
    return Attitude(
        at=at,
        x_ra_deg=float(icrs.ra.deg),
        x_dec_deg=float(icrs.dec.deg),
        z_ra_deg=z_ra_deg,
        z_dec_deg=z_dec_deg,
        source=source,
        error_deg=error_deg,
        roll_error_deg=ROLL_ERROR_DEG,
    )

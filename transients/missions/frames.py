"""Directions in the frame of a spacecraft.

X is the pointing axis, Z points to the Sun side. theta is the angle from X; phi = atan2(s.(X x Z), s.Z) in (-180, 180] degrees,
zero on the Sun side. For a direction along X or -X phi is 0 by definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, FloatArray, Orientation
from schemas.errors import RefusedInput

#: Below this sine of theta (0.2 milliarcseconds) a direction counts as along the axis.
_ON_AXIS = 1e-9
#: Axes closer to each other than this, or to opposition, span no frame.
_LEAST_AXIS_ANGLE_DEG = 45.0


def unit_vector(lon_rad: FloatArray | float, lat_rad: FloatArray | float) -> FloatArray:
    """Unit vectors of directions in radians; broadcasts, the vector is the last axis (…, 3)."""
    lon, lat = np.broadcast_arrays(np.asarray(lon_rad, dtype=float), np.asarray(lat_rad, dtype=float))
    cos_lat = np.cos(lat)
    return np.stack([cos_lat * np.cos(lon), cos_lat * np.sin(lon), np.sin(lat)], axis=-1)


def direction_vector(direction: SkyCoord) -> FloatArray:
    """ICRS unit vectors of a SkyCoord of any shape, (…, 3)."""
    icrs = in_icrs(direction)
    return unit_vector(icrs.ra.rad, icrs.dec.rad)


def in_icrs(direction: SkyCoord) -> SkyCoord:
    """The same direction; astropy takes its time even where there is nothing to turn."""
    return direction if direction.name == "icrs" else direction.icrs


def vector_direction(vector: FloatArray) -> SkyCoord:
    """The ICRS direction of vectors (…, 3) of any length."""
    x, y, z = np.moveaxis(np.asarray(vector, dtype=float), -1, 0)
    return SkyCoord(np.arctan2(y, x) % (2 * np.pi), np.arctan2(z, np.hypot(x, y)), unit=u.rad, frame="icrs")


def ra_dec_deg(vector: FloatArray) -> tuple[float, float]:
    """Right ascension, 0 to 360, and declination of one vector (3,) of any length, deg ICRS."""
    x, y, z = vector.tolist()
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.atan2(z, math.hypot(x, y)))


def angle_deg(a: FloatArray, b: FloatArray) -> float:
    """Angle between two vectors (3,) of any length, deg; exact for tiny and for nearly opposite angles."""
    (x, y, z), (p, q, r) = a.tolist(), b.tolist()
    across = math.hypot(y * r - z * q, z * p - x * r, x * q - y * p)
    return math.degrees(math.atan2(across, x * p + y * q + z * r))


def spacecraft_angles(s: FloatArray, x: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Kernel: theta and phi in radians of unit vectors `s` (…, 3) for axes `x` and `z` (…, 3), which broadcast.

    `z` need not be exactly at right angles to `x`: printed axes carry a few decimals.
    """
    y = np.cross(z, x)
    sine = np.linalg.norm(np.cross(x, s), axis=-1)
    theta = np.arctan2(sine, np.sum(s * x, axis=-1))
    phi = np.arctan2(np.sum(s * -y, axis=-1), np.sum(s * z, axis=-1))
    phi = np.where(phi <= -np.pi, np.pi, phi)
    return theta, np.where(sine < _ON_AXIS, 0.0, phi)


def _require_frame(x: FloatArray, z: FloatArray) -> None:
    sine = np.linalg.norm(np.cross(x, z), axis=-1)
    if np.any(sine < np.sin(np.radians(_LEAST_AXIS_ANGLE_DEG))):
        raise RefusedInput("the X and Z axes of the spacecraft are not at right angles")


def to_spacecraft(ra_rad: FloatArray | float, dec_rad: FloatArray | float, attitude: Attitude) -> tuple[FloatArray, FloatArray]:
    """theta and phi (radians) of ICRS directions (radians, any shape) for one attitude.

    Raises
    ------
    RefusedInput
        When the attitude's axes span no frame.
    """
    return spacecraft_angles(unit_vector(ra_rad, dec_rad), *axes(attitude))


def axes(attitude: Attitude) -> tuple[FloatArray, FloatArray]:
    """Unit vectors of an attitude's X and Z axes, (3,) each.

    Raises
    ------
    RefusedInput
        When they span no frame.
    """
    x = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = unit_vector(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg))
    _require_frame(x, z)
    return x, z


def orient(direction: SkyCoord, x: SkyCoord, z: SkyCoord) -> tuple[u.Quantity, u.Quantity]:
    """theta and phi (degrees, as Quantity) of a direction for the axes `x` and `z`; all three broadcast.

    Raises
    ------
    RefusedInput
        When the axes span no frame.
    """
    x_vector, z_vector = direction_vector(x), direction_vector(z)
    _require_frame(x_vector, z_vector)
    theta, phi = spacecraft_angles(direction_vector(direction), x_vector, z_vector)
    return np.degrees(theta) * u.deg, np.degrees(phi) * u.deg


def orientation_word(theta_deg: float, phi_deg: float) -> str:
    """What INTEGRAL's observers call a direction, the first that holds.

    >>> orientation_word(10.0, 0.0), orientation_word(127.8, -20.2), orientation_word(65.8, -110.2)
    ('FoV', 'bottom', 'on-ACS')
    """
    if theta_deg < 15:
        return "FoV"
    if theta_deg < 30:
        return "near-FoV"
    if theta_deg > 100:
        return "bottom"
    return "Sun side" if abs(phi_deg) < 30 else "on-ACS"


def orientation(direction: SkyCoord, attitude: Attitude, word: Callable[[float, float], str] = orientation_word) -> Orientation:
    """One direction in the frame of one attitude, as a record that names the attitude's source and error.

    `word` of theta and phi in degrees is what the mission's observers call the direction: `Mission.orientation_word`.
    """
    icrs = in_icrs(direction)
    return oriented(float(icrs.ra.deg), float(icrs.dec.deg), attitude, word)


def oriented(
    ra_deg: float, dec_deg: float, attitude: Attitude, word: Callable[[float, float], str] = orientation_word
) -> Orientation:
    """`orientation` of a direction in numbers, ICRS."""
    theta, phi = to_spacecraft(math.radians(ra_deg), math.radians(dec_deg), attitude)
    theta_deg, phi_deg = float(np.degrees(theta)), float(np.degrees(phi))
    return Orientation(
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        theta_deg=theta_deg,
        phi_deg=phi_deg,
        word=word(theta_deg, phi_deg),
        attitude_source=attitude.source,
        attitude_error_deg=attitude.error_deg,
        theta_error_deg=attitude.error_deg,
        phi_error_deg=phi_error_deg(theta_deg, attitude),
    )


def phi_error_deg(theta_deg: float, attitude: Attitude) -> float | None:
    """Bound on the error of phi: of the roll, and asin(sin(error of X) / sin theta), the turn that X's error makes of a direction.

    180 where X's error reaches the direction or its antipode: phi may be anything. None where the attitude states no error.
    """
    if attitude.error_deg is None and attitude.roll_error_deg is None:
        return None
    error, roll = attitude.error_deg or 0.0, attitude.roll_error_deg or 0.0
    sine = abs(float(np.sin(np.radians(theta_deg))))
    if error >= 90 or np.sin(np.radians(error)) >= sine:
        return 180.0 if error > 0 or sine < _ON_AXIS else roll
    return min(roll + float(np.degrees(np.arcsin(np.sin(np.radians(error)) / sine))), 180.0)

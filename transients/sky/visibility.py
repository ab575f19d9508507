"""What a spacecraft can see, cannot see, and is looking at, of a sky map."""

from __future__ import annotations

import numpy as np

from schemas import Attitude, FloatArray, Instant, OrbitState, Visibility
from transients.missions import bodies, times
from transients.missions.base import Instrument, Mission

from . import healpix
from .integrals import Caps, band, between, cone, direction, probability_within
from .maps import SkyMap

#: Half width about 90 deg of the angles to the Sun at which INTEGRAL points (Sun angle 50 to 130 deg).
SUN_HALF_WIDTH_DEG = 40.0
#: Directions this close to the Moon's centre are counted as kept from view by it: INTEGRAL's pointing limit.
MOON_LIMB_DEG = 10.0


def visibility(
    m: SkyMap,
    at: Instant,
    mission: Mission | None = None,
    attitude: Attitude | None = None,
    orbit: OrbitState | None = None,
    sun_half_width_deg: float = SUN_HALF_WIDTH_DEG,
    *,
    earth_limb_deg: float = 0.0,
    moon_limb_deg: float = MOON_LIMB_DEG,
) -> Visibility:
    """Probability that the Sun constraint lets the spacecraft point at, behind the Earth, near the Moon, in view.

    Every fraction is a true integral over the tiles (`probability_within`). What needs an attitude or an orbit that was
    not given is None.

    Parameters
    ----------
    at : Instant
    mission : Mission, optional
        For the field of view; without it the fractions in view are None.
    attitude : Attitude, optional
    orbit : OrbitState, optional
    sun_half_width_deg : float
        The spacecraft may point 90 deg +- this from the Sun.
    earth_limb_deg : float
        Added to the Earth's angular radius; 0: only what the solid Earth blocks.
    moon_limb_deg : float
        Radius about the Moon's centre.
    """
    time = times.to_time(at)
    sun = direction(bodies.sun_direction(time))
    earth = moon = fov = full = None
    if orbit is not None:
        earth = earth_fraction(m, orbit, earth_limb_deg)
        axis = direction(bodies.moon_direction(time, orbit))
        moon = probability_within(m, cone(axis, np.radians(moon_limb_deg)))
    if attitude is not None and mission is not None:
        fov, full = fov_fractions(m, attitude, mission)
    return Visibility(
        at=at,
        fov_fraction=fov,
        fov_full_fraction=full,
        visible_fraction=probability_within(m, band(sun, np.radians(sun_half_width_deg))),
        sun_half_width_deg=sun_half_width_deg,
        earth_fraction=earth,
        moon_fraction=moon,
    )


def earth_fraction(m: SkyMap, orbit: OrbitState, limb_deg: float = 0.0) -> float:
    """Probability behind the Earth's disc, widened by `limb_deg`, as seen from the spacecraft."""
    radius_deg = float(bodies.earth_angular_radius(orbit).to_value("deg")) + limb_deg
    return probability_within(m, cone(direction(bodies.earth_direction(orbit)), np.radians(radius_deg)))


def fov_fractions(m: SkyMap, attitude: Attitude, mission: Mission) -> tuple[float, float | None]:
    """Probability in the field of view (within `mission.fov_radius_deg` of the axis) and in the imager's fully coded part.

    The second is None for a mission without an imager.
    """
    axis = healpix.unit_vectors(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    view = cone(axis, np.radians(mission.fov_radius_deg))
    inside = probability_within(m, view)
    if mission.imager is None:
        return inside, None
    full = _fully_coded(mission.instruments[mission.imager], attitude)
    return inside, None if full is None else probability_within(m, full)


def _fully_coded(imager: Instrument, attitude: Attitude) -> Caps | None:
    """The imager's fully coded field: a rectangle between great circles, or a disc."""
    if imager.full_coding_deg is None:
        return None
    x, y, z = axes(attitude)
    if imager.field_shape != "rectangle":
        return cone(x, np.radians(0.5 * imager.full_coding_deg[0]))
    half_y, half_z = (np.radians(0.5 * width) for width in imager.full_coding_deg)
    # Inward poles of the four edges.
    poles = np.stack([x * np.sin(h) + sign * side * np.cos(h) for side, h in ((y, half_y), (z, half_z)) for sign in (1, -1)])
    return between(poles)


def coding(mission: Mission, instrument: str, v: FloatArray, attitude: Attitude) -> FloatArray:
    """Coded fraction, 0 to 1, of unit vectors (n, 3, ICRS) for one attitude; 0 behind the spacecraft."""
    along, across, up = axes(attitude) @ v.T
    ahead = along > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        y_deg = np.degrees(np.arctan(np.where(ahead, across / along, 0.0)))
        z_deg = np.degrees(np.arctan(np.where(ahead, up / along, 0.0)))
    return np.where(ahead, mission.coding_fraction(instrument, y_deg, z_deg), 0.0)


def axes(attitude: Attitude) -> FloatArray:
    """The spacecraft's X, Y = Z x X and Z axes as rows (3, 3), ICRS; Z made exact against printed decimals."""
    x = healpix.unit_vectors(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = healpix.unit_vectors(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg))
    z = z - (z @ x) * x
    z /= np.linalg.norm(z)
    return np.stack([x, np.cross(z, x), z])

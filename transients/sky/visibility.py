"""What a spacecraft can see, cannot see, and is looking at, of a sky map."""

from __future__ import annotations

import numpy as np

from schemas import Attitude, FloatArray, Instant, OrbitState, Visibility
from transients.missions import bodies, times
from transients.missions.base import Instrument, Mission
from transients.missions.frames import unit_vector
from transients.missions.surroundings import surroundings

from .allowed import allowed_fractions, off_axis_fractions
from .coarse import CoarseMap
from .integrals import Caps, between, cone, probability_within, ring
from .maps import SkyMap
from .occultation import earth_disc

#: Half width about 90 deg of the angles to the Sun that a spacecraft is allowed where no mission tells.
SUN_HALF_WIDTH_DEG = 40.0
#: Directions this close to the Moon's centre are counted as kept from view by it.
MOON_LIMB_DEG = 10.0


def visibility(
    m: SkyMap,
    at: Instant,
    mission: Mission | None = None,
    attitude: Attitude | None = None,
    orbit: OrbitState | None = None,
    sun_half_width_deg: float | None = None,
    *,
    earth_limb_deg: float = 0.0,
    moon_limb_deg: float = MOON_LIMB_DEG,
    coarse: CoarseMap | None = None,
) -> Visibility:
    """Probability that the Sun constraint lets the spacecraft point at, behind the Earth, near the Moon, in view.

    Every fraction is a true integral over the tiles (`probability_within`), but for what each constraint bars by itself: that is
    summed over some 2000 tiles. What needs an attitude, an orbit or a mission that was not given is None or empty.

    Parameters
    ----------
    at : Instant
    mission : Mission, optional
        For the field of view and its Sun angles; without it the fractions in view are None.
    attitude : Attitude, optional
    orbit : OrbitState, optional
    sun_half_width_deg : float, optional
        The spacecraft may point 90 deg +- this from the Sun; None: as its mission says, without one 90 deg +- 40 deg.
    earth_limb_deg : float
        Added to the Earth's angular radius; 0: only what the solid Earth blocks.
    moon_limb_deg : float
        Radius about the Moon's centre.
    coarse : CoarseMap, optional
        The map in few tiles, where it was made already.
    """
    about = surroundings(times.to_time(at).reshape((1,)), None if orbit is None else bodies.position_km(orbit)[np.newaxis])
    low_deg, high_deg = sun_angles_deg(mission, sun_half_width_deg)
    earth = moon = disc = fov = full = allowed = None
    barred: tuple[tuple[str, float], ...] = ()
    if orbit is not None:
        earth = earth_fraction(m, orbit, earth_limb_deg)
        moon = probability_within(m, cone(about.moon[0], np.radians(moon_limb_deg)))
        disc = probability_within(m, cone(about.moon[0], float(about.moon_radius_rad[0])))
        if mission is not None:
            allowed, barred = allowed_fractions(m, mission.constraint(sun_half_width_deg), about, coarse)
    if attitude is not None and mission is not None:
        fov, full = fov_fractions(m, attitude, mission)
    return Visibility(
        at=at,
        fov_fraction=fov,
        fov_full_fraction=full,
        fov_radius_deg=None if fov is None or mission is None else mission.fov_radius_deg,
        off_axis=() if attitude is None else off_axis_fractions(m, attitude),
        visible_fraction=probability_within(m, ring(about.sun[0], np.radians(low_deg), np.radians(high_deg))),
        sun_half_width_deg=0.5 * (high_deg - low_deg) if low_deg + high_deg == 180.0 else None,
        sun_angles_deg=(low_deg, high_deg),
        allowed_fraction=allowed,
        barred=barred,
        earth_fraction=earth,
        moon_fraction=moon,
        moon_disc_fraction=disc,
    )


def sun_angles_deg(mission: Mission | None, half_width_deg: float | None) -> tuple[float, float]:
    """The angles from the Sun between which the spacecraft may point; a half width goes before what the mission says."""
    if half_width_deg is None and mission is not None:
        return mission.sun_angles_deg
    half = SUN_HALF_WIDTH_DEG if half_width_deg is None else half_width_deg
    return 90.0 - half, 90.0 + half


def earth_fraction(m: SkyMap, orbit: OrbitState, limb_deg: float = 0.0) -> float:
    """Probability behind the Earth's disc, widened by `limb_deg`, as seen from the spacecraft."""
    return probability_within(m, earth_disc(orbit, limb_deg))


def fov_fractions(m: SkyMap, attitude: Attitude, mission: Mission) -> tuple[float | None, float | None]:
    """Probability in the field of view (within `mission.fov_radius_deg` of the axis) and in the imager's fully coded part.

    The first is None for a mission without a field of view, the second for one without an imager.
    """
    if mission.fov_radius_deg <= 0.0:
        return None, None
    axis = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
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


def coded_fraction(mission: Mission, instrument: str, v: FloatArray, x: FloatArray, z: FloatArray) -> FloatArray:
    """Coded fraction, 0 to 1, of unit vectors (n, 3) for axes (n, 3) or (3,), z at right angles to x; 0 behind the spacecraft."""
    along, across, up = ((v * axis).sum(axis=-1) for axis in (x, np.cross(z, x), z))
    ahead = along > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        y_deg = np.degrees(np.arctan(np.where(ahead, across / along, 0.0)))
        z_deg = np.degrees(np.arctan(np.where(ahead, up / along, 0.0)))
    return np.where(ahead, mission.coding_fraction(instrument, y_deg, z_deg), 0.0)


def exact_z(x: FloatArray, z: FloatArray) -> FloatArray:
    """Z axes (…, 3) made exact against printed decimals: at right angles to X, of length 1."""
    z = z - (z * x).sum(axis=-1, keepdims=True) * x
    return np.asarray(z / np.linalg.norm(z, axis=-1, keepdims=True))


def axes(attitude: Attitude) -> FloatArray:
    """The spacecraft's X, Y = Z x X and Z axes as rows (3, 3), ICRS."""
    x = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = exact_z(x, unit_vector(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg)))
    return np.stack([x, np.cross(z, x), z])

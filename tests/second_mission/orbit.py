"""Where the Low-Earth test mission is: a circle 550 km up at 28.5 deg; and the South Atlantic Anomaly, a box on the ground."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from astropy.time import Time

from schemas import FloatArray, Instant, OrbitState
from transients.missions import PlannedGap, seconds_between, shift, to_instant
from transients.missions.bodies import EARTH_RADIUS_KM
from transients.missions.frames import vector_direction

EPOCH = Instant(utc="2020-01-01T00:00:00")
RADIUS_KM = EARTH_RADIUS_KM + 550.0
INCLINATION_RAD = np.radians(28.5)
#: Earth's gravitational parameter, km^3 s^-2.
_MU = 398600.4418
PERIOD_S = 2 * np.pi * np.sqrt(RADIUS_KM**3 / _MU)
#: Corners of the box in deg east and north; inside it the detectors are off.
SAA_EAST_DEG, SAA_NORTH_DEG = (-80.0, 20.0), (-30.0, 0.0)
#: Angle of the Earth at the epoch (2020-01-01T00:00 UTC) and its turning, IAU 2000: 2 pi (0.779057 + 1.002738 days since J2000).
_TURNED, _TURNS_PER_S = 0.7790572732640 + 1.00273781191135448 * 7304.5, 1.00273781191135448 / 86400.0
_STEP_S = 10.0


def position_km(seconds: FloatArray | float) -> FloatArray:
    """Geocentric place, axes of the sky, seconds from the epoch (any shape) -> (…, 3)."""
    angle = 2 * np.pi * np.asarray(seconds, dtype=float) / PERIOD_S
    along, across = np.cos(angle), np.sin(angle)
    tilted = (across * np.cos(INCLINATION_RAD), across * np.sin(INCLINATION_RAD))
    return RADIUS_KM * np.stack([along, *tilted], axis=-1)


def in_saa(seconds: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether the place below is in the box."""
    x, y, z = np.moveaxis(position_km(seconds), -1, 0)
    turned = 2 * np.pi * (_TURNED + _TURNS_PER_S * np.asarray(seconds))
    east = (np.degrees(np.arctan2(y, x) - turned) + 180.0) % 360.0 - 180.0
    north = np.degrees(np.arcsin(z / RADIUS_KM))
    return (east > SAA_EAST_DEG[0]) & (east < SAA_EAST_DEG[1]) & (north > SAA_NORTH_DEG[0]) & (north < SAA_NORTH_DEG[1])


def saa_passages(start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
    """Passages that overlap [start, stop], to the second; one shorter than 10 s may be missed."""
    low, high = seconds_between(start, EPOCH) - 3600.0, seconds_between(stop, EPOCH) + 3600.0
    grid = np.floor(low) + np.arange(0.0, high - low + _STEP_S, _STEP_S)
    inside = in_saa(grid).astype(int)
    enters, leaves = np.flatnonzero(np.diff(inside) > 0), np.flatnonzero(np.diff(inside) < 0)
    ends = [(_edge(grid[a]), _edge(grid[b])) for a in enters for b in leaves[leaves > a][:1]]
    gaps = [PlannedGap(shift(EPOCH, a), shift(EPOCH, b), "passage of the South Atlantic Anomaly") for a, b in ends]
    return tuple(gap for gap in gaps if gap.start < stop and gap.stop > start)


def _edge(before: float) -> float:
    """The second at which the box is entered or left within a step after `before`."""
    inside = in_saa(before + np.arange(_STEP_S + 1))
    return before + float(np.flatnonzero(inside != inside[0])[0])


def orbit_at(time: Time) -> OrbitState:
    """The place as a record: for this mission its model is the truth."""
    at = to_instant(time)
    place = vector_direction(position_km(seconds_between(at, EPOCH)))
    return OrbitState(
        at=at, ra_deg=float(place.ra.deg), dec_deg=float(place.dec.deg), distance_km=RADIUS_KM, source="circle", error_km=0.0
    )

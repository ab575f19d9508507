"""Where a spacecraft stands over the ground, and regions of the ground over which it takes no data: the South Atlantic Anomaly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import astropy.units as u
import numpy as np
from astropy.coordinates import GCRS, ITRS, CartesianRepresentation
from astropy.time import Time

from schemas import FloatArray
from schemas.errors import RefusedInput

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def ground_position(time: Time, position_km: FloatArray) -> tuple[u.Quantity, u.Quantity]:
    """Longitude (east, -180 to 180 deg) and geocentric latitude (deg) under a spacecraft.

    The Earth's rotation is astropy's ITRS, with the orientation tables that are installed: good to an arcsecond, 30 m on the
    ground, within their span; beyond it UT1 - UTC keeps its last value, which costs up to 0.004 deg for each second it is off.

    Parameters
    ----------
    time : Time, (m,)
    position_km : (m, 3)
        From Earth's centre, GCRS axes.
    """
    place = GCRS(CartesianRepresentation(np.moveaxis(position_km, -1, 0) * u.km), obstime=time)
    x, y, z = place.transform_to(ITRS(obstime=time)).cartesian.xyz.to_value(u.km)
    return np.degrees(np.arctan2(y, x)) * u.deg, np.degrees(np.arctan2(z, np.hypot(x, y))) * u.deg


@dataclass(frozen=True)
class GroundRegion:
    """A polygon on the ground, its edges straight in longitude and latitude, as operators write them.

    It may lie across the date line, and holds no pole. `corners` are (longitude, latitude), deg, in order either way round.
    """

    name: str
    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:
            raise RefusedInput("a region of fewer than three corners", where=self.name)
        if any(not (np.isfinite(lon) and -90 <= lat <= 90) for lon, lat in self.corners):
            raise RefusedInput("a corner that is no longitude and latitude", where=self.name)
        longitudes = self._unrolled()[:, 0]
        if (
            float(np.ptp(longitudes)) >= 360
            or abs(_turn(longitudes[0] - longitudes[-1]) - (longitudes[0] - longitudes[-1])) > 1e-9
        ):
            raise RefusedInput("a region around a pole", where=self.name)

    def _unrolled(self) -> FloatArray:
        """The corners (k, 2), each within half a turn in longitude of the one before it."""
        longitudes = [self.corners[0][0]]
        for lon, _ in self.corners[1:]:
            longitudes.append(longitudes[-1] + float(_turn(lon - longitudes[-1])))
        return np.column_stack([longitudes, [lat for _, lat in self.corners]])

    def contains(self, lon_deg: FloatArray | float, lat_deg: FloatArray | float) -> BoolArray:
        """Whether places lie inside, by the even-odd rule; any shapes that broadcast. A place on an edge may count either way."""
        corners = self._unrolled()
        middle = 0.5 * (corners[:, 0].min() + corners[:, 0].max())
        lon, lat = np.broadcast_arrays(np.asarray(lon_deg, dtype=float), np.asarray(lat_deg, dtype=float))
        lon = middle + _turn(lon - middle)
        inside = np.zeros(lon.shape, dtype=bool)
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y1 == y2:
                continue
            crosses = (y1 > lat) != (y2 > lat)
            inside ^= crosses & (lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1))
        return inside


def _turn(degrees: FloatArray | float) -> FloatArray:
    """An angle in [-180, 180), deg."""
    return np.asarray((np.asarray(degrees) + 180.0) % 360.0 - 180.0)


def stretches(seconds: Sequence[float] | FloatArray, inside: BoolArray) -> tuple[tuple[float, float], ...]:
    """When a spacecraft is inside, (start, stop) in the unit of `seconds`, each end midway between two samples.

    An end is wrong by half a step at most, and a passage shorter than a step may be missed: sample a low orbit every 10 s or so.
    A stretch that begins with the first sample, or ends with the last, begins and ends there.
    """
    t, now = np.asarray(seconds, dtype=float), np.asarray(inside, dtype=bool)
    if not now.size:
        return ()
    edges = np.flatnonzero(now[1:] != now[:-1])
    ends = 0.5 * (t[edges] + t[edges + 1])
    bounds = [*([t[0]] if now[0] else []), *ends, *([t[-1]] if now[-1] else [])]
    return tuple((float(a), float(b)) for a, b in zip(bounds[::2], bounds[1::2], strict=True))

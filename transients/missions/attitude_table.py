"""The attitude of a spacecraft in time, from rows of its axes: pointings that it keeps, and slews between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from schemas import Attitude, AttitudeSource, FloatArray, Instant
from schemas.errors import RefusedInput

from .frames import angle_deg, vector_direction
from .quaternions import angle_rad, from_axes, slerp, to_axes
from .row_times import Place, place
from .times import ijd, to_time

#: Axes of a row may be this far from right angles: printed axes carry a few decimals.
_RIGHT_ANGLE_DEG = 1.0
#: Rows closer than this are one pointing, not a slew.
_STILL_DEG = 1e-3


@dataclass(frozen=True)
class StillError:
    """How well an attitude is known while the spacecraft is still; None: nobody says."""

    axis_deg: float | None = None
    roll_deg: float | None = None


@dataclass(frozen=True, eq=False)
class AttitudeTable:
    """Axes of a spacecraft in time.

    Attributes
    ----------
    begin_ijd, end_ijd : (n,)
        Row i holds from begin to end, days of TT since 2000-01-01; rows ascend, and between two rows the spacecraft turns.
    x, z : (n, 3)
        Unit vectors of the axes, ICRS; z is set at right angles to x.
    source, name
        Where the attitude comes from, in a word and by its file.
    still
        The error of a row.
    rate_deg_s
        The fastest turn of the spacecraft: bounds what may have happened outside the table.
    """

    begin_ijd: FloatArray
    end_ijd: FloatArray
    x: FloatArray
    z: FloatArray
    source: AttitudeSource
    name: str
    still: StillError = field(default_factory=StillError)
    rate_deg_s: float = 0.0

    def __post_init__(self) -> None:
        if np.any(self.end_ijd < self.begin_ijd):
            raise RefusedInput("a row that ends before it begins", where=self.name)
        if np.any(np.abs(np.sum(self.x * self.z, axis=-1)) > np.sin(np.radians(_RIGHT_ANGLE_DEG))):
            raise RefusedInput("X and Z axes that are not at right angles", where=self.name)

    def at(self, instant: Instant) -> Attitude:
        """The attitude at an instant; between two rows by spherical interpolation of the quaternions.

        The error is the row's own where the spacecraft is still. While it turns, the farthest that it may be ahead of or behind
        the interpolated place is added, as its fastest turn allows (half the turn, midway of a slow one). Outside the table (8 s at
        the most) the fastest turn is.

        Raises
        ------
        NoData
            Outside the table.
        """
        found = place(self.begin_ijd, self.end_ijd, ijd(to_time(instant)), self.name)
        low, high = (from_axes(self.x[row], self.z[row]) for row in (found.low, found.high))
        axes = to_axes(slerp(low, high, found.share))
        x, z = vector_direction(axes[0]), vector_direction(axes[1])
        moved = angle_deg(self.x[found.low], self.x[found.high]), float(np.degrees(angle_rad(low, high)))
        return Attitude(
            at=instant,
            x_ra_deg=float(x.ra.deg),
            x_dec_deg=float(x.dec.deg),
            z_ra_deg=float(z.ra.deg),
            z_dec_deg=float(z.dec.deg),
            source=self.source,
            error_deg=self._error(self.still.axis_deg, moved[0], found),
            roll_error_deg=self._error(self.still.roll_deg, moved[1], found),
        )

    def _error(self, still_deg: float | None, turn_deg: float, found: Place) -> float | None:
        """Bound on an error, deg; None only where nothing is known at all."""
        moving = found.outside_s * self.rate_deg_s
        if turn_deg > _STILL_DEG:
            gap_s = 86400 * float(self.begin_ijd[found.high] - self.end_ijd[found.low])
            moving += _leeway_deg(turn_deg, found.share, gap_s, self.rate_deg_s)
        if still_deg is None:
            return moving or None
        return min(still_deg + moving, 180.0)


def _leeway_deg(turn_deg: float, share: float, gap_s: float, rate_deg_s: float) -> float:
    """How far along the turn the spacecraft may be from an even one, deg; a rate of 0: not known, it may be anywhere on it."""
    least, most = 0.0, turn_deg
    if rate_deg_s > 0:
        least = max(turn_deg - rate_deg_s * (1 - share) * gap_s, 0.0)
        most = min(rate_deg_s * share * gap_s, turn_deg)
    return max(share * turn_deg - least, most - share * turn_deg, 0.0)

"""Pointings in columns, for sums over many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, Instant, Pointing
from transients.missions import times
from transients.missions.frames import unit_vector

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PointingTable:
    """Stable pointings (no slews, no engineering time), a row each.

    Attributes
    ----------
    reference : Instant
        What times are counted from.
    start_s, stop_s : (n,)
        SI seconds from `reference`.
    x, z : (n, 3)
        Unit vectors of the axes, ICRS; z NaN where it is not known.
    live : (n,)
        Live fraction; NaN where it is not known.
    ids : (n,)
        Science windows.
    """

    reference: Instant
    start_s: FloatArray
    stop_s: FloatArray
    x: FloatArray
    z: FloatArray
    live: FloatArray
    ids: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.start_s)

    def within(self, half_window_s: float) -> tuple[PointingTable, FloatArray]:
        """Rows that lie within so many seconds of the reference at least in part, and how long each does."""
        seconds = np.minimum(self.stop_s, half_window_s) - np.maximum(self.start_s, -half_window_s)
        inside = seconds > 0
        return self.rows(inside), seconds[inside]

    def rows(self, keep: BoolArray) -> PointingTable:
        """Some of the rows."""
        return PointingTable(
            self.reference,
            self.start_s[keep],
            self.stop_s[keep],
            self.x[keep],
            self.z[keep],
            self.live[keep],
            self.ids[keep],
        )

    def off_axis_rad(self, direction: FloatArray) -> FloatArray:
        """Angle of a direction (3,) from each pointing axis, (n,); good to 2e-8 rad."""
        return np.asarray(np.arccos(np.clip(self.x @ direction, -1.0, 1.0)))


def pointing_table(pointings: Iterable[Pointing], reference: Instant) -> PointingTable:
    """The stable ones among pointings, with times from `reference`."""
    stable = [p for p in pointings if p.kind == "pointing"]
    # None becomes NaN.
    told = [(p.x_ra_deg, p.x_dec_deg, p.z_ra_deg, p.z_dec_deg, p.live_fraction) for p in stable]
    *angles, live = np.array(told, dtype=np.float64).reshape(-1, 5).T
    ra, dec, z_ra, z_dec = np.radians(angles)
    return PointingTable(
        reference,
        times.seconds_since([p.start for p in stable], reference),
        times.seconds_since([p.stop for p in stable], reference),
        unit_vector(ra, dec),
        unit_vector(z_ra, z_dec),
        live,
        np.array([p.scw_id for p in stable], dtype=np.str_),
    )

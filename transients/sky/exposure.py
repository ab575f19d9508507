"""How long a region was in the field of view."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from schemas import Exposure, FloatArray, Instant, Pointing
from schemas.errors import RefusedInput
from transients.missions import times
from transients.missions.base import Mission
from transients.missions.frames import unit_vector, vector_direction

from . import healpix
from .coarse import CoarseMap, coarsened
from .maps import SkyMap
from .pointings import PointingTable, pointing_table
from .visibility import coded_fraction, exact_z

#: A pointing counts as one of the region's if this much of the probability was in its field of view.
_COUNTED = 0.01
#: Pointings times tiles that are looked at in one piece (8 MB).
_PIECE = 1_000_000


def fov_exposure(
    m: SkyMap | CoarseMap,
    pointings: Iterable[Pointing] | PointingTable,
    t0: Instant,
    mission: Mission,
    half_window_d: float = 10.0,
    *,
    source: str = "pointing list",
) -> Exposure:
    """Time that the region spent in the field of view within `half_window_d` days of T0, weighted by probability, ks.

    Only pointings count (no slews, no engineering), cut to the window. A direction is in view within
    `mission.fov_radius_deg` of the axis. Three sums are given: of plain time; of live time (None when the list does not
    say for every pointing that counts); of live time (plain, where not said) times the imager's coded fraction (None for a
    mission without the imager, or when the roll of a pointing cannot be told). The map is looked at in some 2000 tiles, which
    count in part on the edge of the field.

    Parameters
    ----------
    m : SkyMap, or CoarseMap
        The second where it was made already; `coarse.point` makes that of one direction.
    pointings : iterable of Pointing, or PointingTable
        A table's times are from T0.
    half_window_d : float
        Days on either side of T0.
    source : str
        Where the list came from.

    Returns
    -------
    Exposure
        `pointings` counts those with at least 1 % of the probability in view.
    """
    coarse = coarsened(m) if isinstance(m, SkyMap) else m
    table = pointings if isinstance(pointings, PointingTable) else pointing_table(pointings, t0)
    half_s = half_window_d * 86400.0
    near, seconds = table.within(half_s)
    radius = float(np.radians(mission.fov_radius_deg))
    fraction = coarse.in_cones(near.x, radius)[0]
    seen = fraction > 0
    coded = np.zeros(len(near))
    rows = np.flatnonzero(seen)
    for piece in np.array_split(rows, len(rows) * len(coarse) // _PIECE + 1):
        coded[piece] = _coded(coarse, near.x[piece] @ coarse.vectors.T > np.cos(radius), near, piece, mission)
    live = np.where(np.isnan(near.live), 1.0, near.live)
    weighted = float((seconds * live * coded).sum()) / 1000.0
    return Exposure(
        window_start=times.shift(t0, -half_s),
        window_stop=times.shift(t0, half_s),
        fov_radius_deg=mission.fov_radius_deg,
        plain_ks=float((seconds * fraction).sum()) / 1000.0,
        live_ks=None if np.isnan(near.live[seen]).any() else float((seconds * live * fraction).sum()) / 1000.0,
        coding_weighted_ks=weighted if mission.imager is not None and np.isfinite(weighted) else None,
        pointings=int((fraction >= _COUNTED).sum()),
        source=source,
    )


def _coded(
    coarse: CoarseMap,
    in_view: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    table: PointingTable,
    rows: healpix.IntArray,
    mission: Mission,
) -> FloatArray:
    """Probability times coded fraction for some rows of the table, by which tiles each has in view; NaN where no roll is known."""
    if mission.imager is None:
        return np.zeros(len(rows))
    row, tile = np.nonzero(in_view)
    z = _rolls(table, rows, np.unique(row), mission)
    v, x, up = coarse.vectors[tile], table.x[rows[row]], z[row]
    fraction = coded_fraction(mission, mission.imager, v, x, up)
    weights = coarse.prob[tile] * np.where(np.isfinite(up[:, 0]), fraction, np.nan)
    return np.bincount(row, weights, minlength=len(rows)).astype(np.float64)


def _rolls(table: PointingTable, rows: healpix.IntArray, wanted: healpix.IntArray, mission: Mission) -> FloatArray:
    """Z axes of rows of the table, at right angles to X; where the list has none, as the Sun asks; NaN where that cannot be told."""
    z = table.z[rows].copy()
    for row in wanted[np.isnan(z[wanted, 0])]:
        at = times.shift(table.reference, float(table.start_s[rows[row]]))
        try:
            found = mission.attitude_from_x(vector_direction(table.x[rows[row]]), at, "axes")
        except RefusedInput:
            continue
        z[row] = unit_vector(*np.radians([found.z_ra_deg, found.z_dec_deg]))
    return exact_z(table.x[rows], z)

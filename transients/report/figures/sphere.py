"""The sphere on paper: a grid of directions, circles, and the Mollweide frame that the sky figures share."""

from __future__ import annotations

from typing import Any

import healpy as hp
import numpy as np

from schemas import FloatArray
from transients.sky import SkyMap, peak
from transients.sky.healpix import MAX_ORDER, IntArray, ranges

#: Half a degree per cell: finer than a printed line.
_COLUMNS, _ROWS = 720, 360


def grid(coarsening: int = 1) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination, rad, of the cells' centres, (rows, columns); right ascension falls to the right.

    `coarsening` makes the cells so many times wider, for what has no detail: drawing takes its time by the cell.
    """
    columns, rows = _COLUMNS // coarsening, _ROWS // coarsening
    ra = np.linspace(2 * np.pi, 0, columns, endpoint=False) - np.pi / columns
    dec = (np.arange(rows) + 0.5) * np.pi / rows - np.pi / 2
    ra_rad, dec_rad = np.meshgrid(ra, dec)
    return ra_rad, dec_rad


def filled(values: FloatArray) -> tuple[slice, slice]:
    """The rows and columns that hold a value, and one on each side."""
    found = [np.flatnonzero(np.isfinite(values).any(axis=axis)) for axis in (1, 0)]
    rows, columns = (slice(max(int(f[0]) - 1, 0), int(f[-1]) + 2) if len(f) else slice(0, 2) for f in found)
    return rows, columns


def paper(ra_rad: FloatArray | float) -> FloatArray:
    """Longitude on the paper: right ascension 180 deg in the middle, growing to the left (as seen from inside)."""
    return np.pi - np.mod(np.asarray(ra_rad, dtype=np.float64), 2 * np.pi)


def rows_at(m: SkyMap, ra_rad: FloatArray, dec_rad: FloatArray) -> IntArray:
    """Row of the tile that holds each direction, -1 where there is none; any shape."""
    first, last = ranges(m.order, m.ipix)
    by_place = np.argsort(first)
    pixel = hp.ang2pix(1 << MAX_ORDER, np.pi / 2 - dec_rad, ra_rad, nest=True)
    row = by_place[np.clip(np.searchsorted(first[by_place], pixel, side="right") - 1, 0, len(m) - 1)]
    inside = (pixel >= first[row]) & (pixel < last[row])
    return np.where(inside, row, -1)


def values_at(m: SkyMap, values: FloatArray, ra_rad: FloatArray, dec_rad: FloatArray) -> FloatArray:
    """Value of the tile that holds each direction, NaN where there is none."""
    rows = rows_at(m, ra_rad, dec_rad)
    return np.where(rows >= 0, values[rows], np.nan)


def credible_levels(m: SkyMap) -> FloatArray:
    """For each tile, the probability in tiles at least as dense: 0 at the peak, 1 at the edge; without probability 1."""
    falling = np.argsort(-m.density, kind="stable")
    level = np.empty(len(m))
    level[falling] = np.cumsum(m.prob[falling])
    return np.where(m.prob > 0, level / level.max(), 1.0)


def vector(ra_rad: FloatArray | float, dec_rad: FloatArray | float) -> FloatArray:
    """Unit vectors, last axis 3."""
    flat = np.cos(dec_rad)
    return np.stack([flat * np.cos(ra_rad), flat * np.sin(ra_rad), np.sin(dec_rad) * np.ones_like(flat)], axis=-1)


def circle(ra_rad: float, dec_rad: float, radius_rad: float, points: int = 361) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination, rad, of a circle about a direction."""
    centre = vector(ra_rad, dec_rad)
    pole = np.array([0.0, 0.0, 1.0]) if abs(centre[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    east = np.cross(pole, centre)
    east /= np.linalg.norm(east)
    north = np.cross(centre, east)
    turn = np.linspace(0, 2 * np.pi, points)[:, None]
    v = np.cos(radius_rad) * centre + np.sin(radius_rad) * (np.cos(turn) * north + np.sin(turn) * east)
    return np.arctan2(v[:, 1], v[:, 0]), np.arcsin(np.clip(v[:, 2], -1, 1))


def unbroken(ra_rad: FloatArray, dec_rad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The line on paper, cut where it leaves on one side and comes back on the other."""
    x = paper(ra_rad)
    cuts = np.flatnonzero(np.abs(np.diff(x)) > np.pi) + 1
    return np.insert(x, cuts, np.nan), np.insert(dec_rad, cuts, np.nan)


def sky_axes(figure: Any) -> Any:
    """A Mollweide frame with right ascension in degrees, ICRS."""
    axes = figure.add_subplot(projection="mollweide")
    axes.grid(alpha=0.35, lw=0.5)
    ticks = np.radians(np.arange(-150, 151, 60))
    axes.set_xticks(ticks)
    axes.set_xticklabels([f"{(180 - np.degrees(t)) % 360:.0f}°" for t in ticks], fontsize=8, color="#303030")
    axes.tick_params(axis="y", labelsize=8)
    axes.set_xlabel("right ascension (ICRS, growing to the left)", fontsize=9)
    axes.set_ylabel("declination", fontsize=9)
    return axes


def draw_credible(axes: Any, m: SkyMap, colour: str = "#b3202a") -> None:
    """Contours of the 50 % and 90 % credible regions."""
    ra, dec = grid()
    level = values_at(m, credible_levels(m), ra, dec)
    level = np.where(np.isnan(level), 1.0, level)
    for bound, style in ((0.5, "solid"), (0.9, "dashed")):
        if (level <= bound).any():
            axes.contour(paper(ra), dec, level, levels=[bound], colors=colour, linewidths=1.2, linestyles=style)
        axes.plot([], [], color=colour, ls=style, lw=1.2, label=f"{100 * bound:.0f} % credible region")


def draw_peak(axes: Any, m: SkyMap, colour: str = "#b3202a") -> None:
    """A star at the most probable place, which shows where a region is too small for its contours."""
    top = peak(m)
    label = "peak of the localisation"
    axes.plot(paper(top.ra.rad), top.dec.rad, marker="*", ms=13, mfc=colour, mec="white", ls="none", label=label, zorder=9)

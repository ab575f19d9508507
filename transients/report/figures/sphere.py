"""The sphere on paper: the Mollweide frame that the sky figures share, its cells, and circles on the sky."""

from __future__ import annotations

import functools
from typing import Any

import healpy as hp
import numpy as np
import numpy.typing as npt

from schemas import FloatArray
from transients.sky import SkyMap, peak
from transients.sky.healpix import MAX_ORDER, IntArray, ranges

#: The frame, inches, and its cells: one per pixel.
FRAME_IN = (10.0, 5.0)
_COLUMNS, _ROWS = 1100, 550
#: What has no detail, as a wide circle, is drawn on a grid that has every so manieth pixel only.
_COARSENING = 5
#: Behind words, so that they are read on every colour.
_HALO = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.6}
#: The wider of the credible regions that are drawn.
_WIDEST = 0.9


def paper(ra_rad: FloatArray | float) -> FloatArray:
    """Longitude on the paper: right ascension 180 deg in the middle, growing to the left (as seen from inside)."""
    return np.pi - np.mod(np.asarray(ra_rad, dtype=np.float64), 2 * np.pi)


def mollweide(longitude_rad: FloatArray | float, latitude_rad: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Place on the paper, from -2 to 2 and from -1 to 1, of a longitude on it and a latitude (Snyder 1987, chapter 31)."""
    angle = np.interp(latitude_rad, *_auxiliary())
    return np.asarray(2 / np.pi * longitude_rad * np.cos(angle)), np.sin(angle)


def directions(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination, rad, of places on the paper; those beside the ellipse have its edge's."""
    angle = np.arcsin(y)
    longitude = np.clip(np.pi / 2 * x / np.maximum(np.cos(angle), 1e-9), -np.pi, np.pi)
    return np.pi - longitude, _latitude(angle)


def _latitude(angle: FloatArray) -> FloatArray:
    return np.arcsin(np.clip((2 * angle + np.sin(2 * angle)) / np.pi, -1, 1))


@functools.cache
def _auxiliary() -> tuple[FloatArray, FloatArray]:
    """Latitudes and their auxiliary angles: a table that is good to a hundredth of a pixel."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 20001)
    return _latitude(angle), angle


@functools.cache
def _cells() -> tuple[IntArray, IntArray]:
    """HEALPix pixels of the cells' centres at the finest order, rising, and which cell each is of, counted by rows."""
    x, y = _centres(_COLUMNS, 2.0), _centres(_ROWS, 1.0)
    ra, dec = directions(x[None, :], y[:, None])
    pixel = hp.ang2pix(1 << MAX_ORDER, np.pi / 2 - np.broadcast_to(dec, ra.shape), ra, nest=True).ravel()
    cell = np.argsort(pixel)
    return pixel[cell], cell


def _centres(cells: int, half: float) -> FloatArray:
    return ((np.arange(cells) + 0.5) / cells * 2 - 1) * half


def rows_on_paper(m: SkyMap) -> IntArray:
    """Row of the tile that holds each cell of the paper, -1 where there is none; the lowest cells first.

    Tiles hold stretches of HEALPix pixels: only their ends are looked for among the cells.
    """
    pixel, cell = _cells()
    first, last = ranges(m.order, m.ipix)
    by_place = np.argsort(first)
    ends = np.searchsorted(pixel, np.column_stack([first, last])[by_place])
    tile = np.full(2 * len(m) + 1, -1)
    tile[1::2] = by_place
    rows = np.empty(len(pixel), dtype=np.int64)
    rows[cell] = np.repeat(tile, np.diff(ends.ravel(), prepend=0, append=len(pixel)))
    return rows.reshape(_ROWS, _COLUMNS)


def filled(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """The rows and columns of what is set, and one on each side."""
    found = [np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0)]
    rows, columns = (slice(max(int(f[0]) - 1, 0), int(f[-1]) + 2) if len(f) else slice(0, 2) for f in found)
    return rows, columns


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


def sky_axes(figure: Any, bottom_in: float) -> Any:
    """A Mollweide frame with right ascension and declination in degrees, ICRS; what is drawn in it is cut at its edge."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Ellipse

    width, height = figure.get_size_inches()
    left = (width - FRAME_IN[0]) / 2
    axes = figure.add_axes((left / width, bottom_in / height, FRAME_IN[0] / width, FRAME_IN[1] / height))
    axes.set(xlim=(-2, 2), ylim=(-1, 1))
    axes.set_axis_off()
    axes.patch = Ellipse((0.5, 0.5), 1, 1, transform=axes.transAxes)
    axes.add_collection(LineCollection(_graticule(), colors="#b0b0b0", alpha=0.35, linewidths=0.5, zorder=3))
    axes.add_patch(Ellipse((0, 0), 4, 2, fc="none", ec="black", lw=1.2, zorder=5, clip_on=False))
    small = {"fontsize": 8, "color": "#303030", "zorder": 5}
    for ra in range(30, 360, 60):
        axes.text(*mollweide(paper(np.radians(ra)), 0.0), f"{ra}°", ha="center", va="bottom", bbox=_HALO, **small)
    for dec in range(-75, 90, 15):
        x, y = mollweide(-np.pi, np.radians(dec))
        axes.text(x - 0.03, 1.06 * y, f"{dec}°", ha="right", va="center", **small)
    axes.text(0, -1.02, "right ascension, growing to the left, and declination (ICRS)", fontsize=9, ha="center", va="top")
    return axes


@functools.cache
def _graticule() -> list[FloatArray]:
    """Meridians every 60 deg from 30 deg on, parallels every 15 deg."""
    latitude, longitude = np.linspace(-np.pi / 2, np.pi / 2, 91), np.array([-np.pi, np.pi])
    meridians = [mollweide(at, latitude) for at in np.radians(np.arange(-150, 180, 60))]
    parallels = [mollweide(longitude, np.full(2, at)) for at in np.radians(np.arange(-75, 90, 15))]
    return [np.column_stack(line) for line in meridians + parallels]


def paint(axes: Any, rows: IntArray, colours: FloatArray, zorder: float) -> None:
    """Colour each tile; `colours` are red, green, blue and alpha of each, 0 to 1."""
    clear = np.zeros((1, 4))
    palette = (255 * np.concatenate([colours, clear])).round().astype(np.uint8)
    down, across = filled(palette[rows, 3] > 0)
    place = {"extent": (*_ends(across, _COLUMNS, 2.0), *_ends(down, _ROWS, 1.0)), "origin": "lower", "aspect": "auto"}
    axes.imshow(palette[rows[down, across]], interpolation="nearest", zorder=zorder, **place)


def _ends(cells: slice, of: int, half: float) -> tuple[float, float]:
    return (2 * cells.start / of - 1) * half, (2 * min(cells.stop, of) / of - 1) * half


@functools.cache
def coarse_grid() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Places on the paper, x and y, and the unit vectors (rows, columns, 3) of their directions."""
    x, y = np.linspace(-2, 2, _COLUMNS // _COARSENING + 1), np.linspace(-1, 1, _ROWS // _COARSENING + 1)
    ra, dec = directions(x[None, :], y[:, None])
    return x, y, vector(ra, np.broadcast_to(dec, ra.shape))


def draw_line(axes: Any, ra_rad: FloatArray, dec_rad: FloatArray, **style: Any) -> None:
    """A line on the sky, cut where it leaves the paper on one side and comes back on the other."""
    axes.plot(*mollweide(*unbroken(ra_rad, dec_rad)), **style)


def draw_credible(axes: Any, m: SkyMap, rows: IntArray, colour: str, **style: Any) -> None:
    """Contours of the 50 % and 90 % credible regions."""
    level = np.append(credible_levels(m), 1.0)[rows]
    here = filled(level <= _WIDEST)
    x, y = _centres(_COLUMNS, 2.0)[here[1]], _centres(_ROWS, 1.0)[here[0]]
    for bound, line in ((0.5, "solid"), (_WIDEST, "dashed")):
        if (level[here] <= bound).any():
            drawn = axes.contour(x, y, level[here], levels=[bound], colors=colour, linewidths=1.3, linestyles=line, zorder=4)
            drawn.set(**style)
        axes.plot([], [], color=colour, ls=line, lw=1.3, label=f"{100 * bound:.0f} % credible region", **style)


def draw_peak(axes: Any, m: SkyMap, colour: str) -> None:
    """A star at the most probable place, which shows where a region is too small for its contours."""
    top = peak(m)
    x, y = mollweide(paper(top.ra.rad), top.dec.rad)
    axes.plot(x, y, marker="*", ms=13, mfc=colour, mec="white", ls="none", label="peak of the localisation", zorder=9)

"""A sky map in few tiles, for what is asked of it very often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray

from . import healpix
from .maps import SkyMap, refined

#: Tiles at most; where the map is finer they are joined.
MOST_TILES = 2048
#: Coarser tiles than these (1.8 deg) are cut, where they hold anything worth it.
LEAST_ORDER, _WORTH = 5, 1e-5
#: How fast the part of a disc inside a straight edge grows at its middle, per radius.
_EDGE = 2.0 / np.pi
#: The mean of unit vectors shorter than this points nowhere in particular.
_SCATTERED = 0.5
#: Of arc cosines, rad.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class CoarseMap:
    """Tiles as discs of equal area: places of their probability, and half widths.

    Attributes
    ----------
    vectors : (n, 3)
        Unit vectors of the mean place of each tile's probability, ICRS.
    prob : (n,)
    radius_rad : (n,)
        Of a disc of the tile's area.
    """

    vectors: FloatArray
    prob: FloatArray
    radius_rad: FloatArray

    def __len__(self) -> int:
        return len(self.prob)

    def within(self, margin_rad: FloatArray) -> FloatArray:
        """Probability where a margin is positive, from the margins of the tiles (…, n): tiles on the edge count in part.

        Against the true integral it is off by less than the probability in tiles that the edge cuts, typically a hundredth of it.
        """
        share = np.clip(0.5 + _EDGE * margin_rad / self.radius_rad, 0.0, 1.0)
        return np.asarray(share @ self.prob)

    def in_cones(self, axes: FloatArray, *radii_rad: float) -> FloatArray:
        """Probability within cones of some radii about each of many axes (k, 3), a row for each radius, (r, k), by the rule of `within`."""
        from . import _cones  # numba takes a quarter of a second

        radii = np.array(radii_rad)[:, np.newaxis]
        half = self._half_edge_rad
        inner, outer = np.cos(np.maximum(radii - half, 0.0)), np.cos(np.minimum(radii + half, np.pi))
        places = np.ascontiguousarray(self.vectors.T)
        return _cones.within(np.ascontiguousarray(axes), places, self.prob, outer, 1.0 / np.maximum(inner - outer, 1e-15))

    def on_edges(self, centres: FloatArray, inner_rad: float, outer_rad: float) -> tuple[CoarseMap, float]:
        """The tiles that some cone about one of `centres` (k, 3), with a radius in between, may hold in part, and the probability of those
        that every such cone holds whole."""
        middle = centres.mean(axis=0)
        length = float(np.linalg.norm(middle))
        if length < _SCATTERED:
            return self, 0.0
        middle = middle / length
        spread = float(np.arccos(np.clip((centres @ middle).min(), -1.0, 1.0)))
        away = np.arccos(np.clip(self.vectors @ middle, -1.0, 1.0))
        margin = spread + self._half_edge_rad + _ROUNDING
        whole, none = away + margin <= inner_rad, away - margin >= outer_rad
        edge = ~(whole | none)
        return CoarseMap(self.vectors[edge], self.prob[edge], self.radius_rad[edge]), float(self.prob[whole].sum())

    @property
    def _half_edge_rad(self) -> FloatArray:
        """A tile counts in part where the edge is nearer to its place than this, (n,)."""
        return np.asarray(0.5 * self.radius_rad / _EDGE)


def point(direction: FloatArray) -> CoarseMap:
    """One direction (3,) as a map: a disc far below anything that is asked of it (0.2 mas)."""
    return CoarseMap(direction[np.newaxis], np.ones(1), np.full(1, 1e-9))


def coarsened(m: SkyMap, most: int = MOST_TILES, dropped: float = 1e-4) -> CoarseMap:
    """Join tiles to the deepest order at which there are no more than `most`; those cut for being coarse may add to them.

    The emptiest tiles, which together hold `dropped` of the probability, are left out, and the rest takes their place.
    """
    order, ipix, prob, _ = refined(m, LEAST_ORDER, _WORTH)
    thin = np.argsort(prob * 4.0**order, kind="stable")
    keep = np.empty(len(prob), dtype=bool)
    keep[thin] = np.cumsum(prob[thin]) > dropped
    order, ipix, prob = order[keep], ipix[keep], prob[keep]
    first, _ = healpix.ranges(order, ipix)
    rows = np.argsort(first)
    order, first, prob, v = order[rows], first[rows], prob[rows], healpix.vectors(order, ipix)[rows]
    level = int(order.max())
    group = _groups(first, order, level)
    while group[-1] >= most and level > LEAST_ORDER:
        level -= 1
        group = _groups(first, order, level)
    heads = np.flatnonzero(np.diff(group, prepend=-1))
    weight = np.add.reduceat(prob, heads)
    mean = np.add.reduceat(v * prob[:, np.newaxis], heads)
    mean /= np.linalg.norm(mean, axis=-1, keepdims=True)
    radius = healpix.side_rad(np.minimum(order[heads], level)) / np.sqrt(np.pi)
    return CoarseMap(mean, weight / weight.sum(), radius)


def _groups(first: healpix.IntArray, order: healpix.IntArray, level: int) -> healpix.IntArray:
    """Number of the group of each tile, from 0: those with one ancestor at `level`; coarser tiles stand alone."""
    parent = first >> (2 * (healpix.MAX_ORDER - level))
    return np.cumsum(np.diff(parent, prepend=parent[:1]) != 0)

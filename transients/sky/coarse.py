"""A sky map in few tiles, for what is asked of it very often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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

    def in_cones(self, axes: FloatArray, *radii_rad: float, together: int = 8) -> FloatArray:
        """Probability within cones of some radii about each of many axes (k, 3), a row for each radius, (r, k): tiles on the edge count in
        part, as the cosine goes. The nearer so many axes `together` in the list are to each other, the less it costs."""
        from . import _coarse  # numba takes a quarter of a second

        radii = np.array(radii_rad, dtype=np.float64)
        return _coarse.within(np.ascontiguousarray(axes), together, self._tiles, radii)

    def in_caps(self, axes: FloatArray, radii_rad: FloatArray) -> FloatArray:
        """Probability inside what caps have in common, of each of m such regions, (m,), by the rule of `within`.

        Parameters
        ----------
        axes : (m, k, 3)
        radii_rad : (m, k)
            pi or more: the whole sky.
        """
        from . import _coarse  # numba takes a quarter of a second

        regions = np.ascontiguousarray(axes), np.ascontiguousarray(radii_rad)
        return _coarse.in_common(*regions, self.vectors, self.prob, _EDGE / self.radius_rad)

    @cached_property
    def _tiles(self) -> FloatArray:
        """Columns of unit vectors, probability, and cosine and sine of half the width in which an edge cuts a tile, (6, n)."""
        half = 0.5 * self.radius_rad / _EDGE
        return np.stack([*self.vectors.T, self.prob, np.cos(half), np.sin(half)])


def point(direction: FloatArray) -> CoarseMap:
    """One direction (3,) as a map: a disc far below anything that is asked of it (0.2 mas)."""
    return CoarseMap(direction[np.newaxis], np.ones(1), np.full(1, 1e-9))


def coarsened(m: SkyMap, most: int = MOST_TILES, dropped: float = 1e-4) -> CoarseMap:
    """Join tiles to the deepest order at which there are no more than `most`; those cut for being coarse may add to them.

    The emptiest tiles, which together hold `dropped` of the probability, are left out, and the rest takes their place.
    """
    from . import _coarse  # numba takes a quarter of a second

    order, ipix, prob, _ = refined(m, LEAST_ORDER, _WORTH)
    thin = np.argsort(np.ldexp(prob, 2 * order), kind="stable")
    keep = np.empty(len(prob), dtype=bool)
    keep[thin] = np.cumsum(prob[thin]) > dropped
    order, ipix, prob = order[keep], ipix[keep], prob[keep]
    # Tiles come in rising runs, order by order.
    rows = np.argsort(healpix.ranges(order, ipix)[0], kind="stable")
    mean, weight, level = _coarse.joined(order[rows], ipix[rows], prob[rows], LEAST_ORDER, most)
    return CoarseMap(mean, weight / weight.sum(), healpix.side_rad(level) / np.sqrt(np.pi))

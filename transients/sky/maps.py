"""A sky map: probability in tiles of mixed size."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from schemas import FloatArray

from . import healpix
from .healpix import IntArray


@dataclasses.dataclass(frozen=True, eq=False)
class SkyMap:
    """Probability on the sphere, constant within each tile, ICRS. Tiles do not overlap; sky without a tile has none.

    Attributes
    ----------
    order : (n,) int64
        HEALPix order of each tile.
    ipix : (n,) int64
        NESTED pixel number at that order.
    prob : (n,) float64
        Probability in the tile; sums to 1.
    distmu, distsigma, distnorm : (n,) float64, or None
        Parameters of the distance distribution along the line of sight, Mpc, Mpc, Mpc^-2 (Singer et al. 2016, ApJL 829
        L15); `distmu` is infinite where there is no distance.
    meta : dict
        "name", "kind" ("multi-order", "flat", "moc", "region"), "total_probability" (as found, before normalising),
        "remarks" (what was put right, a line each), and where known "distmean_mpc", "diststd_mpc", "object",
        "instruments", "date_obs", "creator", "peak_deg".
    formula : callable, optional
        Of a map made from one: probability per sr at unit vectors (n, 3) -> (n,). The tiles hold its integrals; who cuts them
        finer can ask it.

    Raises
    ------
    ValueError
        If the arrays are not of one length, there is no tile, or one is no pixel of HEALPix.
    """

    order: IntArray
    ipix: IntArray
    prob: FloatArray
    distmu: FloatArray | None = None
    distsigma: FloatArray | None = None
    distnorm: FloatArray | None = None
    meta: dict[str, Any] = dataclasses.field(default_factory=dict)
    formula: Callable[[FloatArray], FloatArray] | None = None

    def __post_init__(self) -> None:
        for name in ("order", "ipix"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=np.int64))
        for name in ("prob", "distmu", "distsigma", "distnorm"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, np.array(value, dtype=np.float64))
        arrays = [a for a in (self.order, self.ipix, self.prob, self.distmu, self.distsigma, self.distnorm) if a is not None]
        if not len(self.order) or any(a.shape != (len(self.order),) for a in arrays):
            raise ValueError("a sky map's columns must be one-dimensional, of one length, and not empty")
        if self.order.min() < 0 or self.order.max() > healpix.MAX_ORDER or ((self.ipix >> (2 * self.order)) // 12).any():
            raise ValueError("a tile of the sky map is no HEALPix pixel")
        for array in arrays:
            array.setflags(write=False)

    def __getstate__(self) -> dict[str, Any]:
        # To other processes without what can be computed again: it is several times as large.
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def __len__(self) -> int:
        return len(self.ipix)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was put right while reading, a line each."""
        return tuple(self.meta.get("remarks", ()))

    @property
    def total_probability(self) -> float:
        """The sum as found in the file, before normalising."""
        return float(self.meta.get("total_probability", self.prob.sum()))

    @cached_property
    def uniq(self) -> IntArray:
        """UNIQ codes of the tiles."""
        return healpix.join_uniq(self.order, self.ipix)

    @cached_property
    def area_sr(self) -> FloatArray:
        """Solid angle of each tile, sr."""
        return healpix.area_sr(self.order)

    @cached_property
    def density(self) -> FloatArray:
        """Probability per steradian."""
        return np.asarray(self.prob / self.area_sr)

    @cached_property
    def vectors(self) -> FloatArray:
        """Unit vectors of the tiles' centres, (n, 3), ICRS."""
        return healpix.vectors(self.order, self.ipix)

    @cached_property
    def centres_rad(self) -> tuple[FloatArray, FloatArray]:
        """Right ascension and declination of the tiles' centres, rad."""
        return healpix.centres(self.order, self.ipix)

    @cached_property
    def tree(self) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """The tiles in the order of the sphere's NESTED numbering, as trees and merges of maps want them.

        First and one-past-last pixel at order 29 of each, (n,) int64; its probability (n,); the probability before each, and
        in all (n + 1,).
        """
        start, stop = healpix.ranges(self.order, self.ipix)
        rows = np.argsort(start, kind="stable")
        prob = self.prob[rows]
        return start[rows], stop[rows], prob, np.concatenate([[0.0], np.cumsum(prob)])

    @cached_property
    def ranked(self) -> tuple[IntArray, FloatArray]:
        """Rows by falling density, and the probability up to and with each."""
        rows = np.argsort(-self.density, kind="stable")
        return rows, np.cumsum(self.prob[rows])


def refined(m: SkyMap, min_order: int, least_probability: float = 0.0) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """The tiles with coarse ones cut down to `min_order`, where they hold more than `least_probability`.

    Returns
    -------
    order, ipix, prob : (k,)
        Tiles and the probability in each.
    parent : (k,) int64
        Row of `m` that each came from.
    """
    rows = np.arange(len(m), dtype=np.int64)
    coarse = (m.order < min_order) & (m.prob > least_probability)
    parts = [(m.order[~coarse], m.ipix[~coarse], m.prob[~coarse], rows[~coarse])]
    for level in np.unique(m.order[coarse]):
        at = coarse & (m.order == level)
        depth = min_order - int(level)
        count = 1 << (2 * depth)
        parts.append(
            (
                np.full(int(at.sum()) * count, min_order, dtype=np.int64),
                healpix.children(m.ipix[at], depth).ravel(),
                np.repeat(m.prob[at] / count, count),
                np.repeat(rows[at], count),
            )
        )
    order, ipix, prob, parent = (np.concatenate(column) for column in zip(*parts, strict=True))
    return order, ipix, prob, parent

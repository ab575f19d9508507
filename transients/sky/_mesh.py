"""A mesh of tiles that is fine where a density is sharp."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from schemas import FloatArray

from . import healpix
from .healpix import IntArray

#: Tiles are never coarser than this order (7.3 deg).
LEAST_ORDER = 3
#: The mesh is made coarser, by halves, until it has no more tiles than this: some five times a usual alert's map.
MOST_TILES = 100_000
#: Tiles handled at a time, to bound memory.
_CHUNK = 1 << 14


class Shape(Protocol):
    """A density on the sphere and how fine a mesh it needs."""

    def density(self, v: FloatArray) -> FloatArray:
        """Relative density at unit vectors (n, 3)."""
        ...

    def wanted_side_rad(self, v: FloatArray, radius_rad: FloatArray) -> FloatArray:
        """The side a tile with centre `v` (n, 3) and no point farther than `radius_rad` from it should have; inf: any."""
        ...


def mesh(shape: Shape) -> tuple[IntArray, IntArray, FloatArray, float]:
    """Tiles, the relative probability in each, and the coarsening (1: as fine as wanted).

    The probability of a tile is its area times its mean density, by a Gauss-Legendre rule of four places: right to 1e-6 where tiles are
    as fine as wanted. Where the mesh is much coarser the rule is that of its descendants.
    """
    coarsening = 1.0
    while True:
        found = _refine(shape, coarsening)
        if found is not None:
            break
        coarsening *= 2.0
    order, ipix = found
    # Up to 16 times coarser, a tile's four points still are a standard deviation apart or closer.
    levels = max(int(coarsening).bit_length() - 5, 0)
    return order, ipix, _mean_density(shape, order, ipix, levels) * healpix.area_sr(order), coarsening


def _refine(shape: Shape, coarsening: float) -> tuple[IntArray, IntArray] | None:
    ipix = np.arange(12 << (2 * LEAST_ORDER), dtype=np.int64)
    orders: list[IntArray] = []
    pixels: list[IntArray] = []
    total = 0
    for level in range(LEAST_ORDER, healpix.MAX_ORDER - 2):
        order = np.full(len(ipix), level, dtype=np.int64)
        side = float(healpix.side_rad(level))
        wanted = shape.wanted_side_rad(healpix.vectors(order, ipix), healpix.radius_bound_rad(order))
        cut = side > coarsening * wanted
        orders.append(order[~cut])
        pixels.append(ipix[~cut])
        total += int((~cut).sum())
        ipix = healpix.children(ipix[cut]).ravel()
        if total + len(ipix) > MOST_TILES:
            return None
        if not len(ipix):
            break
    else:
        orders.append(np.full(len(ipix), level + 1, dtype=np.int64))
        pixels.append(ipix)
    return np.concatenate(orders), np.concatenate(pixels)


def _mean_density(shape: Shape, order: IntArray, ipix: IntArray, levels: int) -> FloatArray:
    out = np.empty(len(ipix))
    depth = np.minimum(levels, healpix.MAX_ORDER - order)
    for down in np.flatnonzero(np.bincount(depth)):
        rows = np.flatnonzero(depth == down)
        for part in np.array_split(rows, len(rows) // _CHUNK + 1):
            fine = healpix.children(ipix[part], int(down))
            v = healpix.quadrature(np.repeat(order[part] + down, fine.shape[1]), fine.ravel())
            density = shape.density(v.reshape(-1, 3)).reshape(len(part), -1)
            out[part] = density @ np.full(density.shape[1], 1.0 / density.shape[1])
    return out

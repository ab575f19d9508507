"""Tiles of the sphere: HEALPix pixels of mixed orders in the NESTED scheme, with integer arithmetic for orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

IntArray = npt.NDArray[np.int64]

#: Deepest order whose pixel numbers fit in 64-bit UNIQ codes.
MAX_ORDER = 29
#: Solid angle of a pixel of each order, sr.
_AREA_SR = np.ldexp(np.pi / 3.0, -2 * np.arange(MAX_ORDER + 1))
#: Square degrees in the whole sky.
SKY_DEG2 = 4.0 * np.pi * (180.0 / np.pi) ** 2


def order_of_nside(nside: int) -> int:
    """The order of an nside that is a power of two; ValueError for any other."""
    if nside < 1 or nside & (nside - 1) or nside.bit_length() - 1 > MAX_ORDER:
        raise ValueError(f"nside {nside} is not a power of two up to 2^{MAX_ORDER}")
    return nside.bit_length() - 1


def area_sr(order: npt.ArrayLike) -> FloatArray:
    """Solid angle of a pixel, sr: pi / (3 * 4^order), exact in the exponent."""
    return np.asarray(_AREA_SR[np.asarray(order)])


def side_rad(order: npt.ArrayLike) -> FloatArray:
    """Square root of a pixel's area, rad."""
    return np.sqrt(area_sr(order))


def radius_bound_rad(order: npt.ArrayLike) -> FloatArray:
    """An upper bound on the distance of any point of a pixel from its centre, rad.

    The largest such distance grows from 0.841/nside at order 0 to 1.069/nside at the deepest (healpy.max_pixrad; the
    tests check it at every order).
    """
    return np.ldexp(1.07, -np.asarray(order, dtype=np.int64)).astype(np.float64)


def split_uniq(uniq: npt.ArrayLike) -> tuple[IntArray, IntArray]:
    """Orders and NESTED pixel numbers of UNIQ codes (uniq = 4^(order+1) + ipix).

    Raises
    ------
    ValueError
        If a code is below 4 or beyond order 29.
    """
    code = np.asarray(uniq).astype(np.int64)
    if code.size and (int(code.min()) < 4 or int(code.max()) >= 16 << (2 * MAX_ORDER)):
        raise ValueError("UNIQ code out of range")
    # frexp's exponent is the bit length, exact below 2^53; the largest codes may round up to the next power of two.
    bits = np.frexp(code.astype(np.float64))[1].astype(np.int64)
    bits -= (code >> np.maximum(bits - 1, 0)) == 0
    order = ((bits - 1) >> 1) - 1
    return order, code - (np.int64(4) << (2 * order))


def join_uniq(order: IntArray, ipix: IntArray) -> IntArray:
    """UNIQ codes of tiles."""
    return (np.int64(4) << (2 * np.asarray(order, dtype=np.int64))) + ipix


def centres(order: IntArray, ipix: IntArray) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination of the tiles' centres, rad."""
    from . import _pixels  # numba takes a quarter of a second

    ra, dec = _pixels.angles(*_columns(order, ipix))
    return ra, dec


def vectors(order: IntArray, ipix: IntArray) -> FloatArray:
    """Unit vectors of the tiles' centres, (n, 3)."""
    from . import _pixels  # numba takes a quarter of a second

    return _pixels.vectors(*_columns(order, ipix))


def quadrature(order: IntArray, ipix: IntArray) -> FloatArray:
    """Unit vectors of four places in each tile, (n, 4, 3): the mean of a smooth function there is its mean over the tile."""
    from . import _pixels  # numba takes a quarter of a second

    return _pixels.quadrature(*_columns(order, ipix))


def _columns(order: IntArray, ipix: IntArray) -> tuple[IntArray, IntArray]:
    """In the one form that the kernels are compiled for."""
    return np.ascontiguousarray(order, dtype=np.int64), np.ascontiguousarray(ipix, dtype=np.int64)


def separation_rad(v: FloatArray, axis: FloatArray) -> FloatArray:
    """Angles between unit vectors (…, 3) and one direction (3,), rad; exact for tiny and for nearly opposite angles."""
    from . import _pixels  # numba takes a quarter of a second

    return _pixels.separations(np.ascontiguousarray(v).reshape(-1, 3), np.ascontiguousarray(axis)).reshape(v.shape[:-1])


def children(ipix: IntArray, levels: int = 1) -> IntArray:
    """Pixel numbers of all descendants `levels` deeper, (n, 4^levels)."""
    return (ipix[:, None] << (2 * levels)) + np.arange(1 << (2 * levels), dtype=np.int64)


def ranges(order: IntArray, ipix: IntArray) -> tuple[IntArray, IntArray]:
    """First and one-past-last pixel at order 29 of each tile."""
    shift = 2 * (MAX_ORDER - np.asarray(order, dtype=np.int64))
    return ipix << shift, (ipix + 1) << shift


def tiles_of_ranges(start: IntArray, stop: IntArray, order: int = MAX_ORDER) -> tuple[IntArray, IntArray]:
    """The fewest tiles that make up half-open ranges [start, stop) of pixels at `order`; ranges must not overlap.

    Works from the deepest order up: at each, what does not fill a parent becomes tiles, the rest goes on.
    """
    orders, pixels = [], []
    start, stop = np.asarray(start, dtype=np.int64), np.asarray(stop, dtype=np.int64)
    for level in range(order, -1, -1):
        keep = start < stop
        start, stop = start[keep], stop[keep]
        if level == 0:
            inner, outer = stop, stop
        else:
            inner, outer = np.minimum((start + 3) & ~np.int64(3), stop), stop & ~np.int64(3)
            outer = np.maximum(outer, inner)
        first = inner if level else stop
        found = np.concatenate([_expand(start, first), _expand(outer, stop)])
        pixels.append(found)
        orders.append(np.full(len(found), level, dtype=np.int64))
        start, stop = inner >> 2, outer >> 2
    return np.concatenate(orders), np.concatenate(pixels)


def _expand(start: IntArray, stop: IntArray) -> IntArray:
    """All numbers of the ranges, in order."""
    length = stop - start
    if not length.sum():
        return np.empty(0, dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(length)[:-1]])
    return np.repeat(start - before, length) + np.arange(int(length.sum()), dtype=np.int64)


def merge_equal(order: int, ipix: IntArray, columns: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Join four equal siblings into their parent, again and again.

    Parameters
    ----------
    order : int
        Order of all the pixels.
    ipix : (n,) int64
        NESTED, strictly increasing.
    columns : (k, n) float64
        Joined only where all k values are equal; values are densities (a parent has its children's value).

    Returns
    -------
    orders, pixels : (m,) int64
    columns : (k, m) float64
    """
    done: list[tuple[Any, Any, Any]] = []
    level = order
    while level > 0 and len(ipix) >= 4:
        heads = np.flatnonzero((ipix[:-3] & 3) == 0)
        heads = heads[ipix[heads + 3] == ipix[heads] + 3]
        for step in (1, 2, 3):
            heads = heads[(columns[:, heads] == columns[:, heads + step]).all(axis=0)]
        rest = np.ones(len(ipix), dtype=bool)
        for step in range(4):
            rest[heads + step] = False
        done.append((np.full(int(rest.sum()), level, dtype=np.int64), ipix[rest], columns[:, rest]))
        ipix, columns = ipix[heads] >> 2, columns[:, heads]
        level -= 1
    done.append((np.full(len(ipix), level, dtype=np.int64), ipix, columns))
    return (
        np.concatenate([part[0] for part in done]),
        np.concatenate([part[1] for part in done]),
        np.concatenate([part[2] for part in done], axis=1),
    )

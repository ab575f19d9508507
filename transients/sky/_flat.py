"""Flat maps: their resolution, their pixel numbering, and how they become tiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput

from . import healpix
from .healpix import IntArray


def to_tiles(
    level: int, values: Any, distances: tuple[Any, ...] | None, numbers: IntArray | None, *, ring: bool
) -> tuple[IntArray, IntArray, FloatArray]:
    """Pixels of one order as few tiles: pixels of zero joined by their ranges, equal siblings by their values."""
    nside = 1 << level
    kept = np.arange(len(values), dtype=np.int64) if distances is not None or numbers is not None else np.flatnonzero(values != 0)
    nested = kept if numbers is None else numbers
    if ring:
        import healpy  # most of a second that few wait for

        nested = healpy.ring2nest(nside, nested)
    sort = np.argsort(nested, kind="stable") if ring or numbers is not None else slice(None)
    nested, kept = nested[sort], kept[sort]
    table = np.stack([np.asarray(c, dtype=np.float64)[kept] for c in (values, *(distances or ()))])
    order, ipix, merged = healpix.merge_equal(level, nested, table)
    if numbers is not None or distances is not None:
        return order, ipix, merged
    bounds = np.concatenate([[-1], nested, [12 * nside**2]])
    zero_order, zero_pixels = healpix.tiles_of_ranges(bounds[:-1] + 1, bounds[1:], level)
    return (
        np.concatenate([order, zero_order]),
        np.concatenate([ipix, zero_pixels]),
        np.concatenate([merged, np.zeros((1, len(zero_pixels)))], axis=1),
    )


def pixel_numbers(numbers: Any, nside: int, name: str) -> IntArray:
    """The pixel numbers of a map of a part of the sky, checked."""
    pixels = numbers.astype(np.int64)
    if pixels.min() < 0 or pixels.max() >= 12 * nside**2 or len(np.unique(pixels)) != len(pixels):
        raise RefusedInput("pixel numbers are out of range or repeated", where=name)
    return np.asarray(pixels)


def nside_of(header: Any, pixels: int, name: str, remarks: list[str], *, partial: bool) -> int:
    """The map's nside, stated or counted; a full map must have the pixels of it."""
    stated = header.get("NSIDE")
    if stated is None:
        nside = max(math.isqrt(pixels // 12), 1)
        remarks.append(f"NSIDE is missing: taken as {nside} from the number of pixels")
    else:
        nside = int(stated)
    healpix.order_of_nside(nside)
    if not partial and pixels != 12 * nside**2:
        raise RefusedInput(f"{pixels} pixels do not make a map of nside {nside}, which has {12 * nside**2}", where=name)
    return nside


def is_ring(header: Any, name: str, remarks: list[str]) -> bool:
    """Whether pixels are numbered in rings."""
    ordering = str(header.get("ORDERING", "")).strip().upper()
    if ordering in {"RING", "NESTED", "NEST"}:
        return ordering == "RING"
    if ordering:
        raise RefusedInput(f"unknown ORDERING {ordering!r}", where=name)
    # FITS HEALPix files without the key were written by programs whose default is RING.
    remarks.append("ORDERING is missing: taken as RING")
    return True

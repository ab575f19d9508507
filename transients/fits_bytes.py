"""FITS files as bytes. Extensions are cfitsio's: astropy's objects for them take milliseconds each, and a light curve has three."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import fitsio
import numpy as np
import numpy.typing as npt
from astropy.io import fits

Value = str | int | float | bool
#: Keyword, value and comment.
Card = tuple[str, Value, str]

#: FITS is made of blocks of this many bytes; a primary header without data, of one.
_BLOCK = 2880
_NO_DATA: tuple[Card, ...] = (
    ("SIMPLE", True, "conforms to FITS standard"),
    ("BITPIX", 8, "array data type"),
    ("NAXIS", 0, "number of array dimensions"),
    ("EXTEND", True, ""),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """A binary table of columns by name, each of whole or floating numbers (n,) and a unit, which may be empty."""

    columns: Mapping[str, tuple[npt.NDArray[Any], str]]
    cards: Sequence[Card] = ()
    name: str = ""

    def write(self, file: fitsio.FITS) -> None:
        values, units = zip(*self.columns.values(), strict=True)
        file.write_table(list(values), names=list(self.columns), units=list(units), **_described(self))


@dataclasses.dataclass(frozen=True, eq=False)
class PackedImage:
    """An image of one axis, (n,), compressed without loss in tiles of so many values, by Rice's algorithm."""

    values: npt.NDArray[np.int32]
    tile: int
    cards: Sequence[Card] = ()
    name: str = ""

    def write(self, file: fitsio.FITS) -> None:
        file.write_image(self.values, compress="RICE_1", tile_dims=[min(self.tile, len(self.values))], **_described(self))


def fits_bytes(cards: Iterable[Card], *units: Table | PackedImage) -> bytes:
    """A file with these cards in its primary header, and these extensions; numbers in headers of those have 15 digits.

    Raises ValueError for what FITS cannot hold: text that is not printable ASCII, numbers that are not finite.
    """
    header: bytes = fits.Header([*_NO_DATA, *cards]).tostring().encode("ascii")
    with fitsio.FITS("mem://", "rw") as file:
        file.write_image(None)
        for unit in units:
            unit.write(file)
        # astropy writes a number as exactly as it is read.
        return header + bytes(file.read_raw())[_BLOCK:]


def _described(unit: Table | PackedImage) -> dict[str, Any]:
    return {"header": _records(unit.cards), "extname": unit.name or None}


def _records(cards: Iterable[Card]) -> list[dict[str, Value]]:
    # cfitsio would write something else instead of what a header cannot hold; astropy raises ValueError.
    spelt = [fits.Card(*card) for card in cards]
    return [{"name": card.keyword, "value": card.value, "comment": card.comment} for card in spelt]

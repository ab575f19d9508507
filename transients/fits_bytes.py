"""FITS put together from its bytes. astropy spells the cards, each only once, and packs the counts; its objects for a header take
milliseconds, and a light curve has three.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.io import fits

Value = str | int | float | bool
#: Keyword, value and comment.
Card = tuple[str, Value, str]

#: FITS is made of blocks of this many bytes.
_BLOCK = 2880
#: What a column's kind of number is in a TFORM, and on disk.
_FORMS = {"i": ("K", ">i8"), "f": ("D", ">f8")}
#: Numbers that the Rice algorithm codes together, and bytes of each.
_RICE = {"blocksize": 32, "bytepix": 4}
#: A commentary card holds this many characters.
_COMMENTARY = 72
#: From this many bytes on, what is packed is pointed at by 64-bit numbers.
_WIDE = 2**31


def primary(cards: Iterable[Card] = ()) -> bytes:
    """A primary header without data."""
    return _header(
        ("SIMPLE", True, "conforms to FITS standard"),
        ("BITPIX", 8, "array data type"),
        ("NAXIS", 0, "number of array dimensions"),
        ("EXTEND", True, ""),
        *cards,
    )


def table(columns: Mapping[str, tuple[npt.NDArray[Any], str]], cards: Iterable[Card]) -> bytes:
    """A binary table of columns by name, each of whole or floating numbers (n,) and a unit, which may be empty."""
    forms = {name: _FORMS[values.dtype.kind] for name, (values, _) in columns.items()}
    (rows,) = {len(values) for values, _ in columns.values()}
    data = np.empty(rows, [(name, kind) for name, (_, kind) in forms.items()])
    described: list[Card] = []
    for n, (name, (values, unit)) in enumerate(columns.items(), 1):
        data[name] = values
        described += [(f"TTYPE{n}", name, ""), (f"TFORM{n}", forms[name][0], "")]
        described += [(f"TUNIT{n}", unit, "")] if unit else []
    header = _header(
        *_extension(),
        ("NAXIS1", data.itemsize, "length of dimension 1"),
        ("NAXIS2", rows, "length of dimension 2"),
        ("PCOUNT", 0, "number of group parameters"),
        ("GCOUNT", 1, "number of groups"),
        ("TFIELDS", len(forms), "number of table fields"),
        *described,
        *cards,
    )
    return header + _whole(data.tobytes(), b"\0")


def packed_image(values: npt.NDArray[np.int32], tile: int, cards: Iterable[Card]) -> bytes:
    """An image of one axis, (n,), compressed without loss in tiles of so many values, by Rice's algorithm (FITS 4.0, section 10)."""
    tile = min(tile, len(values))
    tiles = [_rice(values[begin : begin + tile]) for begin in range(0, len(values), tile)]
    lengths = np.array([len(each) for each in tiles])
    heap = b"".join(tiles)
    letter, kind = ("P", ">i4") if len(heap) < _WIDE else ("Q", ">i8")
    pointers = np.stack([lengths, np.cumsum(lengths) - lengths], axis=1).astype(kind)
    header = _header(
        *_extension(),
        ("NAXIS1", pointers[0].nbytes, "width of table in bytes"),
        ("NAXIS2", len(tiles), "number of rows in table"),
        ("PCOUNT", len(heap), "number of group parameters"),
        ("GCOUNT", 1, "number of groups"),
        ("TFIELDS", 1, "number of fields in each row"),
        ("TTYPE1", "COMPRESSED_DATA", ""),
        ("TFORM1", f"1{letter}B({lengths.max()})", ""),
        ("ZIMAGE", True, "extension contains compressed image"),
        ("ZTENSION", "IMAGE", "Image extension"),
        ("ZBITPIX", 32, "array data type"),
        ("ZNAXIS", 1, "number of array dimensions"),
        ("ZNAXIS1", len(values), ""),
        ("ZPCOUNT", 0, "number of parameters"),
        ("ZGCOUNT", 1, "number of groups"),
        ("ZTILE1", tile, "size of tiles to be compressed"),
        ("ZCMPTYPE", "RICE_1", "compression algorithm"),
        ("ZNAME1", "BLOCKSIZE", "compression block size"),
        ("ZVAL1", _RICE["blocksize"], "pixels per block"),
        ("ZNAME2", "BYTEPIX", "bytes per pixel (1, 2, 4, or 8)"),
        ("ZVAL2", _RICE["bytepix"], "bytes per pixel (1, 2, 4, or 8)"),
        *cards,
    )
    return header + _whole(pointers.tobytes() + heap, b"\0")


def history(lines: Sequence[str]) -> list[Card]:
    """Lines of any length as HISTORY."""
    return [
        ("HISTORY", line[begin : begin + _COMMENTARY], "")
        for line in lines
        for begin in range(0, max(len(line), 1), _COMMENTARY)
    ]  # fmt: skip


def _extension() -> tuple[Card, ...]:
    return (
        ("XTENSION", "BINTABLE", "binary table extension"),
        ("BITPIX", 8, "array data type"),
        ("NAXIS", 2, "number of array dimensions"),
    )


def _rice(values: npt.NDArray[np.int32]) -> bytes:
    # Without a public name: the public way makes a header, a table and an image of what is a call.
    from astropy.io.fits.hdu.compressed._codecs import Rice1

    return bytes(Rice1(**_RICE, tilesize=len(values)).encode(values))


def _header(*cards: Card) -> bytes:
    spelt = "".join([_card(*card) for card in cards])
    return _whole((spelt + f"{'END':80}").encode("ascii"), b" ")


@functools.lru_cache(maxsize=1024, typed=True)
def _card(keyword: str, value: Value, comment: str) -> str:
    """A card as astropy spells it. Most are the same in every file."""
    return str(fits.Card(keyword, value, comment).image)


def _whole(content: bytes, filling: bytes) -> bytes:
    """The bytes, filled up to whole blocks."""
    return content + filling * (-len(content) % _BLOCK)

"""The table of a FITS file held in memory, with its size checked before anything is made of it."""

from __future__ import annotations

import warnings
import zlib
from typing import Any

import numpy as np
from astropy.io import fits

from schemas.errors import RefusedInput

#: Bytes a file may unpack to: a flat map of nside 2048 with one 32-bit column has 201 MB, of nside 1024 with four 64-bit
#: columns 403 MB.
MAX_BYTES = 512_000_000

#: What astropy and numpy raise on files that are not what they say.
BROKEN = (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, fits.VerifyError, AttributeError)


def unpack(data: bytes, name: str, max_bytes: int) -> bytes:
    """The bytes, un-gzipped if they are gzipped, never more than `max_bytes`.

    Raises
    ------
    RefusedInput
        If they would unpack to more, or the gzip stream is cut or damaged.
    """
    if data[:2] != b"\x1f\x8b":
        if len(data) > max_bytes:
            raise RefusedInput(f"the sky map has {len(data)} bytes, more than the {max_bytes} allowed", where=name)
        return data
    parts: list[bytes] = []
    room = max_bytes
    while data[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        try:
            part = stream.decompress(data, room + 1)
        except zlib.error as error:
            raise RefusedInput(f"the gzip stream is damaged: {error}", where=name) from error
        room -= len(part)
        if room < 0:
            raise RefusedInput(f"the sky map unpacks to more than the {max_bytes} bytes allowed", where=name)
        if not stream.eof:
            raise RefusedInput("the gzip stream is cut short", where=name)
        parts.append(part)
        data = stream.unused_data
    return b"".join(parts)


def first_table(data: bytes, name: str, max_bytes: int = MAX_BYTES) -> tuple[fits.Header, Any]:
    """Header and data of the first binary table of a FITS file.

    Returns
    -------
    header : astropy.io.fits.Header
    table : structured array (FITS_rec)

    Raises
    ------
    RefusedInput
        If this is not FITS, has no binary table, or is cut short.
    """
    content = unpack(data, name, max_bytes)
    if not content.startswith(b"SIMPLE  ="):
        shown = content[:24].decode("latin-1").encode("unicode_escape").decode()
        raise RefusedInput(f"not a FITS file: it begins with {shown!r}", where=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _table(content, name)
    except BROKEN as error:
        raise RefusedInput(f"the FITS file cannot be read: {error}", where=name) from error


def _table(content: bytes, name: str) -> tuple[fits.Header, Any]:
    for hdu in fits.HDUList.fromstring(content):
        if isinstance(hdu, fits.BinTableHDU):
            break
    else:
        raise RefusedInput("the FITS file has no binary table, or is cut short before it", where=name)
    width, rows = int(hdu.header["NAXIS1"]), int(hdu.header["NAXIS2"])
    if rows < 1 or width < 1:
        raise RefusedInput("the table of the sky map is empty", where=name)
    # A table that says it is longer than the bytes that are there may be a bomb: nothing is allocated for it.
    if width * rows > len(content):
        raise RefusedInput(f"the file is cut short: its table needs {width * rows} bytes", where=name)
    try:
        return hdu.header, hdu.data
    except TypeError as error:
        raise RefusedInput(f"the file is cut short: its table of {width * rows} bytes is not all there", where=name) from error


def column(table: Any, name: str) -> Any:
    """A column as a flat array in native byte order: `1024E` cells are laid out in a row."""
    values = np.asarray(table[name]).ravel()
    return values.astype(values.dtype.newbyteorder("="), copy=False)

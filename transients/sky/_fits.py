"""The table of a FITS file held in memory, with its size checked before anything is made of it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from astropy.io import fits

from schemas.errors import RefusedInput

from ..gunzip import unpacked

#: Bytes a file may unpack to: a flat map of nside 2048 with one 32-bit column has 201 MB, of nside 1024 with four 64-bit
#: columns 403 MB.
MAX_BYTES = 512_000_000

#: What astropy and numpy raise on files that are not what they say.
BROKEN = (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, fits.VerifyError, AttributeError)


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
    content = unpacked(data, name, max_bytes)
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

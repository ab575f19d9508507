"""FITS tables out of bytes: the one place that knows how a broken file shows."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from schemas import FloatArray
from schemas.errors import RefusedInput

from ...gunzip import unpacked

#: No auxiliary file comes near this; a larger one is a mistake or an attack.
MAX_BYTES = 500_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """A FITS table in memory: its columns by upper-case name, and its header."""

    columns: dict[str, Any]
    header: Any
    name: str

    def floats(self, column: str) -> FloatArray:
        """A column as float64. Raises RefusedInput when it is missing or not finite."""
        if column not in self.columns:
            raise RefusedInput(f"no column {column}", where=self.name)
        try:
            values = np.asarray(self.columns[column], dtype=np.float64)
        except ValueError as error:
            raise RefusedInput(f"column {column} holds no numbers", where=self.name) from error
        if not np.all(np.isfinite(values)):
            raise RefusedInput(f"column {column} holds a value that is not finite", where=self.name)
        return values

    def key(self, keyword: str) -> Any:
        """A header value. Raises RefusedInput when it is missing."""
        if keyword not in self.header:
            raise RefusedInput(f"no keyword {keyword}", where=self.name)
        return self.header[keyword]


def read_tables(data: bytes, name: str) -> list[Table]:
    """Every binary table of a FITS file (gzip or plain), in order; a truncated or otherwise broken file is refused.

    Raises
    ------
    RefusedInput
        Naming the file.
    """
    plain = unpacked(data, name, MAX_BYTES)
    if not plain.startswith(b"SIMPLE"):
        raise RefusedInput("not a FITS file", where=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyWarning)
            with fits.open(io.BytesIO(plain), memmap=False) as units:
                tables = [_table(unit, name) for unit in units[1:] if isinstance(unit, fits.BinTableHDU)]
    except (OSError, ValueError, TypeError, KeyError, IndexError, AstropyWarning) as error:
        raise RefusedInput(f"broken FITS file: {error}", where=name) from error
    return tables


def _table(unit: Any, name: str) -> Table:
    columns = {column.upper(): np.array(unit.data[column]) for column in unit.columns.names}
    return Table(columns, unit.header.copy(), name)

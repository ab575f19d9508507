"""Sky maps, and maps of other quantities on their tiles, as multi-order FITS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from .maps import SkyMap

#: Value and comment of a keyword.
Card = tuple[str | int | float | bool, str]
#: Headers and tables fill whole blocks.
_BLOCK = 2880


def write_skymap(
    m: SkyMap,
    columns: Mapping[str, tuple[npt.ArrayLike, str]] | None = None,
    header: Mapping[str, str | int | float | bool] | None = None,
) -> bytes:
    """The map as a multi-order HEALPix FITS file: UNIQ, PROBDENSITY (sr-1), distances, and further columns.

    Rows are sorted by UNIQ. The same input gives the same bytes: no date is written. `read_skymap` reads it back.

    Parameters
    ----------
    columns : mapping of name to (values (n,), FITS unit), optional
        One value per tile of `m`, in its order; float64 are kept as such.
    header : mapping of keyword to value, optional
        Written after the standard keywords.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If a column has another length than the map.
    """
    table: dict[str, tuple[npt.NDArray[Any], str]] = {"UNIQ": (m.uniq, ""), "PROBDENSITY": (m.density, "sr-1")}
    for name, unit in (("distmu", "Mpc"), ("distsigma", "Mpc"), ("distnorm", "Mpc-2")):
        if (found := getattr(m, name)) is not None:
            table[name.upper()] = found, unit
    for name, (values, unit) in (columns or {}).items():
        array = np.asarray(values, dtype=np.float64)
        if array.shape != (len(m),):
            raise ValueError(f"column {name} has shape {array.shape}, the map has {len(m)} tiles")
        table[name] = array, unit
    cards: dict[str, Card] = {
        "PIXTYPE": ("HEALPIX", "HEALPix pixelisation"),
        "ORDERING": ("NUNIQ", "multi-order: pixels by UNIQ code"),
        "COORDSYS": ("C", "equatorial (ICRS)"),
        "INDXSCHM": ("EXPLICIT", "pixels are listed"),
        "MOCORDER": (int(m.order.max()), "deepest order"),
    }
    cards |= {key: (entry, "") for key, entry in {**_facts(m), **(header or {})}.items()}
    return _PRIMARY + _table(table, np.argsort(m.uniq, kind="stable"), cards)


def _table(columns: Mapping[str, tuple[npt.NDArray[Any], str]], rows: npt.NDArray[np.intp], cards: Mapping[str, Card]) -> bytes:
    """A binary table of 64-bit columns, with their units, in the order of `rows`. astropy's takes ten times as long to do it."""
    data = np.empty(len(rows), [(name, ">i8" if values.dtype.kind == "i" else ">f8") for name, (values, _) in columns.items()])
    described: dict[str, Card] = {}
    for number, (name, (values, unit)) in enumerate(columns.items(), 1):
        data[name] = values[rows]
        described |= {f"TTYPE{number}": (name, ""), f"TFORM{number}": ("K" if values.dtype.kind == "i" else "D", "")}
        described |= {f"TUNIT{number}": (unit, "")} if unit else {}
    layout: dict[str, Card] = {
        "XTENSION": ("BINTABLE", "binary table extension"),
        "BITPIX": (8, "array data type"),
        "NAXIS": (2, "number of array dimensions"),
        "NAXIS1": (data.itemsize, "length of dimension 1"),
        "NAXIS2": (len(data), "length of dimension 2"),
        "PCOUNT": (0, "number of group parameters"),
        "GCOUNT": (1, "number of groups"),
        "TFIELDS": (len(columns), "number of table fields"),
    }
    return _header({**layout, **described, **cards}) + data.tobytes() + bytes(-data.nbytes % _BLOCK)


def _header(cards: Mapping[str, Card]) -> bytes:
    text: str = fits.Header([fits.Card(key, *card) for key, card in cards.items()]).tostring()
    return text.encode("ascii")


def _facts(m: SkyMap) -> dict[str, str | float]:
    keys = {
        "object": "OBJECT",
        "instruments": "INSTRUME",
        "date_obs": "DATE-OBS",
        "distmean_mpc": "DISTMEAN",
        "diststd_mpc": "DISTSTD",
    }
    return {keyword: m.meta[key] for key, keyword in keys.items() if m.meta.get(key) is not None}


_PRIMARY = _header(
    {
        "SIMPLE": (True, "conforms to FITS standard"),
        "BITPIX": (8, "array data type"),
        "NAXIS": (0, "number of array dimensions"),
        "EXTEND": (True, ""),
    }
)

"""Sky maps, and maps of other quantities on their tiles, as multi-order FITS."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from schemas import FloatArray
from schemas.errors import RefusedInput

from ..fits_bytes import Card, Table, fits_bytes
from .maps import SkyMap

#: A map's own distances, and their units.
_DISTANCES = (("distmu", "Mpc"), ("distsigma", "Mpc"), ("distnorm", "Mpc-2"))
_OF_THE_MAP = frozenset({"UNIQ", "PROBDENSITY", *(name.upper() for name, _ in _DISTANCES)})


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
    rows = np.argsort(m.uniq, kind="stable")
    found = {"UNIQ": (m.uniq[rows], ""), "PROBDENSITY": (m.density[rows], "sr-1")}
    for name, unit in _DISTANCES:
        values = getattr(m, name)
        if values is not None:
            found[name.upper()] = (values[rows], unit)
    for name, (values, unit) in (columns or {}).items():
        array = np.asarray(values, dtype=np.float64)
        if array.shape != (len(m),):
            raise ValueError(f"column {name} has shape {array.shape}, the map has {len(m)} tiles")
        found[name] = (array[rows], unit)
    cards: list[Card] = [
        ("PIXTYPE", "HEALPIX", "HEALPix pixelisation"),
        ("ORDERING", "NUNIQ", "multi-order: pixels by UNIQ code"),
        ("COORDSYS", "C", "equatorial (ICRS)"),
        ("INDXSCHM", "EXPLICIT", "pixels are listed"),
        ("MOCORDER", int(m.order.max()), "deepest order"),
    ]
    cards += [(keyword, value, "") for keyword, value in {**_facts(m), **(header or {})}.items()]
    return fits_bytes((), Table(found, cards))


def read_columns(data: bytes, m: SkyMap) -> dict[str, FloatArray]:
    """The further columns of a file that `write_skymap` wrote of a map, by name, a value (n,) per tile in the map's order.

    Raises
    ------
    RefusedInput
        The file has other tiles than the map.
    """
    rows = np.argsort(m.uniq, kind="stable")
    found: dict[str, FloatArray] = {}
    with fits.open(io.BytesIO(data)) as hdus:
        table: Any = hdus[1].data
        if not np.array_equal(table["UNIQ"], m.uniq[rows]):
            raise RefusedInput("the file has other tiles than the map")
        for name in table.names:
            if name not in _OF_THE_MAP:
                found[name] = np.empty(len(m))
                found[name][rows] = table[name]
    return found


def _facts(m: SkyMap) -> dict[str, str | float]:
    keys = {
        "object": "OBJECT",
        "instruments": "INSTRUME",
        "date_obs": "DATE-OBS",
        "distmean_mpc": "DISTMEAN",
        "diststd_mpc": "DISTSTD",
    }
    return {keyword: m.meta[key] for key, keyword in keys.items() if m.meta.get(key) is not None}

"""State vectors as a table of text: CSV with the unit in each column's name, or ECSV with units of its own.

Columns: utc (ISO 8601); x_km, y_km, z_km; perhaps vx_km_s, vy_km_s, vz_km_s and error_km. In ECSV the columns may be named utc, x, y, z,
vx, vy, vz and error, in any units of length and speed. Axes are those of GCRS, unless ECSV's meta says another `frame`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import astropy.units as u
import numpy as np
from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning

from schemas import FloatArray
from schemas.errors import RefusedInput

from .oem import epochs
from .orbit_table import OrbitTable
from .reference_frames import to_gcrs
from .times import ijd

_PLACE = (("x", "km"), ("y", "km"), ("z", "km"))
_SPEED = (("vx", "km_s"), ("vy", "km_s"), ("vz", "km_s"))


def is_orbit_csv(text: str) -> bool:
    """Whether the heading is that of a table of state vectors."""
    heading = next((line for line in text.splitlines()[:200] if line.strip() and not line.startswith("#")), "")
    words = {word.strip().strip('"').lower() for word in heading.replace(",", " ").split()}
    return "utc" in words and bool({"x_km", "x"} & words)


def read_orbit_csv(text: str, name: str) -> OrbitTable:
    """Read the table.

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong.
    """
    if not is_orbit_csv(text):
        raise RefusedInput("no heading of utc, x_km, y_km, z_km", where=name)
    ecsv = text.startswith("# %ECSV")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyWarning)
            table = Table.read(text.splitlines(), format="ascii.ecsv" if ecsv else "ascii.csv", guess=False, comment="#")
    except (ValueError, TypeError, KeyError, AstropyWarning) as error:
        raise RefusedInput(f"a table that cannot be read: {str(error)[:200]}", where=name) from error
    if len(table) < 2:
        raise RefusedInput("fewer than two state vectors", where=name)
    columns = {column.lower(): table[column] for column in table.colnames}
    time = epochs([str(value) for value in columns["utc"]], "UTC", name)
    order = np.argsort(ijd(time))
    place = np.stack([_column(columns, axis, unit, name) for axis, unit in _PLACE], axis=-1)
    velocity: FloatArray | None = None
    if any(f"vx{end}" in columns for end in ("", "_km_s")):
        velocity = np.stack([_column(columns, axis, unit, name) for axis, unit in _SPEED], axis=-1)
    errors = _column(columns, "error", "km", name) if {"error", "error_km"} & set(columns) else None
    place, velocity = to_gcrs(str(table.meta.get("frame", "GCRS")), time, place, velocity, name)
    return OrbitTable(
        np.asarray(ijd(time))[order],
        place[order],
        "state vectors",
        name,
        None if velocity is None else velocity[order],
        error_km=None if errors is None else float(errors.max()),
    )


def _column(columns: Mapping[str, Any], axis: str, unit: str, name: str) -> FloatArray:
    """A column in km or km/s: by its own unit, else by the one in its name."""
    wanted = u.km if unit == "km" else u.km / u.s
    found = columns.get(f"{axis}_{unit}")
    if found is None:
        found = columns.get(axis)
        if found is None or found.unit is None:
            raise RefusedInput(f"no column {axis}_{unit}", where=name)
    try:
        if np.ma.is_masked(found):
            raise ValueError("a row is empty")
        values = np.asarray(found, dtype=float) * (u.Unit(found.unit).to(wanted) if found.unit is not None else 1.0)
    except (ValueError, TypeError) as error:
        raise RefusedInput(f"column {axis}_{unit}: {error}", where=name) from error
    if not np.all(np.isfinite(values)):
        raise RefusedInput(f"column {axis}_{unit} holds a value that is not finite", where=name)
    return np.asarray(values)

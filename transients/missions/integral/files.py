"""Attitude and orbit out of INTEGRAL's auxiliary files.

Two forms: the archive's attitude_historic, attitude_snapshot, orbit_historic and orbit_predicted (rows valid from DAYBEG to
DAYEND, IJD), and a science window's sc_orbit_param (rows at an on-board time, placed in UTC by ERTFIRST and ERTLAST).
"""

from __future__ import annotations

import numpy as np

from schemas import AttitudeSource, FloatArray, Instant
from schemas.errors import RefusedInput

from ..attitude_table import AttitudeTable, StillError
from ..frames import unit_vector
from ..orbit_table import OrbitTable
from ..times import ijd, to_time
from .fits_tables import Table, read_tables
from .operations import SLEW

#: On-board time is a 64-bit count of 2^-20 s, in four 16-bit words.
_OBT_PER_S = 2**20
#: ERTFIRST and ERTLAST are whole seconds of packets that come every 8 s.
_OBT_ERROR_S = 8.0
#: The files do not state their error. What the spacecraft was required to keep (Winkler et al. 2003, A&A 411, L1, from memory: to be
#: verified; the true errors are smaller): knowledge to 1 arcmin of X and 3 arcmin about it, control to 5 and 15 arcmin.
_KNOWN, _PLANNED = StillError(1 / 60, 3 / 60), StillError(5 / 60, 15 / 60)
STILL_ERRORS: dict[AttitudeSource, StillError] = {"historic": _KNOWN, "snapshot": _KNOWN, "predicted": _PLANNED}
#: Positions may differ by this share from the file's own distance before it is refused.
_DISTANCE_TOLERANCE = 1e-3


def read_attitude(data: bytes, name: str) -> AttitudeTable:
    """Read the attitude of a file with RA_SCX, DEC_SCX, RA_SCZ, DEC_SCZ (deg).

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong.
    """
    table = _table_with(data, name, "RA_SCX")
    begin, end = _row_times(table)
    degrees = {column: np.radians(table.floats(column)) for column in ("RA_SCX", "DEC_SCX", "RA_SCZ", "DEC_SCZ")}
    x = unit_vector(degrees["RA_SCX"], degrees["DEC_SCX"])
    z = unit_vector(degrees["RA_SCZ"], degrees["DEC_SCZ"])
    order = np.argsort(begin, kind="stable")
    source = _attitude_source(name)
    return AttitudeTable(
        begin[order], end[order], x[order], z[order], source, name, STILL_ERRORS[source], rate_deg_s=SLEW.rate_deg_s
    )


def read_orbit(data: bytes, name: str) -> OrbitTable:
    """Read the orbit of a file with XPOS, YPOS, ZPOS (km); a row with a span of time stands for its middle.

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong: also when the places contradict the file's own distance (DISTANCE or RDIST).
    """
    table = _table_with(data, name, "XPOS")
    begin, end = _row_times(table)
    place = np.stack([table.floats(column) for column in ("XPOS", "YPOS", "ZPOS")], axis=-1)
    for column in ("DISTANCE", "RDIST"):
        if column in table.columns:
            stated, found = table.floats(column), np.linalg.norm(place, axis=-1)
            if np.any(np.abs(found - stated) > _DISTANCE_TOLERANCE * found):
                raise RefusedInput(f"positions that do not have the length in {column}", where=name)
    times, first = np.unique((begin + end) / 2, return_index=True)
    source = "orbit file, predicted" if "predicted" in name.lower() else "orbit file"
    return OrbitTable(times, place[first], source, name)


def _table_with(data: bytes, name: str, column: str) -> Table:
    found = next((table for table in read_tables(data, name) if column in table.columns), None)
    if found is None:
        raise RefusedInput(f"no table with a column {column}", where=name)
    if not len(found.columns[column]):
        raise RefusedInput("the table has no rows", where=name)
    return found


def _attitude_source(name: str) -> AttitudeSource:
    lower = name.lower()
    if "snapshot" in lower:
        return "snapshot"
    return "predicted" if "predicted" in lower else "historic"


def _row_times(table: Table) -> tuple[FloatArray, FloatArray]:
    """Begin and end of each row, IJD."""
    if "DAYBEG" in table.columns:
        begin, end = table.floats("DAYBEG"), table.floats("DAYEND")
        if np.any(end < begin):
            raise RefusedInput("a row that ends before it begins", where=table.name)
        return begin, end
    seconds = _onboard_s(table.floats("OB_TIME"))
    first, last = (_onboard_text_s(str(table.key(keyword)), table.name) for keyword in ("OBTSTART", "OBTEND"))
    start, stop = (_utc_ijd(str(table.key(keyword)), table.name) for keyword in ("ERTFIRST", "ERTLAST"))
    if not last > first:
        raise RefusedInput("OBTEND is not after OBTSTART", where=table.name)
    if abs((last - first) - 86400 * (stop - start)) > 2 * _OBT_ERROR_S:
        raise RefusedInput("on-board and received times run at different speeds", where=table.name)
    times = start + (seconds - first) / (last - first) * (stop - start)
    return times, times


def _onboard_s(words: FloatArray) -> FloatArray:
    """Seconds of four 16-bit words, the most significant first; shape (n, 4) -> (n,)."""
    return np.asarray(words @ (2.0 ** np.array([48, 32, 16, 0])) / _OBT_PER_S)


def _onboard_text_s(text: str, name: str) -> float:
    if not text.strip().isdecimal():
        raise RefusedInput(f"not an on-board time: {text!r}", where=name)
    return int(text) / _OBT_PER_S


def _utc_ijd(text: str, name: str) -> float:
    try:
        return ijd(to_time(Instant.parse(text)))
    except ValueError as error:
        raise RefusedInput(str(error), where=name) from error

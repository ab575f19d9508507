"""Attitude and orbit out of INTEGRAL's auxiliary files.

Two forms: the archive's attitude_historic, attitude_snapshot, orbit_historic and orbit_predicted (rows valid from DAYBEG to
DAYEND, IJD), and a science window's sc_orbit_param (rows at an on-board time, placed in UTC by ERTFIRST and ERTLAST).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import Attitude, AttitudeSource, FloatArray, Instant, OrbitState
from schemas.errors import NoData, RefusedInput

from ..frames import unit_vector, vector_direction
from ..times import from_ijd, ijd, to_instant, to_time
from .fits_tables import Table, read_tables

#: On-board time is a 64-bit count of 2^-20 s, in four 16-bit words.
_OBT_PER_S = 2**20
#: ERTFIRST and ERTLAST are whole seconds of packets that come every 8 s.
_OBT_ERROR_S = 8.0
#: An instant this far outside the first or last row still takes it.
_TOLERANCE_S = 8.0
#: Rows closer than this are one pointing, not a slew: the error is then the star tracker's, which the files do not state.
_STILL_DEG = 1e-3
#: Positions may differ by this share from the file's own distance before it is refused.
_DISTANCE_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class AttitudeTable:
    """Axes of the spacecraft in time. Rows ascend; row i holds from begin_ijd[i] to end_ijd[i]; between rows it slews."""

    begin_ijd: FloatArray
    end_ijd: FloatArray
    #: Unit vectors, shape (n, 3).
    x: FloatArray
    z: FloatArray
    source: AttitudeSource
    name: str

    def at(self, instant: Instant) -> Attitude:
        """The attitude at an instant; between two rows along the shortest turn, half of which is given as the error.

        Raises
        ------
        NoData
            Outside the table.
        """
        low, high, share = _place(self.begin_ijd, self.end_ijd, ijd(to_time(instant)), self.name)
        x = _between(self.x[low], self.x[high], share)
        z = _between(self.z[low], self.z[high], share)
        z = z - (z @ x) * x
        axis, zenith = vector_direction(x), vector_direction(z)
        turn = float(np.degrees(np.arctan2(np.linalg.norm(np.cross(self.x[low], self.x[high])), self.x[low] @ self.x[high])))
        return Attitude(
            at=instant,
            x_ra_deg=float(axis.ra.deg),
            x_dec_deg=float(axis.dec.deg),
            z_ra_deg=float(zenith.ra.deg),
            z_dec_deg=float(zenith.dec.deg),
            source=self.source,
            error_deg=turn / 2 if turn > _STILL_DEG else None,
        )


@dataclass(frozen=True, eq=False)
class OrbitTable:
    """Places of the spacecraft in time, geocentric, km, shape (n, 3); times ascend."""

    time_ijd: FloatArray
    position_km: FloatArray
    source: str
    name: str

    def at(self, instant: Instant) -> OrbitState:
        """The place at an instant, on a cubic through the four nearest rows; the error is its distance from the straight line.

        Raises
        ------
        NoData
            Outside the table.
        """
        day = ijd(to_time(instant))
        low, high, share = _place(self.time_ijd, self.time_ijd, day, self.name)
        straight = (1 - share) * self.position_km[low] + share * self.position_km[high]
        near = slice(max(low - 1, 0), min(high + 2, self.time_ijd.size))
        place = straight if low == high else _lagrange(self.time_ijd[near], self.position_km[near], day)
        direction = vector_direction(place)
        return OrbitState(
            at=instant,
            ra_deg=float(direction.ra.deg),
            dec_deg=float(direction.dec.deg),
            distance_km=float(np.linalg.norm(place)),
            source=self.source,
            error_km=float(np.linalg.norm(place - straight)) or None,
        )


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
    if np.any(np.abs(np.sum(x * z, axis=-1)) > np.sin(np.radians(1.0))):
        raise RefusedInput("X and Z axes that are not at right angles", where=name)
    order = np.argsort(begin, kind="stable")
    return AttitudeTable(begin[order], end[order], x[order], z[order], _attitude_source(name), name)


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


def _place(begin: FloatArray, end: FloatArray, day: float, name: str) -> tuple[int, int, float]:
    """The rows around an instant, and how far it is from the first to the second (0 inside a row)."""
    tolerance = _TOLERANCE_S / 86400
    last = int(np.argmax(end))
    if not begin[0] - tolerance <= day <= end[last] + tolerance:
        covered = f"{to_instant(from_ijd(begin[0]))} to {to_instant(from_ijd(end[last]))}"
        raise NoData(f"covers {covered}, not {to_instant(from_ijd(day))}", where=name)
    low = max(int(np.searchsorted(begin, day, side="right")) - 1, 0)
    if day <= end[low] or low + 1 == begin.size:
        return low, low, 0.0
    return low, low + 1, float((day - end[low]) / (begin[low + 1] - end[low]))


def _between(a: FloatArray, b: FloatArray, share: float) -> FloatArray:
    """The unit vector a share of the way along the great circle from a to b."""
    angle = float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))
    if share == 0 or angle < 1e-12:
        return a
    return np.asarray((np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle))


def _lagrange(times: FloatArray, values: FloatArray, day: float) -> FloatArray:
    """The polynomial through the points, at `day`; times (n,), values (n, 3)."""
    total = np.zeros(3)
    for i, here in enumerate(times):
        others = np.delete(times, i)
        total = total + values[i] * np.prod((day - others) / (here - others))
    return total

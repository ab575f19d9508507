"""Which rows of a table in time stand about an instant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray
from schemas.errors import NoData

from .times import from_ijd, to_instant

#: An instant this far outside the first or last row still takes it: the packets that rows are made from come every 8 s.
TOLERANCE_S = 8.0


@dataclass(frozen=True)
class Place:
    """The rows about an instant: `low` and `high`, one and the same inside a row."""

    low: int
    high: int
    #: How far it is from the end of the first to the begin of the second, 0 to 1.
    share: float
    #: How far the instant lies outside the table, s.
    outside_s: float


def place(begin_ijd: FloatArray, end_ijd: FloatArray, day: float, name: str) -> Place:
    """Find an instant (IJD) among rows that hold from `begin_ijd` to `end_ijd`, ascending.

    Raises
    ------
    NoData
        More than 8 s outside the table, naming it and what it covers.
    """
    tolerance = TOLERANCE_S / 86400
    stop = float(np.max(end_ijd))
    if not begin_ijd[0] - tolerance <= day <= stop + tolerance:
        covered = f"{to_instant(from_ijd(begin_ijd[0]))} to {to_instant(from_ijd(stop))}"
        raise NoData(f"covers {covered}, not {to_instant(from_ijd(day))}", where=name)
    outside_s = 86400 * max(float(begin_ijd[0]) - day, day - stop, 0.0)
    low = max(int(np.searchsorted(begin_ijd, day, side="right")) - 1, 0)
    if day <= end_ijd[low] or low + 1 == begin_ijd.size:
        return Place(low, low, 0.0, outside_s)
    share = float((day - end_ijd[low]) / (begin_ijd[low + 1] - end_ijd[low]))
    return Place(low, low + 1, share, outside_s)

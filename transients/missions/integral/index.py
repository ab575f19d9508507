"""The index of science windows (idx/…/GNRL-SCWG-GRP-IDX.fits): when each began and ended, and where the spacecraft looked."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.time import Time

from schemas import FloatArray, Instant, Pointing
from schemas.errors import RefusedInput

from ..attitude_table import AttitudeTable
from ..frames import unit_vector
from ..times import from_ijd
from .files import STILL_ERRORS
from .fits_tables import Table, read_tables
from .operations import SLEW
from .scw import WindowKind, parse_science_window

_TYPES: dict[str, WindowKind] = {"POINTING": "pointing", "SLEW": "slew", "ENGINEERING": "engineering"}
#: TELAPSE may differ from TSTOP - TSTART by so many seconds: both are rounded to packets, which come every 8 s.
_ELAPSED_TOLERANCE_S = 16.0


def read_index(data: bytes, name: str) -> tuple[Pointing, ...]:
    """Science windows in time order, from SWID, SW_TYPE, TSTART, TSTOP (IJD), RA_SCX, DEC_SCX, and RA_SCZ, DEC_SCZ where they are.

    A window that is listed twice, as two versions of it, is taken once.

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong: also when TELAPSE contradicts the times, or SW_TYPE the id.
    """
    table = next((each for each in read_tables(data, name) if {"SWID", "TSTART"} <= each.columns.keys()), None)
    if table is None:
        raise RefusedInput("no table with columns SWID and TSTART", where=name)
    if not len(table.columns["SWID"]):
        raise RefusedInput("the table has no rows", where=name)
    numbers = {key: table.floats(key) for key in ("TSTART", "TSTOP", "RA_SCX", "DEC_SCX")}
    _check_times(table, numbers["TSTART"], numbers["TSTOP"])
    roll = {key: table.floats(key) for key in ("RA_SCZ", "DEC_SCZ")} if "RA_SCZ" in table.columns else None
    found = {}
    for i, text in enumerate(table.columns["SWID"]):
        window = parse_science_window(_text(text))
        found[window.id] = Pointing(
            scw_id=window.id,
            kind=_kind(table, i, window.kind),
            start=_instant(numbers["TSTART"][i]),
            stop=_instant(numbers["TSTOP"][i]),
            x_ra_deg=float(numbers["RA_SCX"][i]),
            x_dec_deg=float(numbers["DEC_SCX"][i]),
            z_ra_deg=None if roll is None else float(roll["RA_SCZ"][i]),
            z_dec_deg=None if roll is None else float(roll["DEC_SCZ"][i]),
        )
    return tuple(sorted(found.values(), key=lambda pointing: (pointing.start, pointing.scw_id)))


def index_attitude(data: bytes, name: str) -> AttitudeTable:
    """One attitude for each pointing of an index, source "constant"; the spacecraft slews between them.

    Raises
    ------
    RefusedInput
        When the index cannot be read, names no Z axis, or no pointing.
    """
    pointings = [each for each in read_index(data, name) if each.kind == "pointing"]
    table = next(each for each in read_tables(data, name) if {"SWID", "TSTART"} <= each.columns.keys())
    if "RA_SCZ" not in table.columns or not pointings:
        raise RefusedInput("an index that gives no attitudes", where=name)
    kept = np.isin([_text(text)[:12] for text in table.columns["SWID"]], [each.scw_id for each in pointings])
    begin, first = np.unique(table.floats("TSTART")[kept], return_index=True)
    angles = {key: np.radians(table.floats(key)[kept][first]) for key in ("RA_SCX", "DEC_SCX", "RA_SCZ", "DEC_SCZ")}
    return AttitudeTable(
        begin,
        table.floats("TSTOP")[kept][first],
        unit_vector(angles["RA_SCX"], angles["DEC_SCX"]),
        unit_vector(angles["RA_SCZ"], angles["DEC_SCZ"]),
        "constant",
        name,
        STILL_ERRORS["predicted"],
        rate_deg_s=SLEW.rate_deg_s,
    )


def _instant(day: float) -> Instant:
    """An IJD to the millisecond: in a double it is good to 0.1 us, and packets come every 8 s."""
    return Instant.parse(Time(from_ijd(day), format="isot", precision=3).value)


def _text(value: Any) -> str:
    return (value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)).strip()


def _kind(table: Table, row: int, by_id: WindowKind) -> WindowKind:
    """SW_TYPE, which has to agree with the last digit of the id."""
    if "SW_TYPE" not in table.columns:
        return by_id
    word = _text(table.columns["SW_TYPE"][row]).upper()
    if _TYPES.get(word) != by_id:
        raise RefusedInput(f"a science window of type {word!r} whose id says {by_id}", where=table.name)
    return by_id


def _check_times(table: Table, start: FloatArray, stop: FloatArray) -> None:
    if np.any(stop < start):
        raise RefusedInput("a science window that ends before it begins", where=table.name)
    if "TELAPSE" in table.columns:
        off_s = np.abs(86400 * (stop - start) - table.floats("TELAPSE"))
        if np.any(off_s > _ELAPSED_TOLERANCE_S):
            raise RefusedInput(f"TELAPSE differs from TSTOP - TSTART by {off_s.max():.0f} s", where=table.name)

"""The text forms: genlc, IPN, the dump of the real-time stream, and the PICsIT table. One row is one bin in each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import numpy as np

from schemas import FloatArray, Instant
from schemas.errors import NoData, RefusedInput

from ..clock import from_ijd, from_mjd_utc, instant_of, time_of
from .build import Columns, nominal_bin

_REFERENCE = re.compile(r"reference \(start\) UTC is:\s*(\S+)")
_INSTRUMENT = re.compile(r"^#\s*instrument:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_SIMULATED = re.compile(r"^#.*\bsimulated\b", re.MULTILINE | re.IGNORECASE)
_IPN_HEAD = re.compile(r"'([^']*)'\s+'(\d\d)/(\d\d)/(\d\d)'\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)")
#: A row's two clocks (since the start, of the day) may differ by this: single precision of the older service is 0.5 ms.
_CLOCKS_AGREE_S = 2e-3


def read_text(text: str, name: str) -> Columns | None:
    """Columns of a text form, or None when no line of it is a row of any of them.

    Raises
    ------
    RefusedInput
        Rows that break off or contradict each other.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("'"):
        return _read_ipn(lines, text, name)
    rows = [line.split() for line in lines if not line.startswith("#")]
    readers: dict[int, Callable[[list[list[str]], str, str], Columns]] = {4: _read_genlc, 8: _read_dump, 3: _read_picsit}
    if not rows or len(rows[0]) not in readers or not _is_number(rows[0][0]):
        return _nothing_in(text, rows, name)
    fields = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != fields:
            raise RefusedInput(f"row {number} of {len(rows)} has {len(row)} fields, not {fields}: cut short?", where=name)
    return readers[fields](rows, text, name)


def _nothing_in(text: str, rows: list[list[str]], name: str) -> Columns | None:
    if not rows and _REFERENCE.search(text):
        raise NoData("a heading without rows", where=name)
    return None


def _is_number(field: str) -> bool:
    try:
        return bool(np.isfinite(float(field)))
    except ValueError:
        return False


def _numbers(rows: list[list[str]], name: str) -> FloatArray:
    try:
        return np.array(rows, dtype=np.float64)
    except ValueError as error:
        raise RefusedInput(f"a row is not numbers: {error}", where=name) from error


def _read_genlc(rows: list[list[str]], text: str, name: str) -> Columns:
    table = _numbers(rows, name)
    since_start, counts, of_day = table[:, 1], table[:, 2], table[:, 3]
    offset = of_day - since_start
    apart = np.abs(np.mod(offset - offset[0] + 43200.0, 86400.0) - 43200.0)
    # A last row that lost digits still reads as numbers, but its clocks agree worse than those of every other row.
    allowed = np.full(len(rows), _CLOCKS_AGREE_S)
    if len(rows) > 2 and not text.endswith("\n"):
        allowed[-1] = min(_CLOCKS_AGREE_S, 10.0 * float(apart[:-1].max()) + 1e-9)
    if (apart > allowed).any():
        row = int(np.argmax(apart > allowed)) + 1
        raise RefusedInput(f"the clocks of row {row} of {len(rows)} disagree: cut short?", where=name)
    head = _REFERENCE.search(text)
    reference = Instant.parse(head[1]) if head else _reference_from_row(table[0])
    bin_s = nominal_bin(since_start) if len(rows) > 1 else 0.05
    named = _INSTRUMENT.search(text)
    return Columns(
        start_s=since_start - 0.5 * bin_s,
        width_s=np.full(len(rows), bin_s),
        counts=counts,
        reference=reference,
        bin_s=bin_s,
        instrument=named[1] if named else None,
        simulated=_SIMULATED.search(text) is not None,
    )


def _reference_from_row(row: FloatArray) -> Instant:
    """Start of a light curve without heading: the day from the IJD, which may be printed to 1 s only, the time from the clock."""
    near = time_of(from_ijd(float(row[0])))
    start = row[3] - row[1]
    best = None
    for days in (-1, 0, 1):
        day = dt.date.fromisoformat(near.isot[:10]) + dt.timedelta(days=days)
        midnight = time_of(Instant(utc=f"{day.isoformat()}T00:00:00"))
        miss = abs((near - midnight).sec - row[3])
        if best is None or miss < best[0]:
            best = (miss, midnight)
    assert best is not None
    return _after_midnight(instant_of(best[1]), float(start))


def _after_midnight(midnight: Instant, seconds: float) -> Instant:
    """Clock time of the day; the services count clock seconds, so no leap second is inserted."""
    whole = int(np.floor(seconds))
    ns = round((seconds - whole) * 1e9)
    when = dt.datetime.fromisoformat(midnight.utc + "+00:00") + dt.timedelta(seconds=whole + ns // 1_000_000_000)
    return Instant(utc=when.strftime("%Y-%m-%dT%H:%M:%S"), ns=ns % 1_000_000_000)


def _read_ipn(lines: list[str], text: str, name: str) -> Columns:
    head = _IPN_HEAD.match(lines[0])
    rows = [line.split() for line in lines[1:] if not line.startswith("#")]
    if head is None or len(rows) < 1 or len(rows[0]) != 2:
        raise RefusedInput("a broken IPN heading", where=name)
    bin_s = float(rows[0][1])
    body = rows[1:]
    if not body:
        raise NoData("an IPN heading without rows", where=name)
    for number, row in enumerate(body, start=1):
        if len(row) != 2 or (number == len(body) and "." not in row[1]):
            raise RefusedInput(f"row {number} of {len(body)} is not two numbers: cut short?", where=name)
    decimals = {len(row[1].partition(".")[2]) for row in body}
    if len(decimals) > 1:
        raise RefusedInput("the last row is cut short", where=name)
    table = _numbers(body, name)
    day, month, year = int(head[2]), int(head[3]), 2000 + int(head[4])
    midnight = Instant(utc=f"{year:04d}-{month:02d}-{day:02d}T00:00:00")
    return Columns(
        start_s=table[:, 0],
        width_s=np.full(len(body), bin_s),
        counts=table[:, 1],
        reference=_after_midnight(midnight, float(head[5])),
        bin_s=bin_s,
        instrument="SPI-ACS",
        energy_kev=(float(head[6]), float(head[7])),
        simulated=_SIMULATED.search(text) is not None,
    )


def _read_dump(rows: list[list[str]], text: str, name: str) -> Columns:
    """OBT s, UTC, counts, IJD, RA, Dec, km from Earth, light travel s; the last is not used: it is not r.n/c."""
    Instant.parse(rows[0][1])
    table = _numbers([[*row[:1], *row[2:]] for row in rows], name)
    counts, ijd = table[:, 1], table[:, 2]
    day = float(np.floor(ijd[0]))
    centre = (ijd - day) * 86400.0
    first = time_of(from_ijd(day, float(centre[0])))
    if abs((first - time_of(Instant.parse(rows[0][1]))).sec) > 0.01:
        raise RefusedInput("UTC and IJD of the first row disagree", where=name)
    last = time_of(from_ijd(day, float(centre[-1])))
    if abs((last - time_of(Instant.parse(rows[-1][1]))).sec) > 0.01:
        raise RefusedInput("UTC and IJD of the last row disagree: cut short?", where=name)
    middle = table[len(rows) // 2]
    return Columns(
        start_s=centre - centre[0] - 0.025,
        width_s=np.full(len(rows), 0.05),
        counts=counts,
        reference=instant_of(first),
        bin_s=0.05,
        tier="realtime",
        instrument="SPI-ACS",
        ephemeris=(float(middle[3]), float(middle[4]), float(middle[5])),
        simulated=_SIMULATED.search(text) is not None,
    )


def _read_picsit(rows: list[list[str]], text: str, name: str) -> Columns:
    """MJD (UTC), rate, error: rate/error^2 is the width, as the error is Poisson's."""
    if len({len(row[1].partition(".")[2]) for row in rows} | {len(row[2].partition(".")[2]) for row in rows}) > 1:
        raise RefusedInput("the last row is cut short", where=name)
    table = _numbers(rows, name)
    mjd, rate, error = table.T
    if not (52000.0 < mjd[0] < 70000.0):
        raise RefusedInput(f"three columns whose first, {mjd[0]}, is no MJD of the mission", where=name)
    day = float(np.floor(mjd[0]))
    centre = (mjd - day) * 86400.0
    bin_s = round(float(np.median(rate[error > 0] / error[error > 0] ** 2)), 3)
    step = np.append(np.diff(centre), bin_s)
    width = np.where(step > 0, np.minimum(bin_s, np.abs(step)), bin_s)
    return Columns(
        start_s=centre - centre[0] - 0.5 * bin_s,
        width_s=width,
        counts=rate * width,
        reference=from_mjd_utc(float(mjd[0])),
        bin_s=bin_s,
        instrument="PICsIT",
        remarks=["MJD taken as UTC, stamps as bin centres; irregular stamps: bins end where the next begins, rates kept"],
    )

"""Times of alerts: ISO texts as the sources print them, and the truncated Julian day as the fall-back."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from schemas import Instant

#: TJD 0 = JD 2440000.5 (the truncated Julian day as GCN counts it).
TJD_ZERO = dt.datetime(1968, 5, 24, tzinfo=dt.UTC)
#: Where Fermi's clock (mission elapsed time) begins, and the days before which seconds were inserted into UTC since.
_FERMI_ZERO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
_LEAP_DAYS = tuple(
    dt.datetime(*day, tzinfo=dt.UTC) for day in ((2006, 1, 1), (2009, 1, 1), (2012, 7, 1), (2015, 7, 1), (2017, 1, 1))
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$", re.ASCII)
#: Alerts name days of the space age; a year outside is garbage, not a date.
_YEARS = range(1960, 2101)


def read_iso(text: str | None) -> Instant | None:
    """Read an ISO 8601 time; none or an impossible one is None. No zone means UTC; an offset is applied.

    "2024-09-18 07:19:03.518831+00:00", "…00.0Z", "2026-02-26T10:38" and a date alone are read.
    """
    if text is None:
        return None
    text = text.strip()
    shift = dt.timedelta(0)
    if (match := _OFFSET.search(text)) and "T" in text.replace(" ", "T"):
        shift = (-1 if match[1] == "-" else 1) * dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
        text = text[: match.start()]
    text = text.removesuffix("Z").removesuffix(" UTC").strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text, re.ASCII):
        text += ":00"
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        text += "T00:00:00"
    try:
        instant = Instant.parse(text)
    except ValueError:
        return None
    if int(instant.utc[:4]) not in _YEARS:
        return None
    if shift:
        whole = dt.datetime.fromisoformat(f"{instant.utc[:17]}00+00:00") - shift
        instant = Instant(utc=whole.strftime("%Y-%m-%dT%H:%M:") + instant.utc[17:], ns=instant.ns)
    return instant


def from_tjd(day: str | None, second: str | None) -> Instant | None:
    """Truncated Julian day and second of day, both as printed; None where either is missing or impossible.

    Examples
    --------
    >>> from_tjd("16800", "43403.68").iso
    '2014-05-23T12:03:23.680'
    """
    try:
        days, seconds = Decimal(day or ""), Decimal(second or "")
    except InvalidOperation:
        return None
    if not (days.is_finite() and seconds.is_finite()) or days != days.to_integral_value():
        return None
    if not 1 <= days <= 48000 or not 0 <= seconds < 86400:
        return None
    whole = int(seconds)
    when = TJD_ZERO + dt.timedelta(days=int(days), seconds=whole)
    return Instant(utc=when.strftime("%Y-%m-%dT%H:%M:%S"), ns=int((seconds - whole) * 1_000_000_000))


def from_fermi_clock(seconds: int) -> Instant | None:
    """Mission elapsed time of Fermi, whole seconds; None outside its years. An inserted second itself reads as the one after it.

    Examples
    --------
    >>> from_fermi_clock(488587408).iso
    '2016-06-25T22:43:24.000'
    """
    if not 0 < seconds < 3_000_000_000:
        return None
    when = _FERMI_ZERO + dt.timedelta(seconds=seconds)
    inserted = sum(when > day + dt.timedelta(seconds=number) for number, day in enumerate(_LEAP_DAYS))
    return Instant.from_datetime(when - dt.timedelta(seconds=inserted))


def epoch_s(instant: Instant | None) -> int:
    """Whole seconds since 1970, for ordering; 0 where unknown."""
    return int(instant.to_datetime().timestamp()) if instant is not None else 0

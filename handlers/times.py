"""Times of alerts: ISO texts as the sources print them, and the truncated Julian day as the fall-back."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from schemas import Instant

#: TJD 0 = JD 2440000.5 (the truncated Julian day as GCN counts it).
TJD_ZERO = dt.datetime(1968, 5, 24, tzinfo=dt.UTC)
#: Where Fermi's clock (mission elapsed time) begins, and the days before which seconds were inserted into UTC since.
_FERMI_ZERO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
_LEAP_DAYS = tuple(
    dt.datetime(*day, tzinfo=dt.UTC) for day in ((2006, 1, 1), (2009, 1, 1), (2012, 7, 1), (2015, 7, 1), (2017, 1, 1))
)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?)?", re.ASCII
)
#: Alerts name days of the space age; a year outside is garbage, not a date.
_YEARS = range(1960, 2101)


#: Characters of a time or number; a handler asks for the same ones several times, so the last ones read are remembered.
_LONGEST, _REMEMBERED = 64, 64


def read_iso(text: str | None) -> Instant | None:
    """Read an ISO 8601 time; none or an impossible one is None. No zone means UTC; an offset is applied.

    "2024-09-18 07:19:03.518831+00:00", "…00.0Z", "2026-02-26T10:38" and a date alone are read; digits beyond 1 ns are cut.
    """
    return _iso(text) if text is not None and len(text) <= _LONGEST else None


@lru_cache(_REMEMBERED)
def _iso(text: str) -> Instant | None:
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, second, fraction, sign, hours, minutes = match.groups()
    if int(day[:4]) not in _YEARS:
        return None
    try:
        instant = Instant(utc=f"{day}T{clock or '00:00'}:{second or '00'}", ns=int((fraction or "")[:9].ljust(9, "0")))
    except ValueError:
        return None
    if sign is None or (hours, minutes) == ("00", "00"):
        return instant
    shift = (-1 if sign == "-" else 1) * dt.timedelta(hours=int(hours), minutes=int(minutes))
    whole = dt.datetime.fromisoformat(f"{instant.utc[:17]}00") - shift
    return Instant(utc=whole.isoformat()[:17] + instant.utc[17:], ns=instant.ns)


def from_tjd(day: str | None, second: str | None) -> Instant | None:
    """Truncated Julian day and second of day, both as printed; None where either is missing or impossible.

    Examples
    --------
    >>> from_tjd("16800", "43403.68").iso
    '2014-05-23T12:03:23.680'
    """
    if day is None or second is None or len(day) > _LONGEST or len(second) > _LONGEST:
        return None
    return _tjd(day, second)


@lru_cache(_REMEMBERED)
def _tjd(day: str, second: str) -> Instant | None:
    try:
        days, seconds = Decimal(day), Decimal(second)
    except InvalidOperation:
        return None
    if not (days.is_finite() and seconds.is_finite()) or days != days.to_integral_value():
        return None
    if not 1 <= days <= 48000 or not 0 <= seconds < 86400:
        return None
    whole = int(seconds)
    when = TJD_ZERO + dt.timedelta(days=int(days), seconds=whole)
    return Instant(utc=when.isoformat()[:19], ns=int((seconds - whole) * 1_000_000_000))


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

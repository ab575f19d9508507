"""Instants as whole nanoseconds of atomic time, in which differences are plain subtraction: a hundredth of the price of astropy's.

Of days from 1972 on, when UTC began to run by whole leap seconds; ERFA's table, which astropy keeps, tells them.
"""

from __future__ import annotations

import datetime as dt
import functools

import erfa

from schemas import Instant

NS = 1_000_000_000
_DAY_S = 86400
_FIRST_DAY = dt.date(1972, 1, 1).toordinal()
_LAST_DAY = dt.date.max.toordinal()


def tai_ns(instant: Instant) -> int | None:
    """Nanoseconds of TAI since a day that never was; None before 1972."""
    utc = instant.utc
    day = _day(utc[:10])
    if day < _FIRST_DAY:
        return None
    second = 3600 * int(utc[11:13]) + 60 * int(utc[14:16]) + int(utc[17:19])
    return (_begin_s(day) + second) * NS + instant.ns


def from_tai_ns(nanoseconds: int) -> Instant | None:
    """The instant; None before 1972, and after the year 9998."""
    seconds, ns = divmod(nanoseconds, NS)
    day = seconds // _DAY_S
    if not _FIRST_DAY < day < _LAST_DAY:
        return None
    # TAI is less than a minute ahead, so it is this day or the one before.
    if seconds < _begin_s(day):
        day -= 1
    second = seconds - _begin_s(day)
    # The last second of a day with a leap second is :60.
    minutes, odd = divmod(min(second, _DAY_S - 1), 60)
    odd += second - min(second, _DAY_S - 1)
    return Instant(utc=f"{dt.date.fromordinal(day).isoformat()}T{minutes // 60:02d}:{minutes % 60:02d}:{odd:02d}", ns=ns)


@functools.lru_cache(maxsize=4096)
def _day(date: str) -> int:
    return dt.date.fromisoformat(date).toordinal()


@functools.lru_cache(maxsize=4096)
def _begin_s(day: int) -> int:
    """When a day begins, s of TAI."""
    date = dt.date.fromordinal(day)
    # The ufunc says only by its second value that the table may be old, or the day far ahead.
    ahead_s, _ = erfa.ufunc.dat(date.year, date.month, date.day, 0.0)
    return day * _DAY_S + round(float(ahead_s))

"""Instants as whole nanoseconds of atomic time, in which differences are plain subtraction: a hundredth of the price of astropy's.

Of days from 1972 on, when UTC began to run by whole leap seconds; ERFA's table, which astropy keeps, tells them.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

import erfa
import numpy as np
import numpy.typing as npt

from schemas import Instant

NS = 1_000_000_000
_DAY_S = 86400
#: Seconds of the characters of "hh:mm:ss".
_DIGITS_S = np.array([36000, 3600, 0, 600, 60, 0, 10, 1])
#: Nanoseconds of 64 bits reach 292 years.
_FAR_S = 290 * 365 * _DAY_S
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


def since_ns(instants: Sequence[Instant], origin: Instant) -> npt.NDArray[np.int64] | None:
    """Nanoseconds from `origin` to each of many instants, (n,); None where one is before 1972, or 290 years away."""
    begin = tai_ns(origin)
    if begin is None:
        return None
    texts = np.array([each.utc for each in instants], dtype="U19")
    days, which = np.unique(texts.astype("U10"), return_inverse=True)
    ordinals = [_day(day) for day in days.tolist()]
    begin_s, begin_ns = divmod(begin, NS)
    if ordinals[0] < _FIRST_DAY or max(abs(_begin_s(day) - begin_s) for day in (ordinals[0], ordinals[-1])) > _FAR_S:
        return None
    days_s = np.array([_begin_s(day) - begin_s for day in ordinals], dtype=np.int64)
    # Digits by what they count for; what is between them counts for nothing.
    digits = texts.view(np.uint32).reshape(-1, 19)[:, 11:].astype(np.int64) - ord("0")
    ns = np.array([each.ns for each in instants], dtype=np.int64)
    return np.asarray((days_s[which] + digits @ _DIGITS_S) * NS + (ns - begin_ns))


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

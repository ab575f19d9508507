"""Instants as astropy times, and INTEGRAL's day count (IJD), which others use too."""

from __future__ import annotations

import math
from collections.abc import Sequence

import astropy.units as u
import numpy as np
from astropy.time import Time, TimeDelta

from schemas import FloatArray, Instant, TimeFrame
from schemas.errors import RefusedInput

from .atomic import NS, from_tai_ns, since_ns, tai_ns

#: IJD = MJD(TT) - 51544 exactly: IJD 0 is 2000-01-01T00:00:00 TT, 1999-12-31T23:58:55.816 UTC.
IJD_ZERO_MJD = 51544
_IJD_ZERO_JD = 2451544.5


def to_time(instant: Instant) -> Time:
    """The instant as an astropy Time (UTC), to better than a nanosecond, leap seconds included."""
    return Time(f"{instant.utc}.{instant.ns:09d}", format="isot", scale="utc")


def to_instant(time: Time) -> Instant:
    """A scalar astropy Time of any scale as an Instant, rounded to the nanosecond."""
    return Instant.parse(Time(time.utc, format="isot", precision=9).value)


def seconds_between(later: Instant, earlier: Instant) -> float:
    """Elapsed SI seconds from `earlier` to `later`, leap seconds counted; the float nearest to the exact number of nanoseconds."""
    if later.utc == earlier.utc:
        return (later.ns - earlier.ns) * 1e-9
    to, since = tai_ns(later), tai_ns(earlier)
    if to is None or since is None:
        return float((to_time(later) - to_time(earlier)).to_value(u.s))
    return (to - since) / NS


def shift(instant: Instant, seconds: float) -> Instant:
    """The instant `seconds` (SI) later, leap seconds counted, to the nearest nanosecond."""
    begin = tai_ns(instant)
    if begin is not None:
        whole = math.floor(seconds)
        found = from_tai_ns(begin + whole * NS + round((seconds - whole) * NS))
        if found is not None:
            return found
    return to_instant(to_time(instant) + TimeDelta(seconds, format="sec"))


def seconds_since(instants: Sequence[Instant], origin: Instant) -> FloatArray:
    """`seconds_between` of many instants at once, (n,): one by one they are dear."""
    if len(instants) == 0:
        return np.zeros(0)
    found = since_ns(instants, origin)
    if found is not None:
        return found / NS
    times = Time([f"{each.utc}.{each.ns:09d}" for each in instants], format="isot", scale="utc")
    return np.asarray((times - to_time(origin)).to_value(u.s), dtype=np.float64)


def shifts(instant: Instant, seconds: FloatArray) -> list[Instant]:
    """`shift` by many times at once."""
    if len(seconds) == 0:
        return []
    times = Time((to_time(instant) + TimeDelta(seconds, format="sec")).utc, format="isot", precision=9)
    return [Instant.parse(text) for text in times.value]


def ijd(time: Time) -> float:
    """Days since 2000-01-01T00:00:00 TT. An array Time gives an array."""
    tt = time.tt
    days = (tt.jd1 - _IJD_ZERO_JD) + tt.jd2
    return float(days) if tt.isscalar else days


def from_ijd(days: float) -> Time:
    """The time (UTC) of an IJD; an array gives an array Time."""
    return Time(IJD_ZERO_MJD, days, format="mjd", scale="tt").utc


def between_frames_s(given: TimeFrame, wanted: TimeFrame, light_travel_s: float | None) -> float:
    """What to add to a time of one frame to have it in another, s.

    Parameters
    ----------
    given, wanted : "spacecraft" or "geocentre"
    light_travel_s : float or None
        t(geocentre) - t(spacecraft) for the direction in question.

    Raises
    ------
    RefusedInput
        The frames differ, and no light travel time is given.
    """
    if given == wanted:
        return 0.0
    if light_travel_s is None:
        raise RefusedInput(f"one time is of the {wanted}, the other of the {given}: light travel time needed")
    return light_travel_s if wanted == "geocentre" else -light_travel_s

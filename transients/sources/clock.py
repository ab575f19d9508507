"""Instants as the data services count them, and this machine's clock: what the sources need beside the mission's own times."""

from __future__ import annotations

import datetime as dt

import numpy as np
from astropy.time import Time

from schemas import FloatArray, Instant

from ..missions import ijd, seconds_between, shift
from ..missions import to_instant as instant_of
from ..missions import to_time as time_of
from ..missions.times import IJD_ZERO_MJD

__all__ = [
    "from_ijd",
    "from_mjd_utc",
    "ijd_of",
    "instant_of",
    "instants_of_ijd_s",
    "seconds_between",
    "seconds_of_day",
    "shift",
    "time_of",
    "utc_now",
]


def from_ijd(days: float, seconds: float = 0.0) -> Instant:
    """The instant at `days` IJD (days of TT since 51544.0) plus `seconds` of TT.

    Pass a day and the seconds after it apart to keep nanoseconds: IJD alone in float64 holds about 0.1 µs.
    """
    return instant_of(Time(IJD_ZERO_MJD + np.floor(days), (days % 1.0) + seconds / 86400.0, format="mjd", scale="tt"))


def instants_of_ijd_s(seconds: FloatArray) -> list[Instant]:
    """The instants at so many seconds of TT since IJD 0, together: one by one they are dear. Good to 0.1 µs."""
    times = Time(IJD_ZERO_MJD + seconds // 86400.0, seconds % 86400.0 / 86400.0, format="mjd", scale="tt")
    return [Instant.parse(text) for text in Time(times.utc, format="isot", precision=9).value]


def ijd_of(instant: Instant) -> float:
    """IJD of an instant, days."""
    return float(ijd(time_of(instant)))


def from_mjd_utc(days: float) -> Instant:
    """The instant of a modified Julian date in UTC."""
    return instant_of(Time(days, format="mjd", scale="utc"))


def seconds_of_day(instant: Instant) -> float:
    """Seconds since midnight UTC, as the clock shows them."""
    hours, minutes, seconds = (int(part) for part in instant.utc[11:].split(":"))
    return hours * 3600.0 + minutes * 60.0 + seconds + instant.ns * 1e-9


def utc_now() -> Instant:
    """This machine's clock. For the edges: nothing that computes calls it."""
    return Instant.from_datetime(dt.datetime.now(dt.UTC))

"""Orbits from two-line elements, by SGP4: for missions of which nothing better is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.time import Time
from sgp4.api import SGP4_ERRORS, Satrec

from schemas import FloatArray, Instant, OrbitState
from schemas.errors import NoData, RefusedInput

from .frames import vector_direction
from .reference_frames import to_gcrs
from .times import to_instant, to_time

#: Elements older than this, or younger, say nothing of an instant, days.
LONGEST_DAYS = 30.0
#: The error of elements at their epoch, km, and its growth, km per day of age: what comparisons with precise orbits find for low
#: orbits (1 km and 1 to 3 km/d: Vallado et al. 2006, AIAA 2006-6753); ten times that for orbits slower than 225 min, where SGP4's
#: deep-space part is less sure. A bound by experience, not by theory: a manoeuvre breaks it.
_ERROR_KM, _GROWTH_KM_D = 1.0, 3.0
_DEEP_SPACE_MIN, _DEEP_SPACE_FACTOR = 225.0, 10.0


@dataclass(frozen=True, eq=False)
class TleOrbit:
    """One set of elements."""

    satellite: Any
    label: str
    name: str

    @property
    def epoch(self) -> Time:
        """When the elements hold best, UTC."""
        return Time(self.satellite.jdsatepoch, self.satellite.jdsatepochF, format="jd", scale="utc")

    def age_days(self, instant: Instant) -> float:
        """Days since the epoch, negative before it."""
        return float((to_time(instant) - self.epoch).jd)

    def error_km(self, instant: Instant) -> float:
        """The error, which grows with the elements' age."""
        period_min = 2 * np.pi / self.satellite.no_kozai
        factor = _DEEP_SPACE_FACTOR if period_min >= _DEEP_SPACE_MIN else 1.0
        return factor * (_ERROR_KM + _GROWTH_KM_D * abs(self.age_days(instant)))

    def position_km(self, time: Time) -> FloatArray:
        """Places (n, 3) at instants (n,), GCRS axes.

        Raises
        ------
        NoData
            Where the theory breaks down: the satellite has decayed.
        """
        utc = time.utc
        failed, teme, _ = self.satellite.sgp4_array(np.atleast_1d(utc.jd1), np.atleast_1d(utc.jd2))
        if np.any(failed):
            raise NoData(f"the elements give no place: {SGP4_ERRORS[int(failed.max())]}", where=self.name)
        return to_gcrs("TEME", Time(utc, copy=False).reshape(-1), teme, None, self.name)[0]

    def at(self, instant: Instant) -> OrbitState:
        """The place at an instant, with its error by age.

        Raises
        ------
        NoData
            For an instant more than 30 days from the epoch, and where the theory breaks down.
        """
        if abs(self.age_days(instant)) > LONGEST_DAYS:
            raise NoData(f"elements of {to_instant(self.epoch)} do not tell of {instant}", where=self.name)
        here = self.position_km(to_time(instant))[0]
        direction = vector_direction(here)
        return OrbitState(
            at=instant,
            ra_deg=float(direction.ra.deg),
            dec_deg=float(direction.dec.deg),
            distance_km=float(np.linalg.norm(here)),
            source=f"two-line elements of {self.label}, epoch {to_instant(self.epoch).utc}",
            error_km=self.error_km(instant),
        )


def read_tles(text: str, name: str) -> tuple[TleOrbit, ...]:
    """Every set of elements of a text: two lines each, with or without a line of the satellite's name above.

    Raises
    ------
    RefusedInput
        When there is none, or a set is broken: a wrong checksum, two satellites' lines.
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = []
    for i, line in enumerate(lines[:-1]):
        if line.startswith("1 ") and lines[i + 1].startswith("2 ") and len(line) >= 69:
            label = lines[i - 1].removeprefix("0 ").strip() if i and not lines[i - 1].startswith(("1 ", "2 ")) else ""
            found.append(_read(line, lines[i + 1], label, name))
    if not found:
        raise RefusedInput("no two-line elements", where=name)
    return tuple(found)


def _read(first: str, second: str, label: str, name: str) -> TleOrbit:
    for number, line in enumerate((first, second), 1):
        if len(line) < 69 or not line[68].isdigit() or _checksum(line) != int(line[68]):
            raise RefusedInput(f"two-line elements whose line {number} has a wrong checksum", where=name)
    if first[2:7] != second[2:7]:
        raise RefusedInput("two lines of different satellites", where=name)
    try:
        satellite = Satrec.twoline2rv(first, second)
    except ValueError as error:
        raise RefusedInput(f"two-line elements that cannot be read: {error}", where=name) from error
    if satellite.error:
        raise RefusedInput(f"two-line elements that give no orbit: {SGP4_ERRORS[satellite.error]}", where=name)
    return TleOrbit(satellite, label or f"satellite {first[2:7].strip()}", name)


def _checksum(line: str) -> int:
    """Sum of the digits of the first 68 columns, minus signs as 1, modulo 10."""
    return sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10

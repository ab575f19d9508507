"""Where the Sun, the Moon and a spacecraft are over a stretch of time: a few dear answers, joined smoothly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import astropy.units as u
import numpy as np
from astropy.time import Time, TimeDelta

from schemas import FloatArray

from .base import Mission
from .bodies import EARTH_RADIUS_KM, position_km
from .constraints import Body
from .ephemeris import sun_and_moon_km
from .surroundings import Surroundings, direction_and_distance

#: Geocentric angular speed of the Sun and speed of the Moon, at most (perihelion, perigee; 1 % added).
_SUN_RAD_S, _MOON_KM_S = 2.1e-7, 1.1
_NEAREST_SUN_KM = 1.47e8
#: Errors of the built-in places of the Sun (few arcsec) and the Moon (20 arcsec), rad.
_SUN_ERROR_RAD, _MOON_ERROR_RAD = 2.4e-5, 1e-4
#: Distances are not taken for less than this where something is divided by them.
_LEAST_KM = 1e3
#: A mission asked place by place: to find how near it comes, and then in steps of so much of its way (rad, 1e-6 of the distance between
#: cubics), at most so often.
_FIRST_ASKED, _STEP_RAD, _MOST_ASKED = 24, 0.15, 3000
#: Earth's gravitational parameter, km^3 s^-2.
_MU_KM3_S2 = 398600.4418

#: Places of a spacecraft, (m, 3) km from Earth's centre, and bounds on their errors, (m,) km, at instants (m,).
Places = Callable[[Time], tuple[FloatArray, FloatArray]]


@runtime_checkable
class ManyPlaces(Protocol):
    """A mission that can tell its approximate places at many instants at once."""

    def approximate_positions(self, time: Time) -> tuple[FloatArray, FloatArray]:
        """Places (m, 3) km and bounds on their errors (m,) km."""
        ...


def places_of(mission: Mission, start: Time, span_s: float) -> Places:
    """A mission's approximate places at many instants of a stretch of time.

    A mission that cannot tell them at once is asked now and then, and cubics join its answers; how far they were off where it was
    asked once more is added to the error.
    """
    if isinstance(mission, ManyPlaces):
        return mission.approximate_positions
    return _joined(mission, start, span_s)


def _joined(mission: Mission, start: Time, span_s: float) -> Places:
    from scipy.interpolate import CubicSpline  # half a second to import

    def ask(seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        states = [mission.approximate_orbit(start + TimeDelta(float(each), format="sec")) for each in seconds]
        errors = [np.nan if state.error_km is None else state.error_km for state in states]
        return np.array([position_km(state) for state in states]), np.array(errors)

    first, _ = ask(np.linspace(0.0, span_s, _FIRST_ASKED))
    nearest = float(np.linalg.norm(first, axis=-1).min())
    step_s = max(_STEP_RAD * nearest / float(_escape_km_s(np.array(nearest))), span_s / _MOST_ASKED)
    knots = np.arange(-1, int(np.ceil(span_s / step_s)) + 2).astype(np.float64) * step_s
    places, errors = ask(knots)
    spline, spread = CubicSpline(knots, places), CubicSpline(knots, errors)
    between = knots[:-1] + 0.5 * step_s
    asked = between[:: max(len(between) // _FIRST_ASKED, 1)]
    off = float(np.linalg.norm(spline(asked) - ask(asked)[0], axis=-1).max())

    def told(time: Time) -> tuple[FloatArray, FloatArray]:
        seconds = (time - start).to_value(u.s)
        return np.asarray(spline(seconds)), np.asarray(spread(seconds)) + off

    return told


@dataclass(frozen=True, eq=False)
class OfBodies:
    """A bound for each body on a spacecraft's sky, (m,) each; Earth: its limb."""

    sun: FloatArray
    moon: FloatArray
    #: None: the spacecraft's place is not known.
    earth: FloatArray | None

    def of(self, body: Body) -> FloatArray:
        """Of one body, or the largest where any may matter."""
        by_name = {"sun": self.sun, "moon": self.moon, "earth": self.earth}
        known = [bound for bound in by_name.values() if bound is not None]
        found = by_name.get(body)
        return np.asarray(np.max(known, axis=0)) if found is None else found


@dataclass(frozen=True, eq=False)
class Almanac:
    """The surroundings of a spacecraft at any instant of a stretch of time that begins at `start`."""

    start: Time
    #: Tells where the spacecraft is; None: nobody does.
    places: Places | None = None

    @cached_property
    def _start_tt(self) -> Time:
        return self.start.tt

    def _time(self, seconds: FloatArray) -> Time:
        """Instants (m,), TT: in UTC each would be turned back and forth."""
        begin = self._start_tt
        return Time(begin.jd1, begin.jd2 + seconds / 86400.0, format="jd", scale="tt")

    def _sun_and_moon_km(self, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        return sun_and_moon_km(float(self._start_tt.mjd) + seconds / 86400.0)

    def at(self, seconds: FloatArray) -> Surroundings:
        """Surroundings at seconds (m,) from the start; Sun and Moon as the spacecraft sees them where its place is known."""
        time = self._time(seconds)
        here = None if self.places is None else self.places(time)[0]
        origin = 0.0 if here is None else here
        sun_km, moon_km = self._sun_and_moon_km(seconds)
        sun, _ = direction_and_distance(sun_km - origin)
        moon, away_km = direction_and_distance(moon_km - origin)
        return Surroundings(time, sun, moon, here, away_km)

    def moon_distance_km(self, seconds: FloatArray) -> FloatArray:
        """Of the Moon from Earth's centre, (m,)."""
        return np.asarray(np.linalg.norm(self._sun_and_moon_km(seconds)[1], axis=-1))

    def direction_errors_rad(self, seconds: FloatArray) -> OfBodies:
        """Bounds on the errors of bodies' directions: of their places, and of the spacecraft's; NaN where there is none."""
        if self.places is None:
            return OfBodies(np.full(len(seconds), _SUN_ERROR_RAD), np.full(len(seconds), _MOON_ERROR_RAD), None)
        here_km, off_km = self.places(self._time(seconds))
        distance = np.linalg.norm(here_km, axis=-1)
        return OfBodies(
            _SUN_ERROR_RAD + off_km / _NEAREST_SUN_KM,
            _MOON_ERROR_RAD + off_km / np.maximum(np.abs(self.moon_distance_km(seconds) - distance), _LEAST_KM),
            off_km / np.sqrt(np.maximum(distance**2 - EARTH_RADIUS_KM**2, _LEAST_KM**2)),
        )

    def rates(
        self, before_km: FloatArray | None, after_km: FloatArray | None, seconds: FloatArray, lengths_s: FloatArray
    ) -> OfBodies:
        """Bounds on how fast bodies move, rad/s, within intervals that begin at `seconds` (m,), from the spacecraft's places (m, 3) at
        their two ends, if known.

        A spacecraft bound to Earth is nowhere faster than the escape speed there; of any other, twice the mean speed of the
        interval is taken. The limb's direction turns with the spacecraft's speed over its distance from the tangent point.
        """
        moon_km = self.moon_distance_km(seconds)
        if before_km is None or after_km is None:
            return OfBodies(np.full(len(seconds), _SUN_RAD_S), _MOON_KM_S / moon_km, None)
        near = np.minimum(np.linalg.norm(before_km, axis=-1), np.linalg.norm(after_km, axis=-1))
        mean = np.linalg.norm(after_km - before_km, axis=-1) / lengths_s
        # Half an interval away it may be nearer, by no more than it flies in that time.
        nearest = np.maximum(near - 0.5 * lengths_s * _escape_km_s(near), 1.001 * EARTH_RADIUS_KM)
        speed = np.maximum(_escape_km_s(nearest), 2.0 * mean)
        to_moon = np.maximum(np.abs(moon_km - near) - speed * lengths_s, 1e4)
        return OfBodies(
            _SUN_RAD_S + speed / _NEAREST_SUN_KM,
            (_MOON_KM_S + speed) / to_moon,
            speed / np.sqrt(nearest**2 - EARTH_RADIUS_KM**2),
        )


def _escape_km_s(distance_km: FloatArray) -> FloatArray:
    return np.sqrt(2.0 * _MU_KM3_S2 / np.maximum(distance_km, EARTH_RADIUS_KM))

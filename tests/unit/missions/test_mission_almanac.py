"""Sun, Moon and spacecraft over a stretch of time, against astropy asked instant by instant."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import get_body
from astropy.time import Time, TimeDelta
from journey_samples import mission as mission_as_it_ships

from schemas import FloatArray, OrbitState
from schemas.errors import NoData
from transients.missions import to_instant
from transients.missions.almanac import Almanac, Places, places_of
from transients.missions.bodies import EARTH_RADIUS_KM, position_km
from transients.missions.constraints import Body
from transients.missions.frames import vector_direction
from transients.missions.integral import approximate_orbit
from transients.missions.integral.orbit import approximate_positions

START = Time("2023-05-18T12:59:08", scale="utc")
DAY_S = 86400.0
SPAN_S = 5 * DAY_S
#: Of a low orbit: a circle 550 km up.
LOW_KM, LOW_PERIOD_S = 6921.0, 5730.0


def low_orbit(time: Time) -> tuple[FloatArray, FloatArray]:
    """Places on a circle about Earth, inclined by 30 deg, good to 1 km."""
    angle = 2 * np.pi * (time - START).to_value(u.s) / LOW_PERIOD_S
    flat = np.stack([np.cos(angle), np.sin(angle) * np.cos(0.5), np.sin(angle) * np.sin(0.5)], axis=-1)
    return LOW_KM * flat, np.full(len(flat), 1.0)


@pytest.mark.parametrize("places", [low_orbit, approximate_positions])
def test_bodies_are_where_astropy_has_them_as_the_spacecraft_sees_them(places: object) -> None:
    seconds = np.linspace(0.0, SPAN_S, 23)
    about = Almanac(START, places).at(seconds)  # type: ignore[arg-type]
    assert about.position_km is not None
    for row, second in enumerate(seconds):
        time = START + TimeDelta(second, format="sec")
        for name, found in (("sun", about.sun), ("moon", about.moon)):
            geocentric = get_body(name, time, ephemeris="builtin").cartesian.xyz.to_value(u.km)
            seen = geocentric - about.position_km[row]
            # A hundredth of an arcsecond for the Sun, 0.2 for the Moon, which is 20 wrong by itself.
            assert np.linalg.norm(found[row] - seen / np.linalg.norm(seen)) < (5e-8 if name == "sun" else 1e-6)


def test_places_at_once_are_those_one_by_one() -> None:
    # Over several revolutions, a change of era, and rows of the elements.
    time = START + np.linspace(-3000.0, 400.0, 57) * u.day
    places, errors = approximate_positions(time)
    for row, each in enumerate(time):
        state = approximate_orbit(each)
        assert np.linalg.norm(places[row] - position_km(state)) < 1e-3
        assert errors[row] == pytest.approx(state.error_km, rel=1e-9)


def test_one_instant_before_the_launch_is_refused() -> None:
    with pytest.raises(NoData, match="2002-10-17"):
        approximate_positions(Time(["2023-01-01T00:00:00", "2001-01-01T00:00:00"]))


class _OneByOne:
    """A mission that tells one place at a time."""

    def __init__(self, places: Places) -> None:
        self._places, self.asked = places, 0

    def approximate_orbit(self, time: Time) -> OrbitState:
        self.asked += 1
        (place,), (error,) = self._places(time.reshape((1,)))
        towards = vector_direction(place)
        return OrbitState(
            at=to_instant(time),
            ra_deg=float(towards.ra.deg),
            dec_deg=float(towards.dec.deg),
            distance_km=float(np.linalg.norm(place)),
            source="one by one",
            error_km=float(error),
        )


@pytest.mark.parametrize(("places", "span_s"), [(low_orbit, DAY_S), (approximate_positions, 2 * DAY_S)])
def test_a_mission_that_tells_one_place_at_a_time(places: Places, span_s: float) -> None:
    mission = _OneByOne(places)
    told = places_of(mission, START, span_s)  # type: ignore[arg-type]
    asked = mission.asked
    assert asked < 3100
    time = START + np.random.default_rng(2).uniform(0, span_s, 300) * u.s
    found, errors = told(time)
    true, known = places(time)
    off = np.linalg.norm(found - true, axis=-1)
    assert (off < 1.0).all()
    # What is told of the error covers what the cubics add, nearly everywhere.
    assert (off < errors - known + 0.02).mean() > 0.95
    assert mission.asked == asked
    assert places_of(mission_as_it_ships(), START, span_s)(time)[0] == pytest.approx(approximate_positions(time)[0])


def _fastest(found: Almanac, body: Body, t: FloatArray, length_s: float) -> FloatArray:
    """The fastest change of angle to the body, or of the Earth's limb, seen in steps of a second within each interval."""
    steps = np.arange(0.0, length_s + 1.0, 1.0)
    worst = np.zeros(len(t))
    for k, begin in enumerate(t):
        about = found.at(begin + steps)
        if body == "earth":
            assert about.earth is not None
            assert about.earth_radius_rad is not None
            # Of the bound's own derivation: the spacecraft's speed across and along, each times what it does to the limb.
            turn = np.hypot(np.linalg.norm(np.diff(about.earth, axis=0), axis=-1), np.diff(about.earth_radius_rad))
        else:
            toward = about.sun if body == "sun" else about.moon
            turn = np.linalg.norm(np.diff(toward, axis=0), axis=-1)
        worst[k] = turn.max()
    return worst


@pytest.mark.parametrize("length_s", [300.0, 3600.0])
@pytest.mark.parametrize("body", ["sun", "moon", "earth"])
@pytest.mark.parametrize("places", [low_orbit, approximate_positions])
def test_nothing_moves_faster_than_its_bound(places: object, body: Body, length_s: float) -> None:
    found = Almanac(START, places)  # type: ignore[arg-type]
    # The perigee of 2023-05-20 is among them.
    t = np.concatenate([np.arange(0.0, 86400.0, 7200.0), np.arange(140_000.0, 165_000.0, 900.0)])
    rates = found.rates(found.at(t).position_km, found.at(t + length_s).position_km, t, np.full(len(t), length_s))
    fastest = _fastest(found, body, t, length_s)
    assert (fastest <= rates.of(body)).all()
    assert (rates.of("any") >= rates.of(body)).all()
    # In short intervals a bound far too large would cost time: that of the Earth, which moves fastest, is within eight times.
    near = found.rates(found.at(t).position_km, found.at(t + 10.0).position_km, t, np.full(len(t), 10.0))
    assert body != "earth" or near.of(body).max() < 8 * fastest.max()


def test_without_a_place_the_earth_is_unknown() -> None:
    found = Almanac(START)
    t = np.array([0.0])
    rates = found.rates(None, None, t, np.array([60.0]))
    assert rates.earth is None
    assert found.at(t).position_km is None
    errors = found.direction_errors_rad(t)
    assert errors.earth is None
    assert errors.of("earth") == errors.moon


def test_errors_of_directions_grow_towards_the_earth() -> None:
    found = Almanac(START, approximate_positions)
    t = np.linspace(0.0, SPAN_S, 500)
    about, (_, off) = found.at(t), approximate_positions(START + TimeDelta(t, format="sec"))
    assert about.position_km is not None
    distance = np.linalg.norm(about.position_km, axis=-1)
    errors = found.direction_errors_rad(t)
    assert np.allclose(errors.of("earth"), off / np.sqrt(distance**2 - EARTH_RADIUS_KM**2))
    assert (errors.of("sun") < 1e-3).all()
    assert (errors.of("any") >= errors.of("earth")).all()

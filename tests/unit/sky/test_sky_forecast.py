"""Windows of visibility against a brute force of small steps."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord, get_body
from astropy.time import Time

from schemas import Circle, FloatArray, Instant
from transients.missions import seconds_between, to_time
from transients.missions.almanac import Almanac
from transients.missions.constraints import Constraint, EarthLimb, MoonLimb, SunAngle
from transients.missions.frames import unit_vector
from transients.missions.integral import Integral
from transients.missions.integral.orbit import approximate_positions
from transients.sky import coarsened, forecast, probability_within, skymap_from_region

AT = Instant.parse("2023-05-18T12:59:08")
START = to_time(AT)
DAY_S = 86400.0
LOW_KM, LOW_PERIOD_S = 6921.0, 5730.0


def low_orbit(time: Time) -> tuple[FloatArray, FloatArray]:
    angle = 2 * np.pi * (time - START).to_value(u.s) / LOW_PERIOD_S
    return LOW_KM * np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=-1), np.full(len(angle), 1.0)


def _direction(ra_deg: float, dec_deg: float) -> FloatArray:
    return unit_vector(np.radians(ra_deg), np.radians(dec_deg))


def _brute(
    direction: FloatArray, span_s: float, constraint: Constraint, found: Almanac, step_s: float
) -> list[tuple[float, float]]:
    """Windows from equal steps."""
    t = np.arange(0.0, span_s + step_s, step_s)
    t = t[t <= span_s]
    allowed = constraint.margin_rad(direction[np.newaxis], found.at(t))[:, 0] > 0
    edges = np.flatnonzero(np.diff(allowed.astype(int), prepend=0, append=0))
    return [(float(t[a]), float(t[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize(
    ("ra", "dec"), [(200.0, 40.0), (100.0, 20.0), (0.0, 0.0), (300.0, -60.0), (110.0, -35.0), (106.5, 18.0), (246.0, -60.0)]
)
def test_integral_against_small_steps(integral: Integral, ra: float, dec: float) -> None:
    constraint, found, v = integral.constraint(), Almanac(START, approximate_positions), _direction(ra, dec)
    told = forecast(v, AT, 5 * DAY_S, constraint, found)
    expected = _brute(v, 5 * DAY_S, constraint, found, 20.0)
    windows = [(seconds_between(w.start, AT), seconds_between(w.stop, AT)) for w in told.windows]
    assert len(windows) == len(expected)
    assert np.allclose(np.array(windows).ravel(), np.array(expected).ravel(), atol=21.0)
    assert told.observable_s == pytest.approx(sum(b - a for a, b in windows))
    assert (told.limited_by is None) == bool(windows)
    assert told.stop == Instant.parse("2023-05-23T12:59:08")


@pytest.mark.parametrize("dec", [0.0, 30.0, 59.5, 66.9, 67.05, 67.2, 80.0])
def test_a_low_orbit_against_small_steps(dec: float) -> None:
    # Seen from 550 km the Earth's radius is 67.0 deg: near that declination the breaks are short, or there is none.
    constraint, found, v = EarthLimb(0.0), Almanac(START, low_orbit), _direction(123.0, dec)
    told = forecast(v, AT, 0.5 * DAY_S, constraint, found)
    expected = _brute(v, 0.5 * DAY_S, constraint, found, 0.5)
    windows = [(seconds_between(w.start, AT), seconds_between(w.stop, AT)) for w in told.windows]
    assert np.allclose(np.array(windows), np.array(expected), atol=1.1)


def test_a_break_much_shorter_than_the_first_steps_is_found() -> None:
    found = Almanac(START, low_orbit)
    radius = np.arcsin(6371.0 / LOW_KM)
    # The limb covers the direction for twice the time in which the Earth's centre turns by this angle.
    half = 2 * np.pi * 5.0 / LOW_PERIOD_S
    dec = np.arccos(np.cos(radius) / np.cos(half))
    told = forecast(unit_vector(2.0, dec), AT, DAY_S, EarthLimb(0.0), found)
    breaks = [seconds_between(b.start, a.stop) for a, b in zip(told.windows[:-1], told.windows[1:], strict=True)]
    assert len(breaks) == 15
    assert np.allclose(breaks, 10.0, atol=1.5)


@pytest.mark.parametrize(("bearing_deg", "angle_deg", "limit_deg"), [(270.0, 128.0, 130.0), (90.0, 52.0, 50.0)])
def test_the_sun_ends_a_window_at_its_limit(bearing_deg: float, angle_deg: float, limit_deg: float) -> None:
    sun = get_body("sun", START, ephemeris="builtin")
    place = SkyCoord(sun.ra, sun.dec).directional_offset_by(bearing_deg * u.deg, angle_deg * u.deg)
    v = _direction(place.ra.deg, place.dec.deg)
    (window,) = forecast(v, AT, 5 * DAY_S, SunAngle(50.0, 130.0), Almanac(START)).windows
    assert (window.opened_by, window.closed_by) == ("range", "Sun")
    end = get_body("sun", to_time(window.stop), ephemeris="builtin")
    # In a second the Sun moves by 1.1e-5 deg.
    assert SkyCoord(end.ra, end.dec).separation(place).deg == pytest.approx(limit_deg, abs=1.5e-5)


def test_ends_are_named_and_carry_the_orbits_error(integral: Integral) -> None:
    found = Almanac(START, approximate_positions)
    told = forecast(_direction(200.0, 40.0), AT, 5 * DAY_S, integral.constraint(), found, orbit_source="model")
    first, second, third = told.windows
    assert (first.opened_by, first.closed_by, second.opened_by, third.closed_by) == ("range", "Earth limb", "Earth limb", "range")
    assert first.start_error_s is None
    # The perigee's time is known to 0.1 h and more; the ends move with it.
    assert 300 < (first.stop_error_s or 0) < 3600
    assert told.error_s == max(e for w in told.windows for e in (w.start_error_s, w.stop_error_s) if e is not None)
    assert told.orbit_source == "model"
    assert told.constraints == tuple(part.text for part in integral.constraint().parts())


def test_combined_constraints() -> None:
    found = Almanac(START, low_orbit)
    v = _direction(123.0, 10.0)
    hidden = forecast(v, AT, 2 * DAY_S, ~EarthLimb(0.0), found)
    seen = forecast(v, AT, 2 * DAY_S, EarthLimb(0.0), found)
    assert hidden.observable_s + seen.observable_s == pytest.approx(2 * DAY_S, abs=2.0 * len(seen.windows))
    assert hidden.windows[0].closed_by == "not Earth limb"
    always = forecast(v, AT, 2 * DAY_S, EarthLimb(0.0) | ~EarthLimb(0.0), found)
    assert sum(seconds_between(w.stop, w.start) for w in always.windows) == pytest.approx(2 * DAY_S, abs=200)
    both = forecast(v, AT, 2 * DAY_S, EarthLimb(0.0) & MoonLimb(10.0), found)
    assert both.observable_s <= seen.observable_s


def test_the_visible_part_of_a_map_is_near_the_true_integral(integral: Integral) -> None:
    m = skymap_from_region(Circle(ra_deg=106.0, dec_deg=18.0, radius_deg=12.0, containment=0.9))
    constraint, found = integral.constraint(), Almanac(START, approximate_positions)
    told = forecast(_direction(106.0, 18.0), AT, 5 * DAY_S, constraint, found, coarse=coarsened(m), every_s=DAY_S)
    assert [seconds for seconds, _ in told.fractions] == [n * DAY_S for n in range(6)]
    for seconds, fraction in told.fractions:
        about = found.at(np.array([seconds]))
        exact = probability_within(m, lambda v, about=about: constraint.margin_rad(v, about)[0])  # type: ignore[misc]
        assert fraction == pytest.approx(exact, abs=2e-3)
    assert 0.05 < told.fractions[0][1] < 0.95

"""Ten years of pointings, a region's exposure, windows of visibility and pointing advice, against astropy and healpy."""

from __future__ import annotations

from collections.abc import Iterator

import astropy.units as u
import healpy
import numpy as np
from astropy.coordinates import SkyCoord

from schemas import FloatArray
from transients.missions import to_time
from transients.missions.almanac import Almanac, places_of
from transients.missions.bodies import position_km
from transients.missions.frames import unit_vector
from transients.missions.surroundings import Surroundings, surroundings
from transients.sky import SkyMap, coarsened, forecast, pointing_advice, probability_in_cone
from transients.sky.history import BIN_DEG, time_by_angle
from transients.sky.pointings import PointingTable

from .checks import require_close
from .curves import T0, observatory
from .lines import Line, line
from .maps import CENTRE_DEG, fine_map
from .orient import ATTITUDE, directions
from .sizes import Sizes
from .timing import seconds

_PLACE = unit_vector(*np.radians(CENTRE_DEG))
_DAYS, _DAY_S = 5.0, 86400.0
#: A pointing of half an hour in every fifty minutes: 100 000 make ten years.
_EVERY_S, _LONG_S = 3155.76, 1800.0
#: Of the grid of the brute force: cells of 0.9 deg.
_NSIDE = 64
#: Coarsening and the price of distance cost this much probability at most (transients.sky.advice).
_GIVEN_AWAY = 5e-3


def measure(sizes: Sizes) -> Iterator[Line]:
    """History, windows, advice."""
    yield _history(sizes)
    yield _windows(sizes)
    yield _advice(sizes)


def _history(sizes: Sizes) -> Line:
    count = sizes.directions
    ra, dec = directions(count)
    start_s = np.asarray((np.arange(count) - 0.5 * count) * _EVERY_S, dtype=np.float64)
    table = PointingTable(
        T0, start_s, start_s + _LONG_S, unit_vector(ra, dec), np.full((count, 3), np.nan), np.ones(count), np.full(count, "")
    )
    many, place = SkyCoord(ra * u.rad, dec * u.rad), SkyCoord(*CENTRE_DEG, unit="deg")
    half_s = 0.5 * count * _EVERY_S

    def ours() -> FloatArray:
        near, inside_s = table.within(half_s)
        return time_by_angle(np.degrees(near.off_axis_rad(_PLACE)), inside_s)

    def theirs() -> FloatArray:
        edges = np.arange(0.0, 180.0 + BIN_DEG, BIN_DEG)
        return np.histogram(place.separation(many).deg, edges, weights=np.full(count, _LONG_S))[0]

    require_close("pointing history, s", ours(), theirs(), 1e-6 * count * _LONG_S)
    spent, astropy = seconds([ours, theirs], sizes.turns)
    name = f"sky: pointing history of a position, {count} pointings"
    return line(name, spent * 1e3, "ms", "astropy SkyCoord.separation and numpy.histogram", astropy / spent)


def _windows(sizes: Sizes) -> Line:
    mission, time = observatory().mission, to_time(T0)
    constraint = mission.constraint()
    # A direction that the Earth's limb passes at each perigee.
    v = unit_vector(*np.radians((200.0, 40.0)))
    found = Almanac(time, places_of(mission, time, _DAYS * _DAY_S))

    def ours() -> float:
        return forecast(v, T0, _DAYS * _DAY_S, constraint, found).observable_s

    def every_second() -> float:
        t = np.arange(0.5, _DAYS * _DAY_S)
        pieces = np.array_split(t, 20)
        return float(sum((constraint.margin_rad(v[np.newaxis], found.at(piece)) > 0).sum() for piece in pieces))

    require_close("observable time, s", ours(), every_second(), 5.0)
    spent, plain = seconds([ours, every_second], sizes.slow_turns)
    return line(
        f"sky: windows of a direction over {_DAYS:g} d, to a second", spent * 1e3, "ms", "the margin every second", plain / spent
    )


def _advice(sizes: Sizes) -> Line:
    m, mission = fine_map(sizes.map_order), observatory().mission
    constraint, about = mission.constraint(), _about()

    def ours() -> list[float]:
        told = pointing_advice(m, T0, constraint, about, mission.patterns, mission.slew, attitude=ATTITUDE)
        return [entry.probability for entry in told.entries if entry.within_deg is None]

    radii = [pattern.radius_deg for pattern in mission.patterns]
    short = np.array(ours()) - np.array([_best_of_grid(m, radius, about) for radius in radii])
    require_close("advised probability below the grid's best", np.minimum(short, 0.0), 0.0, _GIVEN_AWAY)
    spent, grid = seconds([ours, lambda: [_best_of_grid(m, radius, about) for radius in radii]], sizes.slow_turns)
    name = f"sky: pointing advice, {len(radii)} patterns and 3 bounds, map of {len(m)} tiles"
    return line(
        name,
        spent * 1e3,
        "ms",
        f"healpy: query_disc at every allowed pixel of nside {_NSIDE}, 3 patterns, no bound",
        grid / spent,
    )


def _about() -> Surroundings:
    state = observatory().mission.approximate_orbit(to_time(T0))
    return surroundings(to_time(T0).reshape((1,)), position_km(state)[np.newaxis])


def _best_of_grid(m: SkyMap, radius_deg: float, about: Surroundings) -> float:
    """The most that a disc about any allowed pixel holds, by pixel centres; the best one then as a true integral."""
    coarse = coarsened(m)
    raster = np.zeros(12 * _NSIDE**2)
    np.add.at(raster, healpy.vec2pix(_NSIDE, *coarse.vectors.T), coarse.prob)
    v = np.array(healpy.pix2vec(_NSIDE, np.arange(len(raster)))).T
    allowed = np.flatnonzero(observatory().mission.constraint().margin_rad(v, about)[0] > 0)
    held = [raster[healpy.query_disc(_NSIDE, v[pixel], np.radians(radius_deg))].sum() for pixel in allowed]
    best = SkyCoord(*v[allowed[int(np.argmax(held))]], representation_type="cartesian").spherical
    return probability_in_cone(m, SkyCoord(best.lon, best.lat), radius_deg * u.deg)

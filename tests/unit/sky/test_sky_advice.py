"""Pointing advice against brute force on fine grids, and where the answer is known."""

from __future__ import annotations

import astropy.units as u
import healpy
import numpy as np
import pytest
from astropy.coordinates import SkyCoord, get_body

from schemas import Attitude, Circle, FloatArray, Instant
from transients.missions import to_time
from transients.missions.constraints import Constraint, EarthLimb, MoonLimb, SunAngle
from transients.missions.frames import unit_vector
from transients.missions.integral import Integral
from transients.missions.integral.operations import PATTERNS, SLEW
from transients.missions.surroundings import Surroundings, surroundings
from transients.sky import SkyMap, pointing_advice, probability_in_cone, skymap_from_region
from transients.sky.healpix import separation_rad

AT = Instant.parse("2023-05-18T12:59:08")
TIME = to_time(AT)
SUN = SkyCoord(*(getattr(get_body("sun", TIME, ephemeris="builtin"), name) for name in ("ra", "dec")))
#: Far from everything.
PLACE_KM = np.array([[-60_000.0, -20_000.0, 100_000.0]])
#: How much the search on the coarsened map, and the price of distance, may cost.
GIVEN_AWAY = 2.5e-3


@pytest.fixture(scope="module")
def about() -> Surroundings:
    return surroundings(TIME.reshape((1,)), PLACE_KM)


def _attitude(ra_deg: float, dec_deg: float) -> Attitude:
    x = SkyCoord(ra_deg * u.deg, dec_deg * u.deg)
    z = x.directional_offset_by(0 * u.deg, 90 * u.deg)
    return Attitude(
        at=AT, x_ra_deg=ra_deg, x_dec_deg=dec_deg, z_ra_deg=float(z.ra.deg), z_dec_deg=float(z.dec.deg), source="axes"
    )


def _gaussians(seed: int, count: int) -> SkyMap:
    """Blobs and rings of several widths, on tiles of 1.8 deg."""
    rng = np.random.default_rng(seed)
    v = np.array(healpy.pix2vec(32, np.arange(12 * 32**2), nest=True)).T
    prob = np.zeros(len(v))
    for _ in range(count):
        centre = rng.normal(size=3)
        centre /= np.linalg.norm(centre)
        sigma, ring = np.radians(rng.uniform(2.0, 12.0)), rng.choice([0.0, np.radians(30.0)])
        density = np.exp(-0.5 * ((separation_rad(v, centre) - ring) / sigma) ** 2)
        prob += rng.uniform(0.2, 1.0) * density / density.sum()
    return SkyMap(np.full(len(v), 5), np.arange(len(v)), prob / prob.sum())


def _brute(m: SkyMap, radius_deg: float, constraint: Constraint, about: Surroundings, near: FloatArray | None, bound_deg: float):
    """The most that any allowed centre of a fine grid holds (tiles by their centres), integrated for the best few."""
    nside = 16 if radius_deg > 15 else 32
    centres = np.array(healpy.pix2vec(nside, np.arange(12 * nside**2), nest=True)).T
    allowed = constraint.margin_rad(centres, about)[0] >= 0
    if near is not None:
        allowed &= separation_rad(centres, near) <= np.radians(bound_deg)
    centres = centres[allowed]
    dense = m.prob > 1e-3 * m.prob.max()
    tiles, prob = m.vectors[dense].T.astype(np.float32), m.prob[dense].astype(np.float32)
    edge = np.float32(np.cos(np.radians(radius_deg)))
    held = np.concatenate([(part.astype(np.float32) @ tiles > edge) @ prob for part in np.array_split(centres, 20)])
    best = centres[np.argsort(-held)[:6]]
    places = SkyCoord(*best.T, representation_type="cartesian").spherical
    return max(probability_in_cone(m, SkyCoord(a, b), radius_deg * u.deg) for a, b in zip(places.lon, places.lat, strict=True))


@pytest.mark.parametrize("seed", [1, 3])
def test_no_allowed_centre_of_a_fine_grid_holds_more(integral: Integral, about: Surroundings, seed: int) -> None:
    m, constraint, aim = _gaussians(seed, 1 + seed), integral.constraint(), _attitude(40.0 * seed, -30.0 + 15.0 * seed)
    axis = unit_vector(np.radians(aim.x_ra_deg), np.radians(aim.x_dec_deg))
    told = pointing_advice(m, AT, constraint, about, PATTERNS, SLEW, attitude=aim)
    assert {(e.pattern, e.within_deg) for e in told.entries} >= {("5x5", None), ("hexagonal", None)}
    for entry in told.entries:
        v = unit_vector(np.radians(entry.ra_deg), np.radians(entry.dec_deg))
        assert constraint.margin_rad(v[np.newaxis], about)[0, 0] >= -1e-7
        assert entry.from_pointing_deg == pytest.approx(np.degrees(separation_rad(v, axis)), abs=1e-6)
        assert entry.within_deg is None or entry.from_pointing_deg <= entry.within_deg + 1e-6
        place = SkyCoord(entry.ra_deg * u.deg, entry.dec_deg * u.deg)
        assert entry.probability == pytest.approx(probability_in_cone(m, place, entry.radius_deg * u.deg), abs=1e-3)
        bound = 180.0 if entry.within_deg is None else entry.within_deg
        best = _brute(m, entry.radius_deg, constraint, about, axis, bound)
        assert entry.probability >= best - GIVEN_AWAY, entry


def test_a_region_far_from_every_limit_is_pointed_at_in_the_middle(integral: Integral, about: Surroundings) -> None:
    centre = SUN.directional_offset_by(90 * u.deg, 90 * u.deg)
    m = skymap_from_region(Circle(ra_deg=float(centre.ra.deg), dec_deg=float(centre.dec.deg), radius_deg=10.0, containment=0.9))
    told = pointing_advice(m, AT, integral.constraint(), about, PATTERNS, SLEW)
    assert [(e.pattern, e.within_deg, e.from_pointing_deg, e.slew_s, e.reaction_s) for e in told.entries] == [
        (name, None, None, None, None) for name in ("staring", "hexagonal", "5x5")
    ]
    for entry in told.entries:
        assert entry.from_peak_deg < 0.1
    # 90 % of a Gaussian within 10 deg: 1 - 10^(-(r/10)^2).
    assert told.entries[0].probability == pytest.approx(1 - 10**-0.25, abs=5e-3)
    assert told.caveats == ()


@pytest.mark.parametrize(("angle_deg", "limit_deg"), [(35.0, 50.0), (140.0, 130.0)])
def test_a_peak_that_the_sun_bars_is_approached_to_the_limit(about: Surroundings, angle_deg: float, limit_deg: float) -> None:
    centre = SUN.directional_offset_by(60 * u.deg, angle_deg * u.deg)
    m = skymap_from_region(Circle(ra_deg=float(centre.ra.deg), dec_deg=float(centre.dec.deg), radius_deg=12.0, containment=0.9))
    told = pointing_advice(m, AT, SunAngle(50.0, 130.0), about, PATTERNS[1:2], SLEW)
    (entry,) = told.entries
    place = SkyCoord(entry.ra_deg * u.deg, entry.dec_deg * u.deg)
    assert place.separation(SUN).deg == pytest.approx(limit_deg, abs=0.08)
    assert (place.separation(SUN).deg - limit_deg) * (angle_deg - limit_deg) <= 1e-6
    # By symmetry it lies on the great circle through the Sun and the peak; along the limit the probability is flat.
    assert entry.from_peak_deg == pytest.approx(abs(angle_deg - limit_deg), abs=0.35)
    assert entry.probability == pytest.approx(
        probability_in_cone(m, SUN.directional_offset_by(60 * u.deg, limit_deg * u.deg), 15 * u.deg), abs=2e-3
    )


def test_a_small_region_leaves_a_plateau_and_the_peak_is_taken(integral: Integral, about: Surroundings) -> None:
    centre = SUN.directional_offset_by(90 * u.deg, 95 * u.deg)
    m = skymap_from_region(Circle(ra_deg=float(centre.ra.deg), dec_deg=float(centre.dec.deg), radius_deg=0.1, containment=0.9))
    aim = _attitude(float(centre.ra.deg), float(centre.dec.deg))
    told = pointing_advice(m, AT, integral.constraint(), about, PATTERNS, SLEW, attitude=aim)
    assert len(told.entries) == 9
    for entry in told.entries:
        assert entry.from_peak_deg < 1e-3
        assert entry.probability == pytest.approx(1.0, abs=1e-4)
    again = pointing_advice(m, AT, integral.constraint(), about, PATTERNS, SLEW, attitude=aim)
    assert told == again


def test_the_time_to_get_there(about: Surroundings) -> None:
    m = skymap_from_region(Circle(ra_deg=0.0, dec_deg=20.0, radius_deg=0.1))
    for turn, slew_s in ((0.0, 0.0), (30.0, 30 * 3600 / 185), (60.0, 60 * 3600 / 185 + 1320)):
        aim = _attitude(0.0, 20.0 - turn)
        entry = pointing_advice(m, AT, ~SunAngle(179.9), about, PATTERNS[:1], SLEW, attitude=aim).entries[0]
        assert entry.from_pointing_deg == pytest.approx(turn, abs=1e-3)
        assert entry.slew_s == pytest.approx(slew_s, abs=0.5)
        assert entry.reaction_s == pytest.approx(slew_s + 7200, abs=0.5)


def test_what_cannot_be_advised_is_said(about: Surroundings) -> None:
    m = skymap_from_region(Circle(ra_deg=float(SUN.ra.deg), dec_deg=float(SUN.dec.deg), radius_deg=1.0))
    nothing = pointing_advice(m, AT, SunAngle(170.0) & ~SunAngle(170.0), about, PATTERNS, SLEW)
    assert nothing.entries == ()
    assert len(nothing.caveats) == 3
    assert "nothing of the sky is allowed" in nothing.caveats[0]
    barred = pointing_advice(m, AT, SunAngle(50.0) & EarthLimb(15.0) & MoonLimb(10.0), about, PATTERNS, SLEW)
    assert barred.entries == ()
    assert "less than 0.1 %" in barred.caveats[0]
    assert barred.constraints == ("Sun 50 to 180 deg", "Earth limb beyond 15 deg", "Moon limb beyond 10 deg")

"""Pointings in columns, the history of a direction, and exposure, against loops over single pointings."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky, Annulus, Circle, Exposure, Instant, Pointing
from transients.missions import Mission, seconds_between, shift
from transients.missions.frames import unit_vector
from transients.missions.integral import Integral
from transients.sky import (
    SkyMap,
    band_ks,
    coarsened,
    fov_exposure,
    point,
    pointing_history,
    pointing_table,
    probability_in_cone,
    skymap_from_region,
)
from transients.sky.history import time_by_angle

T0 = Instant.parse("2016-12-31T23:59:55")
DAY_S = 86400.0


def _pointings(count: int, seed: int = 3) -> list[Pointing]:
    """Of all kinds, over T0 -+ 12 d, a leap second among them; every fifth without Z, none without live time."""
    rng = np.random.default_rng(seed)
    made = []
    for n in range(count):
        start = shift(T0, float(rng.uniform(-12, 12) * DAY_S))
        x = SkyCoord(rng.uniform(0, 360) * u.deg, np.degrees(np.arcsin(rng.uniform(-1, 1))) * u.deg)
        z = x.directional_offset_by(rng.uniform(0, 360) * u.deg, 90 * u.deg)
        axes = (None, None) if n % 5 == 0 else (float(z.ra.deg), float(z.dec.deg))
        kind = ("pointing", "pointing", "pointing", "slew", "engineering")[n % 4 if n % 7 else 4]
        made.append(
            Pointing(
                scw_id=f"{n:012d}", kind=kind, start=start, stop=shift(start, float(rng.uniform(100, 9000))),
                x_ra_deg=float(x.ra.deg), x_dec_deg=float(x.dec.deg), z_ra_deg=axes[0], z_dec_deg=axes[1],
                live_fraction=float(rng.uniform(0.5, 1.0)),
            )
        )  # fmt: skip
    return made


LISTED = _pointings(300)


def _slowly(m: SkyMap, listed: list[Pointing], mission: Mission, half_d: float) -> tuple[float, float]:
    """Plain and live ks, each pointing by a true integral."""
    plain = live = 0.0
    for p in listed:
        if p.kind != "pointing":
            continue
        seconds = min(seconds_between(p.stop, T0), half_d * DAY_S) - max(seconds_between(p.start, T0), -half_d * DAY_S)
        if seconds > 0:
            axis = SkyCoord(p.x_ra_deg * u.deg, p.x_dec_deg * u.deg)
            fraction = probability_in_cone(m, axis, mission.fov_radius_deg * u.deg)
            plain += seconds * fraction
            live += seconds * fraction * (p.live_fraction or 0.0)
    return plain / 1000, live / 1000


@pytest.mark.parametrize(
    "region",
    [
        Circle(ra_deg=10.0, dec_deg=-60.0, radius_deg=20.0, containment=0.9),
        Annulus(ra_deg=200.0, dec_deg=30.0, radius_deg=60.0, sigma_deg=1.0),
        AllSky(),
    ],
)
def test_exposure_of_a_map_against_true_integrals(integral: Integral, region: Circle | Annulus | AllSky) -> None:
    m = skymap_from_region(region)
    found = fov_exposure(m, LISTED, T0, integral)
    plain, live = _slowly(m, LISTED, integral, 10.0)
    assert found.plain_ks == pytest.approx(plain, rel=3e-3)
    assert found.live_ks == pytest.approx(live, rel=3e-3)
    assert found.coding_weighted_ks is not None
    assert 0 < found.coding_weighted_ks < live


def test_exposure_of_a_direction_against_separations(integral: Integral) -> None:
    x, z = SkyCoord(33.0 * u.deg, 12.0 * u.deg), SkyCoord(33.0 * u.deg, -78.0 * u.deg)
    listed = []
    for n in range(60):
        place = x.directional_offset_by(17.0 * n * u.deg, 0.4 * n * u.deg)
        up = place.directional_offset_by(180 * u.deg, 90 * u.deg)
        start = shift(T0, 3000.0 * (n - 30))
        listed.append(
            Pointing(
                scw_id=str(n), kind="pointing", start=start, stop=shift(start, 2000.0), live_fraction=0.5,
                x_ra_deg=float(place.ra.deg), x_dec_deg=float(place.dec.deg),
                z_ra_deg=float(up.ra.deg), z_dec_deg=float(up.dec.deg),
            )
        )  # fmt: skip
    assert z.separation(x).deg == pytest.approx(90.0)
    found = fov_exposure(point(unit_vector(*np.radians([33.0, 12.0]))), listed, T0, integral)
    angles = [SkyCoord(p.x_ra_deg * u.deg, p.x_dec_deg * u.deg).separation(x).deg for p in listed]
    inside = sum(angle < 15.0 for angle in angles)
    assert (found.pointings, found.plain_ks) == (inside, pytest.approx(2.0 * inside, rel=1e-6))
    coded = 0.0
    for p, angle in zip(listed, angles, strict=True):
        if angle < 15.0:
            axis = SkyCoord(p.x_ra_deg * u.deg, p.x_dec_deg * u.deg)
            # From X toward Z is south here, Y = Z x X then points west.
            bearing = axis.position_angle(x).rad
            frame = (np.tan(np.radians(angle)) * np.sin(bearing), -np.tan(np.radians(angle)) * np.cos(bearing))
            coded += float(integral.coding_fraction("ISGRI", *np.degrees(np.arctan(frame))))
    assert found.coding_weighted_ks == pytest.approx(coded, rel=1e-5)


def test_a_list_that_does_not_say_its_live_time(integral: Integral) -> None:
    m = skymap_from_region(AllSky())
    some = [p if n else Pointing(**{f: getattr(p, f) for f in p.__struct_fields__} | {"live_fraction": None}) for n, p in
            enumerate(q for q in LISTED if q.kind == "pointing" and abs(seconds_between(q.start, T0)) < 5 * DAY_S)]  # fmt: skip
    found: Exposure = fov_exposure(coarsened(m), some, T0, integral)
    assert found.live_ks is None
    assert found.plain_ks > 0


def test_history_against_one_pointing_at_a_time() -> None:
    place = SkyCoord(123.0 * u.deg, -45.0 * u.deg)
    history = pointing_history(unit_vector(place.ra.rad, place.dec.rad), pointing_table(LISTED, T0), 10.0, source="list")
    expected = {}
    for p in LISTED:
        start, stop = (seconds_between(at, T0) / 3600.0 for at in (p.start, p.stop))
        if p.kind == "pointing" and stop > -240.0 and start < 240.0:
            angle = float(place.separation(SkyCoord(p.x_ra_deg * u.deg, p.x_dec_deg * u.deg)).deg)
            expected[p.scw_id] = (max(start, -240.0), min(stop, 240.0), angle)
    assert {p.id for p in history.pointings} == set(expected)
    for p in history.pointings:
        assert (p.start_h, p.stop_h, p.off_axis_deg) == pytest.approx(expected[p.id], abs=6e-4)
    angles, ks = np.array([(a, 3.6 * (stop - start)) for start, stop, a in expected.values()]).T
    counts, edges = np.histogram(angles, bins=np.arange(0, 181, 5), weights=ks)
    assert [low for low, _, _ in history.histogram] == edges[:-1].tolist()
    assert [value for _, _, value in history.histogram] == pytest.approx(counts.tolist(), abs=1e-6)
    assert band_ks(history, 20.0) == pytest.approx(ks[angles < 20.0].sum(), abs=1e-6)
    assert (history.ra_deg, history.dec_deg, history.source) == (pytest.approx(123.0), pytest.approx(-45.0), "list")


def test_angles_at_the_ends_of_the_histogram() -> None:
    told = time_by_angle(np.array([0.0, 4.999, 5.0, 179.9, 180.0]), np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    assert told.shape == (36,)
    assert (told[0], told[1], told[-1]) == (3.0, 4.0, 24.0)


def test_times_count_leap_seconds_and_an_empty_list_is_one() -> None:
    p = Pointing(
        scw_id="1", kind="pointing", start=Instant.parse("2016-12-31T23:59:59"), stop=Instant.parse("2017-01-01T00:00:01"),
        x_ra_deg=0.0, x_dec_deg=0.0,
    )  # fmt: skip
    table = pointing_table([p], T0)
    assert (table.start_s[0], table.stop_s[0]) == (pytest.approx(4.0), pytest.approx(7.0))
    empty = pointing_table([], T0)
    assert len(empty) == 0
    assert pointing_history(np.array([1.0, 0.0, 0.0]), empty, 10.0).pointings == ()

"""Overlaps that are known, with responses, and the rates of coincidences."""

from __future__ import annotations

import healpy
import numpy as np
import pytest

from schemas import AllSky, Attitude, Circle, Instant
from schemas.errors import NotFound, RefusedInput
from transients.missions.integral import Integral
from transients.sky import WINDOWS, SkyMap, joint_rate, overlap, response_overlap, skymap_from_region
from transients.sky.visibility import axes

ATTITUDE = Attitude(
    at=Instant(utc="2023-05-18T12:59:08"), x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="axes"
)


def gaussian(sigma_deg: float, nside: int, ra_deg: float, dec_deg: float) -> SkyMap:
    """exp(-d^2 / 2 sigma^2) at the centres of the pixels of one nside, as far as 8 sigma."""
    centre = healpy.ang2vec(ra_deg, dec_deg, lonlat=True)
    reach = min(np.radians(8 * sigma_deg), np.pi)
    ipix = healpy.query_disc(nside, centre, reach, nest=True) if reach < np.pi else np.arange(12 * nside**2)
    v = np.stack(healpy.pix2vec(nside, ipix, nest=True), axis=-1)
    prob = np.exp(-0.5 * (2 * np.arcsin(np.linalg.norm(v - centre, axis=1) / 2) / np.radians(sigma_deg)) ** 2)
    return SkyMap(np.full(len(ipix), nside.bit_length() - 1), ipix, prob / prob.sum())


@pytest.mark.parametrize(
    ("wave", "other", "exact"),
    [
        ((15.0, 64, 100.0, 20.0), (0.3, 1024, 101.0, 21.0), 29.71),
        ((10.0, 32, 100.0, 20.0), (0.5, 512, 110.0, 25.0), 37.59),
        ((20.0, 128, 100.0, 20.0), (0.08, 2048, 100.3, 20.2), 17.09),
        ((10.0, 32, 100.0, 20.0), (0.15, 512, 110.0, 25.0), 36.63),
    ],
)
def test_sharp_maps_against_wide_ones(
    wave: tuple[float, int, float, float], other: tuple[float, int, float, float], exact: float
) -> None:
    """Values of the exact integral; sampling one map at the other's pixel centres gives up to 77 too much or nothing at all."""
    one, two = gaussian(*wave), gaussian(*other)
    assert overlap(one, two) == pytest.approx(exact, abs=0.005)
    assert overlap(two, one) == overlap(one, two)


def test_a_map_on_deeper_tiles_is_the_same_map() -> None:
    rng = np.random.default_rng(1)
    prob = rng.gamma(0.3, size=192)
    m = SkyMap(np.full(192, 2), np.arange(192), prob / prob.sum())
    cut = SkyMap(np.full(192 * 64, 5), np.arange(192 * 64), np.repeat(m.prob / 64, 64))
    assert overlap(m, cut) == pytest.approx(overlap(m, m), rel=1e-12)


def test_a_point_in_the_deepest_pixel_and_the_last() -> None:
    last = (12 << 58) - 1
    point = SkyMap(np.array([29]), np.array([last]), np.array([1.0]))
    assert overlap(point, point) == pytest.approx(float(12 << 58), rel=1e-12)
    assert overlap(point, SkyMap(np.array([0, 0]), np.array([11, 3]), np.array([0.5, 0.5]))) == pytest.approx(6.0)
    assert overlap(point, SkyMap(np.array([0]), np.array([3]), np.array([1.0]))) == 0.0


def test_the_response_of_the_whole_sky_is_the_mean(integral: Integral) -> None:
    whole = skymap_from_region(AllSky())
    assert response_overlap(whole, ATTITUDE, integral, "SPI-ACS", "hard") == pytest.approx(1.0, abs=2e-4)


def test_a_place_weighs_by_its_counts_per_fluence(integral: Integral) -> None:
    theta, phi = np.radians(95.0), np.radians(30.0)
    x, _, z = axes(ATTITUDE)
    v = np.cos(theta) * x + np.sin(theta) * (np.cos(phi) * z + np.sin(phi) * np.cross(x, z))
    ra_deg, dec_deg = float(np.degrees(np.arctan2(v[1], v[0]))) % 360.0, float(np.degrees(np.arcsin(v[2])))
    place = Circle(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=0.01, containment=0.9)
    nside = 64
    pixels = healpy.pix2ang(nside, np.arange(12 * nside**2))
    for instrument in ("SPI-ACS", "IBIS/Veto"):
        mean = np.mean(1 / integral.response.fluence_per_count(instrument, "soft", *pixels))
        here = 1 / float(integral.response.fluence_per_count(instrument, "soft", theta, phi))
        found = response_overlap(skymap_from_region(place), ATTITUDE, integral, instrument, "soft")
        assert found == pytest.approx(here / mean, rel=1e-3)
    with pytest.raises(NotFound):
        response_overlap(skymap_from_region(place), ATTITUDE, integral, "BATSE", "soft")


def test_rates() -> None:
    """Once a year within a year's window: the event's own rate."""
    year = 365.25 * 86400
    rate = joint_rate(4.0, year, 1.0, 1e-7)
    assert (rate.far_time_hz, rate.far_spacetime_hz) == pytest.approx((1e-7, 2.5e-8))
    assert joint_rate(0.0, 6.0, 310.0, 1e-7).far_spacetime_hz is None
    assert joint_rate(1e-320, 6.0, 310.0, 1e-7).far_spacetime_hz is None
    assert joint_rate(2.0, 6.0, 310.0, 0.0).far_spacetime_hz == 0.0
    for bad in ((-1.0, 310.0, 1e-7), (6.0, float("nan"), 1e-7), (6.0, 310.0, float("inf"))):
        with pytest.raises(RefusedInput):
            joint_rate(2.0, *bad)


def test_windows() -> None:
    assert {name: window.length_s for name, window in WINDOWS.items()} == {
        "grb-cbc": 6.0, "subthreshold-fermi": 12.0, "subthreshold-swift": 30.0, "grb-burst": 660.0, "snews": 20.0,
    }  # fmt: skip

"""What the Earth hides: tile by tile against the exact integral, a formula, and fine pixels."""

from __future__ import annotations

import healpy
import numpy as np
import pytest

from schemas import AllSky, Circle, Instant, OrbitState
from transients.sky import hidden_fractions, is_hidden, skymap_from_region, visibility

AT = Instant(utc="2024-06-01T12:00:00")


def orbit(distance_km: float, ra_deg: float = 240.0, dec_deg: float = -25.0) -> OrbitState:
    return OrbitState(at=AT, ra_deg=ra_deg, dec_deg=dec_deg, distance_km=distance_km, source="test")


@pytest.mark.parametrize("distance_km", [6921.0, 6400.0, 42164.0, 160_000.0])
def test_of_the_whole_sky_it_is_the_discs_part(distance_km: float) -> None:
    m = skymap_from_region(AllSky())
    part = 0.5 * (1.0 - np.sqrt(1.0 - (6371.0 / distance_km) ** 2))
    assert float(m.prob @ hidden_fractions(m, orbit(distance_km))) == pytest.approx(part, rel=2e-3, abs=2e-6)


def test_a_low_orbit_loses_three_tenths_of_the_sky() -> None:
    m = skymap_from_region(AllSky())
    assert float(m.prob @ hidden_fractions(m, orbit(6921.0))) == pytest.approx(0.3047, abs=1e-4)


@pytest.mark.parametrize("ra_deg", [60.0, 100.0, 119.0, 130.0, 150.0])
def test_it_agrees_with_the_exact_integral(ra_deg: float) -> None:
    m, place = skymap_from_region(Circle(ra_deg=ra_deg, dec_deg=20.0, radius_deg=10.0)), orbit(6921.0)
    seen = visibility(m, AT, orbit=place)
    assert seen.earth_fraction is not None
    assert float(m.prob @ hidden_fractions(m, place)) == pytest.approx(seen.earth_fraction, abs=2e-4)


def test_each_tile_agrees_with_its_fine_pixels() -> None:
    m, place = skymap_from_region(AllSky()), orbit(6921.0)
    hidden = hidden_fractions(m, place)
    order, levels = int(m.order[0]), 6
    fine = healpy.pix2vec(1 << (order + levels), (m.ipix[:, None] << (2 * levels)) + np.arange(1 << (2 * levels)), nest=True)
    earth = -np.array(healpy.ang2vec(place.ra_deg, place.dec_deg, lonlat=True))
    inside = np.tensordot(earth, np.array(fine), axes=1) > np.cos(np.arcsin(6371.0 / 6921.0))
    assert np.abs(hidden - inside.mean(axis=1)).max() < 0.01
    assert 20 < int(((hidden > 0) & (hidden < 1)).sum()) < len(m) // 4


def test_a_direction_is_hidden_or_not() -> None:
    place = orbit(6921.0)
    edge = np.degrees(np.arcsin(6371.0 / 6921.0))
    down = (np.radians(60.0), np.radians(25.0))
    assert is_hidden(*down, place)
    assert not is_hidden(np.radians(240.0), np.radians(-25.0), place)
    assert is_hidden(down[0], down[1] - np.radians(edge - 0.01), place)
    assert not is_hidden(down[0], down[1] - np.radians(edge + 0.01), place)

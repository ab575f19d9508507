"""Our sums over tiles against healpy's flat maps and disc queries, on maps, positions and radii that nobody chose."""

from __future__ import annotations

import astropy.units as u
import healpy
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import circles, positions_deg, sky_maps

from schemas import Circle
from transients.missions.frames import unit_vector
from transients.sky import (
    SkyMap,
    credible_area_deg2,
    credible_mask,
    probability_at_pixels,
    probability_in_cone,
    probability_where,
    read_skymap,
    skymap_from_region,
    write_skymap,
)
from transients.sky.healpix import separation_rad

ORDER = 5
NSIDE = 1 << ORDER
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _flat_ring(m: SkyMap) -> np.ndarray:
    """The map as healpy would have it: probability per pixel of nside 32, RING."""
    nested = np.zeros(12 * NSIDE**2)
    for order, ipix, prob in zip(m.order.tolist(), m.ipix.tolist(), m.prob.tolist(), strict=True):
        count = 4 ** (ORDER - order)
        nested[ipix * count : (ipix + 1) * count] = prob / count
    return np.asarray(healpy.reorder(nested, n2r=True))


def _against_brute_force(m: SkyMap, place: tuple[float, float], radius_deg: float) -> None:
    flat = _flat_ring(m)
    centre = healpy.ang2vec(*place, lonlat=True)
    brute = flat[healpy.query_disc(NSIDE, centre, np.radians(radius_deg), inclusive=False)].sum()
    axis = unit_vector(*np.radians(place))
    ours = probability_at_pixels(m, lambda ra, dec: separation_rad(unit_vector(ra, dec), axis) < np.radians(radius_deg), ORDER)
    # A pixel whose centre lies on the very circle may fall on either side.
    pixels = np.stack(healpy.pix2vec(NSIDE, np.arange(12 * NSIDE**2)), axis=-1)
    on_edge = flat[np.abs(separation_rad(pixels, axis) - np.radians(radius_deg)) < 1e-9].sum()
    assert abs(ours - brute) <= 1e-6 + on_edge


#: Up to 179.9: within rounding of 180 deg healpy's disc query leaves out whole rings.
cones = given(m=sky_maps(max_order=ORDER), place=positions_deg, radius_deg=st.floats(0.0, 179.9))


@cones
@settings(max_examples=200, deadline=None, suppress_health_check=_CHECKS)
def test_pixel_centre_rule_is_healpys(m: SkyMap, place: tuple[float, float], radius_deg: float) -> None:
    _against_brute_force(m, place, radius_deg)


@pytest.mark.nightly
@cones
@settings(max_examples=2000, deadline=None, suppress_health_check=_CHECKS)
def test_pixel_centre_rule_is_healpys_long(m: SkyMap, place: tuple[float, float], radius_deg: float) -> None:
    _against_brute_force(m, place, radius_deg)


def _true_integral(m: SkyMap, place: tuple[float, float], radius_deg: float, nside: int) -> float:
    """By healpy alone, with pixels of `nside`: good to the probability of a pixel times the root of how many the edge cuts."""
    order = nside.bit_length() - 1
    inside = healpy.query_disc(nside, healpy.ang2vec(*place, lonlat=True), np.radians(radius_deg), nest=True)
    total = 0.0
    for level in np.unique(m.order):
        at = m.order == level
        density = np.zeros(12 << (2 * int(level)))
        density[m.ipix[at]] = m.prob[at] / 4.0 ** (order - level)
        total += float(density[inside >> (2 * (order - int(level)))].sum())
    return total


@given(m=sky_maps(max_order=3), place=positions_deg, radius_deg=st.floats(3.0, 177.0))
@settings(max_examples=25, deadline=None, suppress_health_check=_CHECKS)
def test_true_integrals(m: SkyMap, place: tuple[float, float], radius_deg: float) -> None:
    brute = _true_integral(m, place, radius_deg, 256)
    # A circle cuts some 2 pi sin(r) / side pixels, each wrong by up to half its probability, with either sign.
    side = np.sqrt(np.pi / 3) / 256
    error = 8.0 * m.density.max() * side**2 * np.sqrt(2 * np.pi / side)
    ours = probability_in_cone(m, SkyCoord(*place, unit=u.deg), radius_deg * u.deg)
    assert abs(ours - brute) <= max(error, 1e-4)
    axis = unit_vector(*np.radians(place))
    blind = probability_where(m, lambda ra, dec: separation_rad(unit_vector(ra, dec), axis) < np.radians(radius_deg))
    assert abs(blind - ours) <= 2e-3


@given(m=sky_maps(), place=positions_deg, radius_deg=st.floats(0.01, 179.0))
@settings(max_examples=60, deadline=None, suppress_health_check=_CHECKS)
def test_a_cone_and_its_opposite_make_the_sky(m: SkyMap, place: tuple[float, float], radius_deg: float) -> None:
    ra, dec = place
    one = probability_in_cone(m, SkyCoord(ra * u.deg, dec * u.deg), radius_deg * u.deg)
    other = probability_in_cone(m, SkyCoord((ra + 180) * u.deg, -dec * u.deg), (180 - radius_deg) * u.deg)
    assert one + other == pytest.approx(1.0, abs=2e-4)
    assert 0.0 <= one <= 1.0


@given(m=sky_maps(), place=positions_deg, radii=st.tuples(st.floats(0.1, 179.0), st.floats(0.1, 179.0)))
@settings(max_examples=40, deadline=None, suppress_health_check=_CHECKS)
def test_wider_cones_hold_more(m: SkyMap, place: tuple[float, float], radii: tuple[float, float]) -> None:
    centre = SkyCoord(*place, unit=u.deg)
    narrow, wide = (probability_in_cone(m, centre, r * u.deg) for r in sorted(radii))
    assert narrow <= wide + 1e-4


@given(region=circles, bearing=st.floats(0.0, 360.0), where=positions_deg, turned=st.floats(0.0, 360.0))
@settings(max_examples=40, deadline=None, suppress_health_check=_CHECKS)
def test_turning_the_sky_changes_nothing(region: Circle, bearing: float, where: tuple[float, float], turned: float) -> None:
    """A cone beside a circle holds the same wherever on the sphere the pair lies."""
    radius = region.radius_deg or 0.0
    moved = Circle(ra_deg=where[0], dec_deg=where[1], radius_deg=radius, containment=region.containment)
    held = []
    for circle, angle in ((region, bearing), (moved, turned)):
        centre = SkyCoord(circle.ra_deg * u.deg, circle.dec_deg * u.deg).directional_offset_by(
            angle * u.deg, 0.8 * radius * u.deg
        )
        held.append(probability_in_cone(skymap_from_region(circle), centre, radius * u.deg))
    assert held[0] == pytest.approx(held[1], abs=2e-3)


@given(m=sky_maps(distances=True))
@settings(max_examples=60, deadline=None, suppress_health_check=_CHECKS)
def test_written_and_read_again(m: SkyMap) -> None:
    again = read_skymap(write_skymap(m), "again")
    rows, found = np.argsort(m.uniq), np.argsort(again.uniq)
    assert (m.uniq[rows] == again.uniq[found]).all()
    assert again.prob[found] == pytest.approx(m.prob[rows], rel=1e-12)
    for name in ("distmu", "distsigma", "distnorm"):
        assert (getattr(m, name)[rows] == getattr(again, name)[found]).all()
    assert again.remarks == ()


@given(m=sky_maps(), levels=st.tuples(st.floats(0.001, 1.0), st.floats(0.001, 1.0)))
@settings(max_examples=60, deadline=None, suppress_health_check=_CHECKS)
def test_credible_regions_are_nested_and_hold_their_level(m: SkyMap, levels: tuple[float, float]) -> None:
    low, high = sorted(levels)
    inner, outer = credible_mask(m, low), credible_mask(m, high)
    assert not (inner & ~outer).any()
    assert credible_area_deg2(m, low) <= credible_area_deg2(m, high)
    assert m.prob[outer].sum() >= high - 1e-9
    if (~outer).any():
        assert m.density[outer].min() >= m.density[~outer].max()


@given(m=sky_maps(max_order=4), ring=st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=_CHECKS)
def test_a_flat_copy_is_the_same_sky(m: SkyMap, ring: bool) -> None:
    """Rasterised, written flat, read by us: the same probability everywhere."""
    import io

    from astropy.io import fits

    flat = _flat_ring(m)
    values = flat if ring else healpy.reorder(flat, r2n=True)
    table = fits.BinTableHDU.from_columns([fits.Column("PROB", "D", unit="pix-1", array=values)])
    table.header.update(ORDERING="RING" if ring else "NESTED", NSIDE=NSIDE, COORDSYS="C")
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(out)
    again = read_skymap(out.getvalue(), "flat")
    assert _flat_ring(again) == pytest.approx(flat, rel=1e-9, abs=1e-15)
    assert len(again) <= len(flat)

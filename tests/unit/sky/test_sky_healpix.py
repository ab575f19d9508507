"""Integer arithmetic of tiles."""

from __future__ import annotations

import healpy
import numpy as np
import pytest

from transients.missions.frames import unit_vector
from transients.sky import healpix


@pytest.mark.parametrize("order", range(30))
def test_uniq_codes_at_both_ends_of_every_order(order: int) -> None:
    last = 12 * 4**order - 1
    ends = np.array([0, 1, last // 2, last - 1, last], dtype=np.int64)
    codes = healpix.join_uniq(np.full(5, order), ends)
    assert codes[0] == 4 ** (order + 1)
    found_order, found = healpix.split_uniq(codes)
    assert (found_order == order).all()
    assert (found == ends).all()


@pytest.mark.parametrize("bad", [0, 3, -1, 16 * 4**29])
def test_impossible_uniq_codes(bad: int) -> None:
    with pytest.raises(ValueError, match="UNIQ"):
        healpix.split_uniq(np.array([7, bad]))


@pytest.mark.parametrize(("nside", "order"), [(1, 0), (2, 1), (2048, 11), (2**29, 29)])
def test_order_of_nside(nside: int, order: int) -> None:
    assert healpix.order_of_nside(nside) == order


@pytest.mark.parametrize("nside", [0, -4, 3, 100, 2**30])
def test_nside_that_is_none(nside: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        healpix.order_of_nside(nside)


@pytest.mark.parametrize("order", range(25))
def test_no_pixel_reaches_beyond_its_radius(order: int) -> None:
    assert float(healpix.radius_bound_rad(order)) >= healpy.max_pixrad(2**order)
    assert float(healpix.area_sr(order)) == pytest.approx(healpy.nside2pixarea(2**order), rel=1e-15)


def test_corners_lie_within_the_radius() -> None:
    for order in (0, 1, 2, 5):
        ipix = np.arange(12 * 4**order)
        corners = np.moveaxis(healpy.boundaries(2**order, ipix, step=4, nest=True), 1, 2)
        centre = healpix.vectors(np.full(len(ipix), order), ipix)
        farthest = max(healpix.separation_rad(corners[i], centre[i]).max() for i in ipix)
        assert farthest <= float(healpix.radius_bound_rad(order))


def test_centres_of_mixed_orders_are_healpys() -> None:
    order = np.array([0, 29, 3, 0])
    ipix = np.array([11, 12 * 4**29 - 1, 767, 0])
    ra, dec = healpix.centres(order, ipix)
    for i in range(4):
        lon, lat = healpy.pix2ang(2 ** int(order[i]), int(ipix[i]), nest=True, lonlat=True)
        assert (np.degrees(ra[i]), np.degrees(dec[i])) == pytest.approx((lon, lat), abs=1e-12)
    assert healpix.vectors(order, ipix) == pytest.approx(unit_vector(ra, dec), abs=1e-12)


def test_separation_is_exact_for_tiny_and_opposite_angles() -> None:
    axis = unit_vector(0.3, 0.2)
    tiny = unit_vector(0.3, 0.2 + 1e-11)
    assert float(healpix.separation_rad(tiny[None], axis)[0]) == pytest.approx(1e-11, rel=1e-4)
    assert float(healpix.separation_rad(-axis[None], axis)[0]) == pytest.approx(np.pi, abs=1e-15)


def test_ranges_become_the_fewest_tiles() -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        cuts = np.sort(rng.choice(12 * 4**4, size=12, replace=False))
        order, ipix = healpix.tiles_of_ranges(cuts[::2], cuts[1::2], 4)
        start, stop = ipix << 2 * (4 - order), (ipix + 1) << 2 * (4 - order)
        covered = np.concatenate([np.arange(a, b) for a, b in zip(start, stop, strict=True)])
        wanted = np.concatenate([np.arange(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)])
        assert np.sort(covered).tolist() == wanted.tolist()
        # Fewest: no four siblings are left that make up a parent.
        codes = set(zip(order.tolist(), ipix.tolist(), strict=True))
        assert not any(all((o, (p & ~3) + k) in codes for k in range(4)) for o, p in codes if o > 0)


def test_the_whole_sky_is_twelve_tiles() -> None:
    order, ipix = healpix.tiles_of_ranges(np.array([0]), np.array([12 << 58]))
    assert order.tolist() == [0] * 12
    assert ipix.tolist() == list(range(12))


def test_equal_siblings_merge_and_others_do_not() -> None:
    values = np.ones((2, 12 * 16))
    values[1, 100] = 2.0
    order, ipix, columns = healpix.merge_equal(2, np.arange(12 * 16), values)
    assert (np.bincount(order) == [11, 3, 4]).all()
    assert columns[1][(order == 2) & (ipix == 100)].tolist() == [2.0]
    assert healpix.area_sr(order).sum() == pytest.approx(4 * np.pi)

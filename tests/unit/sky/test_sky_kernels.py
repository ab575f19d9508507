"""The kernels of the sky against the same in numpy, or against the library whose pixels they are."""

from __future__ import annotations

import healpy
import numpy as np
import pytest

from schemas import FloatArray
from transients.missions.frames import unit_vector
from transients.sky import _pixels, healpix
from transients.sky._shapes import FisherShape
from transients.sky.integrals import Caps


def tiles(seed: int = 2, count: int = 400) -> tuple[healpix.IntArray, healpix.IntArray]:
    """Tiles of every order, the corners of faces among them."""
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.integers(0, healpix.MAX_ORDER + 1, count), np.arange(healpix.MAX_ORDER + 1)])
    last = 12 * 4**order - 1
    ipix = (rng.random(len(order)) * (last + 1)).astype(np.int64)
    return order, np.minimum(np.where(np.arange(len(order)) % 7 == 0, last, ipix), last)


def test_pixels_are_where_the_library_has_them() -> None:
    order, ipix = tiles()
    expected = np.stack(healpy.pix2vec(1 << order, ipix, nest=True), axis=-1)
    np.testing.assert_allclose(healpix.vectors(order, ipix), expected, atol=4e-15)
    ra, dec = healpix.centres(order, ipix)
    assert ((ra >= 0.0) & (ra < 2.0 * np.pi)).all()
    np.testing.assert_allclose(unit_vector(ra, dec), expected, atol=4e-15)


def test_whatever_the_numbers_come_as() -> None:
    order, ipix = tiles()
    wanted = healpix.vectors(order, ipix)
    np.testing.assert_array_equal(healpix.vectors(order.astype(np.int32), ipix[::-1][::-1]), wanted)


def test_four_places_have_the_mean_of_the_whole_tile() -> None:
    """Of a density as sharp against its tile as a mesh has it, an eighth of a standard deviation a side."""
    order, ipix = tiles()
    keep = (order > 4) & (order < 24)
    order, ipix = order[keep], ipix[keep]
    v = healpix.quadrature(order, ipix)
    assert v.shape == (len(order), 4, 3)
    np.testing.assert_allclose(np.linalg.norm(v, axis=-1), 1.0, atol=1e-14)
    sigma = 8.0 * healpix.side_rad(order)
    # A point a standard deviation away, where the density is steepest.
    towards = healpix.vectors(order, ipix) + sigma[:, np.newaxis] * np.cross(healpix.vectors(order, ipix), [0.6, 0.0, 0.8])
    towards /= np.linalg.norm(towards, axis=-1, keepdims=True)

    def mean(points: FloatArray) -> FloatArray:
        chord = np.linalg.norm(points - towards[:, np.newaxis], axis=-1)
        return np.asarray(np.exp(-0.5 * (chord / sigma[:, np.newaxis]) ** 2).mean(axis=1))

    deep = healpix.children(ipix, 5)
    fine = healpix.vectors(np.repeat(order + 5, deep.shape[1]), deep.ravel()).reshape(*deep.shape, 3)
    np.testing.assert_allclose(mean(v), mean(fine), rtol=2e-4)
    # On most tiles far better than the sixteen centres two orders deeper.
    sixteen = healpix.children(ipix, 2)
    coarse = healpix.vectors(np.repeat(order + 2, 16), sixteen.ravel()).reshape(*sixteen.shape, 3)
    assert np.median(np.abs(mean(v) / mean(fine) - 1.0)) < 0.2 * np.median(np.abs(mean(coarse) / mean(fine) - 1.0))


@pytest.mark.parametrize("caps", [1, 3])
def test_the_margin_of_caps_is_the_distance_to_the_nearest_edge(caps: int) -> None:
    rng = np.random.default_rng(caps)
    axes = rng.normal(size=(caps, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    radii = rng.uniform(0.2, 3.0, caps)
    # Directions of the axes themselves, opposite to them, and anywhere.
    v = np.concatenate([axes, -axes, rng.normal(size=(50, 3))])
    v /= np.linalg.norm(v, axis=-1, keepdims=True)
    expected = np.min([radius - healpix.separation_rad(v, axis) for axis, radius in zip(axes, radii, strict=True)], axis=0)
    np.testing.assert_allclose(Caps(axes, radii)(v), expected, atol=1e-15)
    assert (Caps(axes, np.full(caps, np.pi))(v) == np.pi).all()


def test_corners_are_where_the_library_has_them() -> None:
    order, ipix = tiles()
    for each, pixel in zip(order.tolist(), ipix.tolist(), strict=True):
        face, x, y = _pixels.centre(each, pixel)
        found = _pixels.corners(face, x, y, 0.5 / (1 << each), _pixels.place(face, x, y))
        # The library goes round from the corner that is farthest along x and y.
        expected = healpy.boundaries(1 << each, pixel, nest=True).T
        np.testing.assert_allclose(found, expected[[2, 3, 1, 0]], atol=1e-14)


def test_separations_are_exact_from_one_end_to_the_other() -> None:
    axis = unit_vector(1.0, 0.4)
    angles = np.array([0.0, 1e-9, 1e-5, 0.1, 1.5, 3.0, np.pi - 1e-7, np.pi])
    across = np.cross(axis, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    v = np.cos(angles)[:, np.newaxis] * axis + np.sin(angles)[:, np.newaxis] * across
    np.testing.assert_allclose(healpix.separation_rad(v, axis), angles, atol=1e-15, rtol=1e-9)
    np.testing.assert_array_equal(healpix.separation_rad(v.reshape(2, 4, 3), axis).ravel(), healpix.separation_rad(v, axis))
    assert healpix.separation_rad(v[3], axis) == pytest.approx(0.1)


def test_a_density_is_the_sum_of_its_fisher_distributions() -> None:
    centre, v = unit_vector(1.0, 0.4), unit_vector(np.linspace(0.0, 6.0, 50), np.linspace(-1.5, 1.5, 50))
    kappa, weights = np.array([3.0, 200.0]), np.array([0.3, 0.7])
    found = FisherShape.mixed(centre, kappa, weights).density(v)
    parts = [w * k / (1.0 - np.exp(-2.0 * k)) * np.exp(k * (v @ centre - 1.0)) for k, w in zip(kappa, weights, strict=True)]
    np.testing.assert_allclose(found, np.sum(parts, axis=0), rtol=1e-12)

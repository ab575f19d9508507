"""The shapes of alerts' regions as densities on the sphere."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from schemas import FloatArray

from .healpix import separation_rad

#: (within so many standard deviations of the core, tiles per standard deviation): areas are right to some 1e-3, and outside
#: lie 4e-6 of a Gaussian.
FINENESS = ((2.5, 8.0), (5.0, 4.0))


def _graded(sigmas: FloatArray, sigma_rad: float) -> FloatArray:
    """The side wanted for a tile whose nearest point is so many standard deviations out."""
    (inner, fine), (outer, coarse) = FINENESS
    return np.where(sigmas < inner, sigma_rad / fine, np.where(sigmas < outer, sigma_rad / coarse, np.inf))


@dataclasses.dataclass(frozen=True)
class FisherShape:
    """Gaussians of the sphere (Fisher 1953) about one centre: the sum of densities scale exp(kappa (cos d - 1)).

    `kappa` and `scale` are (k,).
    """

    centre: FloatArray
    kappa: FloatArray
    scale: FloatArray

    @classmethod
    def mixed(cls, centre: FloatArray, kappa: FloatArray, weights: FloatArray) -> FisherShape:
        """Each with its part of the probability."""
        # The integral of one over the sphere is 2 pi (1 - exp(-2 kappa)) / kappa.
        return cls(centre, kappa, weights * kappa / -np.expm1(-2.0 * kappa))

    def density(self, v: FloatArray) -> FloatArray:
        from . import _pixels  # numba takes a quarter of a second

        return _pixels.fisher(v, self.centre, self.kappa, self.scale)

    def wanted_side_rad(self, v: FloatArray, radius_rad: FloatArray) -> FloatArray:
        away = separation_rad(v, self.centre) - radius_rad
        sides = [_graded(away / sigma, sigma) for sigma in self.kappa**-0.5]
        return np.asarray(np.min(sides, axis=0))


@dataclasses.dataclass(frozen=True)
class EllipseShape:
    """A Gaussian in the plane of distance and position angle about the centre (azimuthal equidistant).

    `major` and `minor` are unit vectors at right angles to the centre, along the axes.
    """

    centre: FloatArray
    major: FloatArray
    minor: FloatArray
    sigma_major_rad: float
    sigma_minor_rad: float

    def _sigmas(self, v: FloatArray) -> FloatArray:
        """Distance from the centre in standard deviations."""
        along, across = v @ self.major, v @ self.minor
        plane = np.hypot(along, across)
        stretch = np.divide(separation_rad(v, self.centre), plane, out=np.ones_like(plane), where=plane > 0)
        return np.asarray(np.hypot(along * stretch / self.sigma_major_rad, across * stretch / self.sigma_minor_rad))

    def density(self, v: FloatArray) -> FloatArray:
        return np.exp(-0.5 * self._sigmas(v) ** 2)

    def wanted_side_rad(self, v: FloatArray, radius_rad: FloatArray) -> FloatArray:
        # Within a tile the distance changes by at most its radius over the smaller sigma (times the map's stretch, below
        # 1.6 within 90 deg).
        at_least = (separation_rad(v, self.centre) - radius_rad) / self.sigma_major_rad
        sigmas = np.maximum(self._sigmas(v) - 1.6 * radius_rad / self.sigma_minor_rad, at_least)
        return _graded(sigmas, self.sigma_minor_rad)


@dataclasses.dataclass(frozen=True)
class AnnulusShape:
    """A ring: Gaussian in the distance from its centre line, the same all round."""

    centre: FloatArray
    radius_rad: float
    sigma_rad: float

    def density(self, v: FloatArray) -> FloatArray:
        return np.exp(-0.5 * ((separation_rad(v, self.centre) - self.radius_rad) / self.sigma_rad) ** 2)

    def wanted_side_rad(self, v: FloatArray, radius_rad: FloatArray) -> FloatArray:
        away = np.abs(separation_rad(v, self.centre) - self.radius_rad)
        return _graded((away - radius_rad) / self.sigma_rad, self.sigma_rad)


@dataclasses.dataclass(frozen=True)
class PolygonShape:
    """A convex polygon of equal density; `normals` (k, 3) are the inward poles of its edges."""

    normals: FloatArray
    size_rad: float

    def _margin(self, v: FloatArray) -> Any:
        return np.arcsin(np.clip(v @ self.normals.T, -1.0, 1.0)).min(axis=1)

    def density(self, v: FloatArray) -> FloatArray:
        return np.asarray((self._margin(v) >= 0).astype(np.float64))

    def wanted_side_rad(self, v: FloatArray, radius_rad: FloatArray) -> FloatArray:
        # Cut along the edges until a tile is a hundredth of the polygon; inside and outside one size does.
        return np.where(np.abs(self._margin(v)) < radius_rad, self.size_rad / 100.0, np.inf)

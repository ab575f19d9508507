"""A smooth function on the sphere of the spacecraft, even in phi: the logarithm of a response."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from schemas import FloatArray

from .instruments import coding_fraction_at

#: Fewer directions than this are not worth the half second that numba takes to import.
_MANY = 2048
#: Farther from the axis nothing is seen through the mask: the corners of ISGRI's field are 20.3 deg away.
_FIELD_RAD = 0.4
#: Degrees that the kernel takes at once.
_AT_ONCE = 4


def harmonic_terms(theta_rad: FloatArray, phi_rad: FloatArray, l_max: int) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield (l, m, Y) of the real, orthonormal harmonics N_lm P_lm(cos theta) cos(m phi), 0 <= m <= l <= l_max, m by m.

    Arrays of one shape, radians. Fully normalised Legendre functions by the standard recursion in l (stable to l of thousands),
    without the Condon-Shortley sign.
    """
    cosine, sine = np.cos(theta_rad), np.sin(theta_rad)
    sectoral = np.full(np.shape(cosine), np.sqrt(1 / (4 * np.pi)))
    for m in range(l_max + 1):
        if m > 0:
            sectoral = sectoral * np.sqrt((2 * m + 1) / (2 * m)) * sine
        wave = np.cos(m * phi_rad) * (1.0 if m == 0 else np.sqrt(2.0))
        before, here = np.zeros_like(sectoral), sectoral
        previous_factor = 0.0
        for degree in range(m, l_max + 1):
            yield degree, m, here * wave
            factor = np.sqrt((4 * (degree + 1) ** 2 - 1) / ((degree + 1) ** 2 - m**2))
            before, here = here, factor * (cosine * here - previous_factor * before)
            previous_factor = 1 / factor


def harmonic_count(l_max: int) -> int:
    """How many coefficients go with `l_max`."""
    return (l_max + 1) * (l_max + 2) // 2


def field_term(theta_rad: FloatArray, phi_rad: FloatArray, floor: float) -> FloatArray:
    """ln(floor + coding fraction of ISGRI): the shape of the imager's field of view."""
    share = np.zeros(np.shape(theta_rad))
    near = theta_rad < _FIELD_RAD
    share[near] = coding_fraction_at("ISGRI", theta_rad[near], phi_rad[near])
    return np.asarray(np.log(floor + share))


@dataclass(frozen=True, eq=False)
class HarmonicMap:
    """ln of the fluence per count as a sum of harmonics, and of the field term for an instrument with a field of view."""

    l_max: int
    #: In the order of `harmonic_terms`, shape (harmonic_count(l_max),).
    coefficients: FloatArray
    field_coefficient: float = 0.0
    field_floor: float = 0.1

    def log(self, theta_rad: FloatArray | float, phi_rad: FloatArray | float) -> FloatArray:
        """ln(erg cm^-2 per count) at directions in radians, which broadcast."""
        theta, phi = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(phi_rad, dtype=float))
        flat_theta, flat_phi = theta.ravel(), phi.ravel()
        total = self._sum(flat_theta, flat_phi)
        if self.field_coefficient != 0:
            total += self.field_coefficient * field_term(flat_theta, flat_phi, self.field_floor)
        return total.reshape(theta.shape)

    def _sum(self, theta: FloatArray, phi: FloatArray) -> FloatArray:
        if len(theta) >= _MANY:
            from ._harmonics import summed

            return summed(theta, phi, *self._steps)
        weight, up, down = self._steps
        m = np.arange(self.l_max + 1)
        wave = np.where(m == 0, 1.0, np.sqrt(2.0))[:, np.newaxis] * np.cos(np.multiply.outer(m, phi))
        sectoral = np.cumprod(np.sqrt((2 * m[1:] + 1) / (2 * m[1:])))
        cosine, sine = np.cos(theta), np.sin(theta)
        here = np.append(1.0, sectoral)[:, np.newaxis] * np.sqrt(1 / (4 * np.pi)) * sine ** m[:, np.newaxis]
        before, total = np.zeros_like(here), np.zeros_like(here)
        for k in range(self.l_max + 1):
            total += weight[:, k, np.newaxis] * here
            before, here = here, up[:, k, np.newaxis] * cosine * here - down[:, k, np.newaxis] * before
        return np.asarray((wave * total).sum(axis=0))

    @functools.cached_property
    def _steps(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """By m, and by degree from m on: the coefficient, and how much of this harmonic and of the one before it make the next.

        Each row is filled up with coefficients of 0 to a multiple of `_AT_ONCE`, (l_max + 1, that of the first row).
        """
        length = (self.l_max // _AT_ONCE + 1) * _AT_ONCE
        m, step = np.arange(self.l_max + 1)[:, np.newaxis], np.arange(length)
        up = np.sqrt((4 * (m + step + 1) ** 2 - 1) / ((m + step + 1) ** 2 - m**2))
        down = np.zeros_like(up)
        down[:, 1:] = up[:, 1:] / up[:, :-1]
        weight = np.zeros_like(up)
        weight[m + step <= self.l_max] = self.coefficients
        return weight, up, down

"""Kernel: a sum of harmonics in many directions. Imports numba: import it late."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Directions worked on side by side: their columns stay in the processor's first cache, and fill its vector units.
_SIDE_BY_SIDE = 128


@compiled
def summed(theta_rad: FloatArray, phi_rad: FloatArray, l_max: int, coefficients: FloatArray) -> FloatArray:
    """The sum of coefficients times harmonics, in the order and the norm of `harmonics.harmonic_terms`.

    Parameters
    ----------
    theta_rad, phi_rad : (n,) float64
    coefficients : (harmonic_count(l_max),) float64

    Returns
    -------
    (n,) float64
    """
    out = np.zeros(theta_rad.shape[0])
    cosine, sine, turn = np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE)
    sectoral, before, here = np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE)
    wave, wave_before, part = np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE), np.zeros(_SIDE_BY_SIDE)
    for begin in range(0, theta_rad.shape[0], _SIDE_BY_SIDE):
        count = min(_SIDE_BY_SIDE, theta_rad.shape[0] - begin)
        for j in range(count):
            cosine[j], sine[j] = math.cos(theta_rad[begin + j]), math.sin(theta_rad[begin + j])
            turn[j] = math.cos(phi_rad[begin + j])
            sectoral[j] = math.sqrt(1.0 / (4.0 * math.pi))
            # cos(m phi) by Chebyshev's recursion, from m = -1 and 0.
            wave_before[j], wave[j] = turn[j], 1.0
        k = 0
        for m in range(l_max + 1):
            if m > 0:
                scale = math.sqrt((2.0 * m + 1.0) / (2.0 * m))
                for j in range(_SIDE_BY_SIDE):
                    sectoral[j] *= scale * sine[j]
                    following = 2.0 * turn[j] * wave[j] - wave_before[j]
                    wave_before[j], wave[j] = wave[j], following
            for j in range(_SIDE_BY_SIDE):
                before[j], here[j], part[j] = 0.0, sectoral[j], 0.0
            previous_factor = 0.0
            for degree in range(m, l_max + 1):
                factor = math.sqrt((4.0 * (degree + 1) ** 2 - 1.0) / ((degree + 1.0) ** 2 - m * m))
                coefficient = coefficients[k]
                k += 1
                for j in range(_SIDE_BY_SIDE):
                    part[j] += coefficient * here[j]
                    following = factor * (cosine[j] * here[j] - previous_factor * before[j])
                    before[j], here[j] = here[j], following
                previous_factor = 1.0 / factor
            norm = 1.0 if m == 0 else math.sqrt(2.0)
            for j in range(count):
                out[begin + j] += norm * wave[j] * part[j]
    return out

"""Kernel: a sum of harmonics in many directions. Imports numba: import it late."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Directions worked on side by side: their columns stay in the processor's first cache, and fill its vector units.
_SIDE_BY_SIDE = 128


@compiled
def summed(theta_rad: FloatArray, phi_rad: FloatArray, weight: FloatArray, up: FloatArray, down: FloatArray) -> FloatArray:
    """The sum of coefficients times harmonics, by the steps of `harmonics.HarmonicMap`.

    Parameters
    ----------
    theta_rad, phi_rad : (n,) float64
    weight, up, down : (l_max + 1, a multiple of 4) float64

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
        for m in range(weight.shape[0]):
            if m > 0:
                scale = math.sqrt((2.0 * m + 1.0) / (2.0 * m))
                for j in range(_SIDE_BY_SIDE):
                    sectoral[j] *= scale * sine[j]
                    following = 2.0 * turn[j] * wave[j] - wave_before[j]
                    wave_before[j], wave[j] = wave[j], following
            for j in range(_SIDE_BY_SIDE):
                before[j], here[j], part[j] = 0.0, sectoral[j], 0.0
            for k in range(0, weight.shape[0] - m, 4):
                # Four degrees in one pass over the columns, which cost more to load and to store than to reckon with.
                w0, w1, w2, w3 = weight[m, k], weight[m, k + 1], weight[m, k + 2], weight[m, k + 3]
                u0, u1, u2, u3 = up[m, k], up[m, k + 1], up[m, k + 2], up[m, k + 3]
                d0, d1, d2, d3 = down[m, k], down[m, k + 1], down[m, k + 2], down[m, k + 3]
                for j in range(_SIDE_BY_SIDE):
                    first = here[j]
                    second = u0 * cosine[j] * first - d0 * before[j]
                    third = u1 * cosine[j] * second - d1 * first
                    fourth = u2 * cosine[j] * third - d2 * second
                    part[j] += w0 * first + w1 * second + w2 * third + w3 * fourth
                    before[j], here[j] = fourth, u3 * cosine[j] * fourth - d3 * third
            norm = 1.0 if m == 0 else math.sqrt(2.0)
            for j in range(count):
                out[begin + j] += norm * wave[j] * part[j]
    return out

"""Kernels: places on Kepler's ellipses. Imports numba: import it late."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Steps of Newton's at most, and the least, rad, that is worth another.
_MOST_STEPS, _LEAST_RAD = 50, 1e-13


@compiled
def eccentric_anomaly(mean: float, e: float) -> float:
    """E with E - e sin E = M, rad, by Newton's steps (e below 0.95)."""
    anomaly = mean
    if e > 0.5:
        anomaly += e if math.sin(mean) >= 0.0 else -e
    for _ in range(_MOST_STEPS):
        step = (anomaly - e * math.sin(anomaly) - mean) / (1.0 - e * math.cos(anomaly))
        anomaly -= step
        if abs(step) < _LEAST_RAD:
            break
    return anomaly


@compiled
def places(
    phase: FloatArray,
    either_way: FloatArray,
    axis: FloatArray,
    e: FloatArray,
    inclination: FloatArray,
    node: FloatArray,
    perigee: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Places on ellipses (m, 3), and how far it is at most to where one is so much of the period earlier or later, (m,).

    Parameters
    ----------
    phase, either_way : (m,) float64
        Of the period, 0 at perigee.
    axis, e, inclination, node, perigee : (m,) float64
        Semi-major axis, in whose unit the places are; eccentricity; rad.
    """
    out, apart = np.empty((len(phase), 3)), np.zeros(len(phase))
    along, across = np.empty(3), np.empty(3)
    for m in range(len(phase)):
        sine, cosine = math.sin(node[m]), math.cos(node[m])
        tilt, level = math.sin(inclination[m]), math.cos(inclination[m])
        turn, straight = math.sin(perigee[m]), math.cos(perigee[m])
        along[0], along[1], along[2] = (
            straight * cosine - turn * sine * level,
            straight * sine + turn * cosine * level,
            turn * tilt,
        )
        across[0], across[1], across[2] = (
            -turn * cosine - straight * sine * level,
            straight * cosine * level - turn * sine,
            straight * tilt,
        )
        minor = math.sqrt(1.0 - e[m] ** 2)
        here = eccentric_anomaly(2.0 * math.pi * phase[m], e[m])
        x, y = axis[m] * (math.cos(here) - e[m]), axis[m] * minor * math.sin(here)
        for k in range(3):
            out[m, k] = x * along[k] + y * across[k]
        for sign in (-1.0, 1.0):
            there = eccentric_anomaly(2.0 * math.pi * (phase[m] + sign * either_way[m]), e[m])
            gone_x, gone_y = axis[m] * (math.cos(there) - e[m]) - x, axis[m] * minor * math.sin(there) - y
            apart[m] = max(apart[m], math.hypot(gone_x, gone_y))
    return out, apart

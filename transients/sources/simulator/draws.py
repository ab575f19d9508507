"""Random numbers that depend on (seed, stream, index) only, so that any stretch of time can be drawn alone and again."""

from __future__ import annotations

import zlib

import numpy as np

from schemas import FloatArray

_KNOTS = 64


def generator(seed: int, stream: str, *index: int) -> np.random.Generator:
    """The generator of one block of one stream of a seed. Indices must not be negative."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, zlib.crc32(stream.encode()), *index))))


def smooth_noise(seed: int, stream: str, times_s: FloatArray, period_s: float) -> FloatArray:
    """Gaussian noise of unit variance that varies over `period_s`: knots that are drawn once, joined by cosine weights.

    Parameters
    ----------
    times_s : (n,) float64
        Seconds, not negative, from any fixed origin.

    Returns
    -------
    (n,) float64
    """
    if len(times_s) == 0:
        return np.zeros(0)
    position = times_s / period_s
    knot = np.floor(position).astype(np.int64)
    first, last = int(knot.min()) // _KNOTS, (int(knot.max()) + 1) // _KNOTS
    values = np.concatenate([generator(seed, stream, block).standard_normal(_KNOTS) for block in range(first, last + 1)])
    local = knot - first * _KNOTS
    angle = 0.5 * np.pi * (position - knot)
    # cos^2 + sin^2 = 1 keeps the variance at one between the knots too.
    joined: FloatArray = values[local] * np.cos(angle) + values[local + 1] * np.sin(angle)
    return joined

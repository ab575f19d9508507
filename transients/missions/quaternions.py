"""Unit quaternions (w, x, y, z) of a spacecraft's axes: how an attitude is turned into another."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

#: Quaternions closer than this (radians) are blended on the chord: the arc's formula divides by its sine.
_SMALL_RAD = 1e-8


def from_axes(x: FloatArray, z: FloatArray) -> FloatArray:
    """The turn (4,) from the sky's axes to a spacecraft's, whose X and Z are unit vectors; Z is set at right angles to X first.

    Shepperd's method (1978): the largest of the four components is found first, so nothing is divided by a small number.
    """
    upright = z - (z @ x) * x
    upright = upright / np.linalg.norm(upright)
    m = np.stack([x, np.cross(upright, x), upright], axis=-1)
    squares = np.array([1 + np.trace(m), *(1 + 2 * np.diag(m) - np.trace(m))])
    i = int(np.argmax(squares))
    skew = np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]])
    if i == 0:
        q = np.array([squares[0], *skew])
    else:
        q = np.empty(4)
        q[0], q[1:] = skew[i - 1], m[:, i - 1] + m[i - 1]
        q[i] = squares[i]
    return np.asarray(q / np.linalg.norm(q))


def to_axes(q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """X and Z, unit vectors (3,), of a turn."""
    w, x, y, z = q
    return (
        np.array([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)]),
        np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)]),
    )


def angle_rad(a: FloatArray, b: FloatArray) -> float:
    """The angle of the turn from one to the other, 0 to pi; q and -q are one turn."""
    chord, rest = sorted((float(np.linalg.norm(a - b)), float(np.linalg.norm(a + b))))
    return 4.0 * float(np.arctan2(chord, rest))


def slerp(a: FloatArray, b: FloatArray, share: float) -> FloatArray:
    """A share of the way from a to b at an even speed about one axis, the shorter way round (Shoemake 1985)."""
    near = b if a @ b >= 0 else -b
    half = 0.5 * angle_rad(a, b)
    if half < _SMALL_RAD:
        return a
    q = (np.sin((1 - share) * half) * a + np.sin(share * half) * near) / np.sin(half)
    return np.asarray(q / np.linalg.norm(q))

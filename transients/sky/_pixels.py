"""Kernels: where HEALPix pixels lie, by the projection of Gorski et al. 2005 (ApJ 622, 759) in the coordinates of its twelve faces.
Imports numba: import it late.

A NESTED pixel number is a face and, its bits interleaved, a column x and a row y on it. Over the face, x and y running from 0
to 1, the projection keeps areas exactly; there it is one formula for any order, so tiles of mixed orders are done at once.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from ..compiled import compiled

IntArray = npt.NDArray[np.int64]
Place = tuple[float, float, float]

#: Ring (in units of nside, from the north pole) and longitude (in units of 45 deg) of each face's lowest corner.
FACE_RING = np.array([2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4], dtype=np.float64)
FACE_LONGITUDE = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7], dtype=np.float64)


#: From the middle of a side to the places of the Gauss-Legendre rule of two points, in sides.
_GAUSS = 0.5 / math.sqrt(3.0)


@compiled
def every_second_bit(number: int) -> int:
    """The even bits of a number, taken together."""
    bits = number & 0x5555555555555555
    bits = (bits | (bits >> 1)) & 0x3333333333333333
    bits = (bits | (bits >> 2)) & 0x0F0F0F0F0F0F0F0F
    bits = (bits | (bits >> 4)) & 0x00FF00FF00FF00FF
    bits = (bits | (bits >> 8)) & 0x0000FFFF0000FFFF
    return (bits | (bits >> 16)) & 0x00000000FFFFFFFF


@compiled
def centre(order: int, ipix: int) -> tuple[int, float, float]:
    """Face, and x and y (0 to 1) of the centre of a NESTED pixel; exact to the deepest order."""
    face = ipix >> (2 * order)
    within = ipix - (face << (2 * order))
    size = 1.0 / (1 << order)
    return face, (every_second_bit(within) + 0.5) * size, (every_second_bit(within >> 1) + 0.5) * size


@compiled
def height_and_longitude(face: int, x: float, y: float) -> tuple[float, float, float]:
    """sin(dec), cos(dec) and right ascension (rad, -pi/4 to 2 pi) of a place on a face; exact next to the poles."""
    ring = FACE_RING[face] - x - y
    # Width of the ring: 1 in the equatorial belt, shrinking to 0 at the poles.
    width = min(1.0, ring, 4.0 - ring)
    if width >= 1.0:
        sine = (2.0 - ring) * (2.0 / 3.0)
        return sine, math.sqrt((1.0 - sine) * (1.0 + sine)), 0.25 * math.pi * (FACE_LONGITUDE[face] + x - y)
    gap = max(width * width / 3.0, 0.0)  # 1 - |sin(dec)| in the caps
    sine = 1.0 - gap if ring < 2.0 else gap - 1.0
    longitude = 0.25 * math.pi * (FACE_LONGITUDE[face] + (x - y) / width) if width > 0.0 else 0.0
    return sine, math.sqrt(gap * (2.0 - gap)), longitude


@compiled
def place(face: int, x: float, y: float) -> Place:
    """Unit vector of a place on a face."""
    sine, cosine, longitude = height_and_longitude(face, x, y)
    return cosine * math.cos(longitude), cosine * math.sin(longitude), sine


@compiled
def corners(face: int, x: float, y: float, half: float, middle: Place) -> tuple[Place, Place, Place, Place]:
    """Unit vectors of the corners of a square of so much on either side of (x, y), whose own is `middle`; along x first."""
    ring = FACE_RING[face] - x - y
    if ring - 2.0 * half < 1.0 or ring + 2.0 * half > 3.0:
        left, right, low, high = x - half, x + half, y - half, y + half
        return place(face, left, low), place(face, right, low), place(face, left, high), place(face, right, high)
    # In the equatorial belt two lie on the meridian of the middle, and two on its parallel.
    a, b, sine = middle
    cosine = math.sqrt((1.0 - sine) * (1.0 + sine))
    south, north = sine - half * (4.0 / 3.0), sine + half * (4.0 / 3.0)
    to_south = math.sqrt((1.0 - south) * (1.0 + south)) / cosine
    to_north = math.sqrt((1.0 - north) * (1.0 + north)) / cosine
    turn, straight = math.sin(0.5 * math.pi * half), math.cos(0.5 * math.pi * half)
    return (
        (to_south * a, to_south * b, south),
        (straight * a - turn * b, straight * b + turn * a, sine),
        (straight * a + turn * b, straight * b - turn * a, sine),
        (to_north * a, to_north * b, north),
    )


@compiled
def vectors(order: IntArray, ipix: IntArray) -> FloatArray:
    """Unit vectors of the centres of NESTED pixels, (n, 3)."""
    out = np.empty((len(ipix), 3))
    for n in range(len(ipix)):
        face, x, y = centre(order[n], ipix[n])
        out[n, 0], out[n, 1], out[n, 2] = place(face, x, y)
    return out


@compiled
def quadrature(order: IntArray, ipix: IntArray) -> FloatArray:
    """Four places in each pixel, (n, 4, 3), whose mean is that of any function of third degree on its face (Gauss and Legendre)."""
    out = np.empty((len(ipix), 4, 3))
    for n in range(len(ipix)):
        face, x, y = centre(order[n], ipix[n])
        step = _GAUSS / (1 << order[n])
        four = corners(face, x, y, step, place(face, x, y))
        for k in range(4):
            out[n, k, 0], out[n, k, 1], out[n, k, 2] = four[k]
    return out


@compiled
def angles(order: IntArray, ipix: IntArray) -> FloatArray:
    """Right ascension (0 to 2 pi) and declination of the centres of NESTED pixels, rad, (2, n)."""
    out = np.empty((2, len(ipix)))
    for n in range(len(ipix)):
        face, x, y = centre(order[n], ipix[n])
        sine, cosine, longitude = height_and_longitude(face, x, y)
        out[0, n] = longitude if longitude >= 0.0 else longitude + 2.0 * math.pi
        out[1, n] = math.atan2(sine, cosine)
    return out


@compiled
def separations(v: FloatArray, axis: FloatArray) -> FloatArray:
    """Angles between unit vectors (n, 3) and one (3,), rad, (n,)."""
    out = np.empty(len(v))
    a, b, c = axis
    for n in range(len(v)):
        x, y, z = v[n]
        chord = math.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)
        anti = math.sqrt((x + a) ** 2 + (y + b) ** 2 + (z + c) ** 2)
        out[n] = 2.0 * math.atan2(chord, anti)
    return out


@compiled
def fisher(v: FloatArray, centre: FloatArray, kappa: FloatArray, scale: FloatArray) -> FloatArray:
    """A sum of Fisher distributions about one centre at unit vectors (n, 3), each with its scale at the centre, (n,)."""
    out = np.zeros(len(v))
    a, b, c = centre
    for n in range(len(v)):
        x, y, z = v[n]
        # 1 - cos d is half the square of the chord.
        square = (x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2
        for k in range(len(kappa)):
            out[n] += scale[k] * math.exp(-0.5 * kappa[k] * square)
    return out

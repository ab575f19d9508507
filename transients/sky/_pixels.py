"""Where HEALPix pixels lie: the projection of Gorski et al. 2005 (ApJ 622, 759) in the coordinates of its twelve faces.

A NESTED pixel number is a face and, its bits interleaved, a column x and a row y on it. Over the face, x and y running from 0
to 1, the projection keeps areas exactly; there it is one formula for any order, so tiles of mixed orders are done at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

IntArray = npt.NDArray[np.int64]

#: Ring (in units of nside, from the north pole) and longitude (in units of 45 deg) of each face's lowest corner.
FACE_RING = np.array([2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4], dtype=np.float64)
FACE_LONGITUDE = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7], dtype=np.float64)
#: Masks and shifts that take every second bit of a 64-bit number together.
_GATHER = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def _every_second_bit(number: IntArray) -> IntArray:
    bits = number & np.int64(0x5555555555555555)
    for shift, mask in _GATHER:
        bits = (bits | (bits >> shift)) & np.int64(mask)
    return np.asarray(bits)


def face_coordinates(order: IntArray, ipix: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Face, and x and y (0 to 1) of the centres of NESTED pixels; exact to the deepest order."""
    face = ipix >> (2 * order)
    within = ipix - (face << (2 * order))
    x, y = ((_every_second_bit(bits) + 0.5) for bits in (within, within >> 1))
    return face, np.ldexp(x, -order), np.ldexp(y, -order)


def height_and_longitude(face: IntArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """sin(dec), cos(dec) and right ascension (rad, 0 to 2 pi) of places on faces; exact next to the poles."""
    ring = FACE_RING[face] - x - y
    # Width of the ring: 1 in the equatorial belt, shrinking to 0 at the poles.
    width = np.minimum(1.0, np.minimum(ring, 4.0 - ring))
    polar = width < 1.0
    gap = width * width / 3.0  # 1 - |sin(dec)| in the caps
    sine = np.where(polar, np.copysign(1.0 - gap, 2.0 - ring), (2.0 - ring) * (2.0 / 3.0))
    cosine = np.sqrt(np.where(polar, gap * (2.0 - gap), (1.0 - sine) * (1.0 + sine)))
    turn = FACE_LONGITUDE[face] * width + x - y
    turn = np.where(turn < 0.0, turn + 8.0 * width, turn)
    longitude = 0.25 * np.pi * np.divide(turn, width, out=np.zeros_like(turn), where=width > 0.0)
    return sine, cosine, longitude

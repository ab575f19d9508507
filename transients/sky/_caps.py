"""Kernels: probability inside regions that are what several caps of the sphere have in common. Imports numba: import it late.

The tiles are looked at as a tree: a HEALPix pixel that no edge meets counts as a whole, by a difference of cumulative
probabilities; one that an edge meets is cut in four, down to the map's own tiles, and those further, until the edge is nearly
straight across them. There the part inside is found on the pixel's own square, where the projection keeps areas.
"""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ..compiled import compiled
from ._pixels import FACE_RING, IntArray, Place, corners, place

_DEEPEST = 29
#: Twelve faces wait at first; then three siblings at each order while the fourth is worked on.
_STACK = 12 + 3 * _DEEPEST + 4
#: No point of a pixel of nside 1 is farther from its centre than this, rad (healpix.radius_bound_rad).
_RADIUS = 1.07
#: Side of a pixel of nside 1, rad.
_SIDE = math.sqrt(math.pi / 3.0)
#: Tiles are cut until their side is this part of the sine of the cap's radius: of a uniform sky a cone is then right to 1e-5
#: of itself, and to 1e-4 at worst, about a pole, where what is left over is alike all round (tests).
_STRAIGHT = 1.0 / 16.0
#: Finer still where two edges meet, and where the projection has a kink: at the poles and on the parallels of sin(dec) = 2/3.
_CORNER = 1.0 / 256.0
_KINK = 1.0 / 8.0
#: Tiles this much smaller still take the edge as a straight line without a look at its curve.
_TINY = 1.0 / 8.0


@compiled
def angle(here: Place, axis: FloatArray) -> float:
    """The angle of a place from an axis, rad."""
    a, b, c = here
    square = (a - axis[0]) ** 2 + (b - axis[1]) ** 2 + (c - axis[2]) ** 2
    return 2.0 * math.asin(min(0.5 * math.sqrt(square), 1.0))


@compiled
def margin(v: FloatArray, axes: FloatArray, radii: FloatArray) -> FloatArray:
    """Signed distance of unit vectors (n, 3) to the nearest edge of what caps (k) have in common, rad, positive inside; pi without an
    edge. Exact for tiny and for nearly opposite angles."""
    out = np.full(len(v), math.pi)
    for k in range(len(radii)):
        if radii[k] >= math.pi:
            continue
        a, b, c = axes[k]
        for n in range(len(v)):
            x, y, z = v[n]
            chord = math.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)
            anti = math.sqrt((x + a) ** 2 + (y + b) ** 2 + (z + c) ** 2)
            out[n] = min(out[n], radii[k] - 2.0 * math.atan2(chord, anti))
    return out


@compiled
def straight_share(middle: float, along_x: float, along_y: float) -> float:
    """The part of a unit square in which a linear function is positive, by its value in the middle and its two slopes."""
    a, b = max(abs(along_x), abs(along_y)), min(abs(along_x), abs(along_y))
    beyond = 0.5 * (a + b) - abs(middle)
    if beyond <= 0.0:
        tail = 0.0
    elif abs(middle) <= 0.5 * (a - b):
        tail = 0.5 - abs(middle) / a
    else:
        tail = beyond * beyond / (2.0 * a * b)
    return 1.0 - tail if middle > 0.0 else tail


@compiled
def share(face: int, x: float, y: float, size: float, here: Place, axis: FloatArray, radius: float, tiny: bool) -> float:
    """The part of the pixel about (x, y), which is `here`, of side `size` in the face's coordinates, that lies within `radius` of an
    axis."""
    half = 0.5 * size
    middle = radius - angle(here, axis)
    if tiny:
        right = radius - angle(place(face, x + half, y), axis)
        upper = radius - angle(place(face, x, y + half), axis)
        return straight_share(middle, 2.0 * (right - middle), 2.0 * (upper - middle))
    first, second, third, fourth = corners(face, x, y, half, here)
    a, b = radius - angle(first, axis), radius - angle(second, axis)
    c, d = radius - angle(third, axis), radius - angle(fourth, axis)
    # The mean over the square of a function of second degree is 2/3 of its middle and 1/3 of the mean of its corners.
    return straight_share(middle / 1.5 + (a + b + c + d) / 12.0, 0.5 * (b + d - a - c), 0.5 * (c + d - a - b))


@compiled
def first_at_or_after(values: IntArray, low: int, high: int, wanted: int) -> int:
    """Row of the first of the rising `values[low:high]` that is at least `wanted`; `high` where there is none."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def inside(
    start: IntArray, stop: IntArray, prob: FloatArray, before: FloatArray, axes: FloatArray, radii: FloatArray, keep: FloatArray
) -> FloatArray:
    """Probability in each of r regions.

    Parameters
    ----------
    start, stop : (n,) int64
        Tiles as ranges of pixels at order 29, rising, disjoint.
    prob : (n,) float64
        Probability in each tile.
    before : (n + 1,) float64
        Probability before each tile, and in all.
    axes : (r, k, 3), radii : (r, k), keep : (r, k) float64
        The caps of each region: unit vectors, radii in (0, pi/2], and whether the region lies inside the cap (1), outside (-1),
        or the cap does not count (0).
    """
    out = np.zeros(axes.shape[0])
    count = axes.shape[1]
    # Order, NESTED number, column and row on the face, and the rows of tiles to look among, of what is still to be seen.
    waiting = np.empty((_STACK, 6), np.int64)
    # Squares of the chords to nearer than which a pixel of an order lies wholly inside a cap, and beyond which outside.
    near, far = np.empty((count, _DEEPEST + 1)), np.empty((count, _DEEPEST + 1))
    for region in range(axes.shape[0]):
        for k in range(count):
            for order in range(_DEEPEST + 1):
                bound = _RADIUS * 2.0**-order
                radius = radii[region, k]
                near[k, order] = (2.0 * math.sin(0.5 * (radius - bound))) ** 2 if radius > bound else -1.0
                far[k, order] = (2.0 * math.sin(0.5 * min(radius + bound, math.pi))) ** 2
        total = 0.0
        height = 12
        for face in range(12):
            waiting[face] = (0, face, 0, 0, 0, start.shape[0])
        while height > 0:
            height -= 1
            order, pixel, column, row, low, high = waiting[height]
            shift = 2 * (_DEEPEST - order)
            first, last = pixel << shift, (pixel + 1) << shift
            low = first_at_or_after(stop, low, high, first + 1)
            high = first_at_or_after(start, low, high, last)
            if low >= high:
                continue
            single = high - low == 1 and start[low] <= first and stop[low] >= last
            held = prob[low] * ((last - first) / (stop[low] - start[low])) if single else before[high] - before[low]
            if held <= 0.0:
                continue
            size = 2.0**-order
            face = pixel >> (2 * order)
            x, y = (column + 0.5) * size, (row + 0.5) * size
            a, b, c = place(face, x, y)
            edges, met, smallest, outside = 0, -1, 1.0, False
            for k in range(count):
                if keep[region, k] == 0.0:
                    continue
                square = (a - axes[region, k, 0]) ** 2 + (b - axes[region, k, 1]) ** 2 + (c - axes[region, k, 2]) ** 2
                if near[k, order] < square < far[k, order]:
                    edges += 1
                    met = k
                    smallest = min(smallest, math.sin(radii[region, k]))
                elif (square <= near[k, order]) != (keep[region, k] > 0.0):
                    outside = True
                    break
            if outside:
                continue
            if edges == 0:
                total += held
                continue
            fine = smallest * _STRAIGHT
            if edges > 1:
                fine *= _CORNER
            ring = FACE_RING[face] - x - y
            if min(abs(ring - 1.0), abs(ring - 3.0)) < size or min(ring, 4.0 - ring) < 1.5 * size:
                fine *= _KINK
            if order < _DEEPEST and (not single or _SIDE * size > fine):
                for child in range(4):
                    below = (order + 1, 4 * pixel + child, 2 * column + (child & 1), 2 * row + (child >> 1), low, high)
                    waiting[height] = below
                    height += 1
                continue
            part = 1.0
            tiny = _SIDE * size < fine * _TINY
            for k in range(count):
                if (edges > 1 or k == met) and keep[region, k] != 0.0:
                    within = share(face, x, y, size, (a, b, c), axes[region, k], radii[region, k], tiny)
                    part *= within if keep[region, k] > 0.0 else 1.0 - within
            total += held * part
        out[region] = min(max(total, 0.0), 1.0)
    return out

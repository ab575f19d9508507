"""Kernels: a map in few tiles, and what cones and caps hold of it. Imports numba: import it late."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ..compiled import compiled, compiled_sums
from ._pixels import IntArray, centre, place

_DEEPEST = 29
#: The mean of unit vectors shorter than this points nowhere in particular.
_SCATTERED = 0.5
#: Of arc cosines, rad.
_ROUNDING = 1e-6


@compiled
def groups(first: IntArray, level: int) -> int:
    """How many different ancestors at an order the pixels at order 29, rising, have."""
    shift = 2 * (_DEEPEST - level)
    count = 1
    for n in range(1, len(first)):
        if first[n] >> shift != first[n - 1] >> shift:
            count += 1
    return count


@compiled
def joined(
    order: IntArray, ipix: IntArray, prob: FloatArray, least_order: int, most: int
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Tiles joined to the deepest order, not above `least_order`, at which there are no more than `most`.

    Parameters
    ----------
    order, ipix : (n,) int64, prob : (n,) float64
        Tiles in the order of the sphere, all of some probability.

    Returns
    -------
    (k, 3) unit vectors of the mean place of the probability in each, (k,) probability, (k,) int64 order
    """
    first = ipix << (2 * (_DEEPEST - order))
    level = order.max()
    while level > least_order and groups(first, level) > most:
        level -= 1
    shift = 2 * (_DEEPEST - level)
    count = groups(first, level)
    mean, weight, orders = np.zeros((count, 3)), np.zeros(count), np.empty(count, np.int64)
    row = -1
    for n in range(len(first)):
        if n == 0 or first[n] >> shift != first[n - 1] >> shift:
            row += 1
            orders[row] = min(order[n], level)
        face, x, y = centre(order[n], ipix[n])
        a, b, c = place(face, x, y)
        mean[row, 0] += prob[n] * a
        mean[row, 1] += prob[n] * b
        mean[row, 2] += prob[n] * c
        weight[row] += prob[n]
    for row in range(count):
        mean[row] /= math.sqrt(mean[row, 0] ** 2 + mean[row, 1] ** 2 + mean[row, 2] ** 2)
    return mean, weight, orders


@compiled
def bound(v: FloatArray) -> tuple[float, float, float, float]:
    """The middle of unit vectors (n, 3), and the angle from it within which they all lie, rad; pi where they are all about."""
    a, b, c = 0.0, 0.0, 0.0
    for n in range(len(v)):
        a, b, c = a + v[n, 0], b + v[n, 1], c + v[n, 2]
    length = math.sqrt(a * a + b * b + c * c)
    if length <= _SCATTERED * len(v):
        return 1.0, 0.0, 0.0, math.pi
    a, b, c = a / length, b / length, c / length
    least = 1.0
    for n in range(len(v)):
        least = min(least, a * v[n, 0] + b * v[n, 1] + c * v[n, 2])
    return a, b, c, math.acos(max(least, -1.0)) + _ROUNDING


@compiled
def sifted(tiles: FloatArray, count: int, axes: FloatArray, inner: float, outer: float, into: FloatArray) -> tuple[float, int]:
    """Of so many tiles, columns of (6, n), those that some cone about one of the axes (k, 3) with a radius in between may hold in part,
    put into the first columns of another such array: how many they are, after the probability of those that all hold whole."""
    a, b, c, reach = bound(axes)
    widest = 0.0
    for n in range(count):
        widest = max(widest, tiles[5, n])
    margin = reach + math.asin(min(widest, 1.0)) + _ROUNDING
    whole = math.cos(inner - margin) if inner > margin else 2.0
    none = math.cos(outer + margin) if outer + margin < math.pi else -2.0
    held, kept = 0.0, 0
    for n in range(count):
        cosine = a * tiles[0, n] + b * tiles[1, n] + c * tiles[2, n]
        if cosine >= whole:
            held += tiles[3, n]
        elif cosine > none:
            for k in range(6):
                into[k, kept] = tiles[k, n]
            kept += 1
    return held, kept


@compiled_sums
def within(axes: FloatArray, together: int, tiles: FloatArray, radii: FloatArray) -> FloatArray:
    """Probability within r cones about each of k axes, (r, k).

    The part of a tile that counts is straight in the cosine of its place from the axis: none where the edge is half a width nearer to
    the axis, all where it is as much farther. Of tiles that every cone of a group of axes holds whole only the sum is taken, and
    those beyond every one are left out.

    Parameters
    ----------
    axes : (k, 3) float64
        Unit vectors.
    together : int
        So many that follow one another are a group: the nearer they are, the less is done.
    tiles : (6, n) float64
        Unit vector of each, its probability, and cosine and sine of half the width in which an edge cuts it, below 90 deg.
    radii : (r,) float64
        rad.
    """
    out = np.zeros((len(radii), len(axes)))
    near, edge = np.empty_like(tiles), np.empty_like(tiles)
    outer, slope = np.empty(tiles.shape[1]), np.empty(tiles.shape[1])
    least, most = radii.min(), radii.max()
    all_held, near_count = sifted(tiles, tiles.shape[1], axes, least, most, near)
    for first in range(0, len(axes), together):
        last = min(first + together, len(axes))
        held, count = sifted(near, near_count, axes[first:last], least, most, edge)
        held += all_held
        for r in range(len(radii)):
            cosine_r, sine_r = math.cos(radii[r]), math.sin(radii[r])
            for n in range(count):
                middle, width = cosine_r * edge[4, n], sine_r * edge[5, n]
                nearest = middle + width if cosine_r < edge[4, n] else 1.0
                farthest = middle - width if -cosine_r < edge[4, n] else -1.0
                outer[n], slope[n] = farthest, 1.0 / max(nearest - farthest, 1e-15)
            for k in range(first, last):
                a, b, c = axes[k]
                total = held
                for n in range(count):
                    cosine = a * edge[0, n] + b * edge[1, n] + c * edge[2, n]
                    total += min(max((cosine - outer[n]) * slope[n], 0.0), 1.0) * edge[3, n]
                out[r, k] = total
    return out


@compiled
def in_common(axes: FloatArray, radii: FloatArray, places: FloatArray, prob: FloatArray, slope: FloatArray) -> FloatArray:
    """Probability inside what k caps have in common, of each of m such regions, (m,).

    Parameters
    ----------
    axes : (m, k, 3), radii : (m, k) float64
        Unit vectors, and rad; pi or more: the whole sky.
    places : (n, 3), prob : (n,), slope : (n,) float64
        Unit vectors of the tiles, their probability, and how fast the part of each grows from a half with its margin, 1/rad.
    """
    out = np.zeros(len(axes))
    share = np.empty(len(prob))
    width = 0.5 / slope.min() + _ROUNDING
    map_a, map_b, map_c, map_reach = bound(places)
    for m in range(len(axes)):
        share[:] = 1.0
        for k in range(axes.shape[1]):
            radius = radii[m, k]
            a, b, c = axes[m, k]
            away = math.acos(min(max(a * map_a + b * map_b + c * map_c, -1.0), 1.0))
            if radius >= math.pi or away + map_reach + width <= radius:
                continue
            whole = math.cos(radius - width) if radius > width else 2.0
            none = math.cos(max(radius + width, 0.0)) if radius + width < math.pi else -2.0
            for n in range(len(prob)):
                cosine = a * places[n, 0] + b * places[n, 1] + c * places[n, 2]
                if cosine <= none:
                    share[n] = 0.0
                elif cosine < whole:
                    angle = math.acos(min(max(cosine, -1.0), 1.0))
                    share[n] = min(share[n], max(0.5 + slope[n] * (radius - angle), 0.0))
        for n in range(len(prob)):
            out[m] += share[n] * prob[n]
    return out

"""Kernels: probability of a map in few tiles within many cones. Imports numba: import it late."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

from ..compiled import compiled_sums


@compiled_sums
def within(axes: FloatArray, places: FloatArray, prob: FloatArray, outer: FloatArray, slope: FloatArray) -> FloatArray:
    """Probability within r cones about each of k axes, (r, k).

    Parameters
    ----------
    axes : (k, 3) float64
        Unit vectors.
    places : (3, n) float64
        Unit vectors of the tiles, a column each.
    prob : (n,) float64
    outer, slope : (r, n) float64
        The part of a tile that counts is `slope` times what its cosine exceeds `outer` by, cut to 0 … 1.
    """
    out = np.empty((len(outer), len(axes)))
    cosine = np.empty(len(prob))
    for k in range(len(axes)):
        a, b, c = axes[k]
        for n in range(len(prob)):
            cosine[n] = a * places[0, n] + b * places[1, n] + c * places[2, n]
        for r in range(len(outer)):
            total = 0.0
            for n in range(len(prob)):
                total += min(max((cosine[n] - outer[r, n]) * slope[r, n], 0.0), 1.0) * prob[n]
            out[r, k] = total
    return out

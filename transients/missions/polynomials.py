"""Polynomials through values, and through derivatives where they are given."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray


def interpolate(nodes: FloatArray, values: FloatArray, slopes: FloatArray | None, at: float) -> FloatArray:
    """The polynomial through `values` (n, k) at `nodes` (n,), with the derivatives `slopes` (n, k) where given, at one place: (k,).

    Newton's divided differences: of degree n - 1 without slopes (Lagrange's), of degree 2n - 1 with them (Hermite's, each node taken
    twice). Nodes should be small numbers near `at`.
    """
    twice = 1 if slopes is None else 2
    t = np.repeat(nodes, twice)
    column = np.repeat(values, twice, axis=0)
    total, product = column[0].astype(float), 1.0
    for order in range(1, len(t)):
        gap = (t[order:] - t[:-order])[:, np.newaxis]
        if order == 1 and slopes is not None:
            # A node beside itself: the difference quotient is the derivative.
            same = gap[:, 0] == 0
            steps = np.diff(column, axis=0) / np.where(gap == 0, 1.0, gap)
            steps[same] = slopes
            column = steps
        else:
            column = np.diff(column, axis=0) / gap
        product *= at - t[order - 1]
        total = total + product * column[0]
    return np.asarray(total)

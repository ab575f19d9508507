"""Octaves of length, in which windows are searched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

#: Longest window, s.
LONGEST_S = 100.0


def octaves(bin_s: float, longest_s: float = LONGEST_S) -> FloatArray:
    """Bounds of length (s), (m, 2), one octave each: 1 bin, 2-3, 4-7 ... up to `longest_s`.

    The bounds lie at whole bins and three quarters: a bin of one native bin among bins of two is no bound's equal.

    Examples
    --------
    >>> octaves(0.05, 0.4).round(4).tolist()
    [[0.0, 0.0875], [0.0875, 0.1875], [0.1875, 0.3875], [0.3875, 0.4375]]
    """
    bounds = [0.0]
    size = 2
    while (size - 0.25) * bin_s < longest_s:
        bounds.append((size - 0.25) * bin_s)
        size *= 2
    bounds.append((int(longest_s / bin_s * (1.0 + 1e-9)) + 0.75) * bin_s)
    return np.array([bounds[:-1], bounds[1:]]).T


def octave_scale(bin_s: float) -> FloatArray:
    """The typical length of each octave, s, (m,)."""
    return np.array([_middle(low, high, bin_s) for low, high in octaves(bin_s)])


def _middle(shortest_s: float, longest_s: float, bin_s: float) -> float:
    return float(np.sqrt(max(shortest_s, bin_s) * max(longest_s, bin_s)))


def octave_of(duration_s: FloatArray, bin_s: float) -> npt.NDArray[np.intp]:
    """The octave that each length belongs to."""
    return np.minimum(np.searchsorted(octaves(bin_s)[:, 1], duration_s), len(octaves(bin_s)) - 1)

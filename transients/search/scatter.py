"""Variance over mean of sums of bins, outside the source."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from .bins import Bins

#: A sum this many sigmas out is a particle hit or an unmasked source, not scatter.
_CLIP = 5.0
#: Fewer sums tell nothing of a variance (25 give it to 28 %).
LEAST_GROUPS = 25


def overdispersion_at(
    bins: Bins, model: FloatArray, source: npt.NDArray[np.bool_], size: int, least: int = LEAST_GROUPS
) -> tuple[float, int] | None:
    """Variance over mean of sums of `size` adjoining bins that lie outside the source and hold no gap.

    Parameters
    ----------
    bins : Bins
    model : (n,) float64
        Expected counts per bin.
    source : (n,) bool
        Bins not to use.
    size : int
        Bins per sum.
    least : int
        Fewer sums give None.

    Returns
    -------
    ratio, groups : float, int
    """
    z = np.concatenate([np.empty(0), *(_sums(bins.counts[run], model[run], size) for run in bins.runs(~source))])
    for _ in range(5):
        if len(z) < least:
            return None
        kept = z[np.abs(z) < _CLIP * np.sqrt(np.mean(z**2))]
        if len(kept) == len(z):
            break
        z = kept
    return float(np.mean(z**2)), len(z)


def _sums(counts: FloatArray, model: FloatArray, size: int) -> FloatArray:
    groups = len(counts) // size
    shape = (groups, size)
    expected = model[: groups * size].reshape(shape).sum(axis=1)
    observed = counts[: groups * size].reshape(shape).sum(axis=1)
    return np.asarray((observed - expected) / np.sqrt(expected))

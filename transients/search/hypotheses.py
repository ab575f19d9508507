"""What a burst could be: a direction of the localisation, as all detectors see it, and a spectrum."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from .combined import counts_per_fluence

#: Directions are told apart when the logarithms of their responses differ by this much; coarser where that leaves too many.
_FINEST, _MOST_DIRECTIONS = 0.005, 40
#: One tile in so many is looked at first.
_SOME = 16
#: Part of the probability that no direction stands for.
_TRACE = 1e-4


@dataclasses.dataclass(frozen=True, eq=False)
class Hypotheses:
    """Directions of like response, each with a spectrum: what a burst could be.

    Attributes
    ----------
    instruments : tuple of str
    spectra : tuple of str
    spectrum : (h,) intp
        Index of each hypothesis' spectrum.
    per_fluence : (h, d) float64
        Counts per erg cm-2 in each instrument; 0 where it sees nothing.
    prior : (h,) float64
        1 in all; the spectra have equal parts.
    """

    instruments: tuple[str, ...]
    spectra: tuple[str, ...]
    spectrum: np.ndarray[tuple[int], np.dtype[np.intp]]
    per_fluence: FloatArray
    prior: FloatArray

    @classmethod
    def of(
        cls,
        instruments: Sequence[str],
        spectra: Sequence[str],
        per_count: Mapping[tuple[str, str], FloatArray],
        probabilities: FloatArray,
    ) -> Hypotheses:
        """Gather the tiles of a localisation by how all instruments see them."""
        every = np.atleast_1d(np.asarray(probabilities, float))
        kept = _held(every)
        prob = every[kept]
        which, rates, prior = [], [], []
        for index, spectrum in enumerate(spectra):
            columns = [np.broadcast_to(np.asarray(per_count[name, spectrum], float), every.shape)[kept] for name in instruments]
            seen = np.array([counts_per_fluence(column) for column in columns]).T
            mean, weight = _gathered(seen, prob / prob.sum())
            rates.append(mean)
            prior.append(weight / len(spectra))
            which.append(np.full(len(weight), index, dtype=np.intp))
        return cls(tuple(instruments), tuple(spectra), np.concatenate(which), np.concatenate(rates), np.concatenate(prior))


def _held(prob: FloatArray) -> npt.NDArray[np.bool_]:
    """The tiles that hold all but the last trace of the probability: far tails would only coarsen the directions that count."""
    order = np.argsort(prob)
    tail = np.cumsum(prob[order]) <= _TRACE * prob.sum()
    kept = np.ones(len(prob), bool)
    kept[order[tail]] = False
    return kept


def _gathered(per_fluence: FloatArray, prob: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean counts per fluence, and probability, of tiles that all instruments see alike; (g, d) and (g,)."""
    # What sees nothing is a cell of its own, far from any other.
    logs = np.log(np.where(per_fluence > 0.0, per_fluence, 1e-30))
    width = _FINEST
    while True:
        # Some of the tiles are enough to see that a width leaves too many.
        if _cells(logs[::_SOME], width).max() < _MOST_DIRECTIONS:
            cell = _cells(logs, width)
            if cell.max() < _MOST_DIRECTIONS:
                break
        width *= 1.5
    weight = np.bincount(cell, prob)
    used = weight > 0.0
    mean = np.array([np.bincount(cell, prob * column) for column in per_fluence.T]).T
    return mean[used] / weight[used, None], np.asarray(weight[used], float)


def _cells(logs: FloatArray, width: float) -> npt.NDArray[np.intp]:
    """Which cell of this width each tile lies in, counted from 0, (n,)."""
    cells = np.round(logs / width).astype(np.int64)
    cells -= cells.min(axis=0)
    one = np.ravel_multi_index(tuple(cells.T), tuple(cells.max(axis=0) + 1))
    return np.unique(one, return_inverse=True)[1]

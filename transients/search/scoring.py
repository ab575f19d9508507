"""A scan held against the truth: how many of the injected bursts it found, and what its candidates are."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas import Candidate, FloatArray, Injection
from transients.missions import seconds_since

#: A candidate is of an injection when its window reaches into the injection's time, widened by this, s.
_NEAR_S = 0.3
#: A burst's counts come within this many T90 of its onset.
_LASTING_T90 = 2.5
#: Bounds of the table: S/N of the best window, and T90 in s.
SNR_BOUNDS = (0.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 30.0, np.inf)
DURATION_BOUNDS_S = (0.0, 0.25, 1.0, 4.0, 16.0, 60.0, np.inf)
#: Bursts of which less came down are not counted: they fell into gaps.
_OBSERVED = 0.5


@dataclasses.dataclass(frozen=True)
class Completeness:
    """Bursts of one cell of the table."""

    snr_from: float
    snr_below: float
    duration_from_s: float
    duration_below_s: float
    injected: int
    #: With a candidate of any class, and of class "burst".
    found: int
    called_burst: int


@dataclasses.dataclass(frozen=True)
class Score:
    """What became of the injected, and what the candidates are.

    Attributes
    ----------
    cells
        Bursts by S/N and duration; cells without any are left out.
    purity
        By class of candidates: how many are bursts, spikes, or nothing that was injected ("noise").
    missed_in_gaps
        Bursts of which less than half came down.
    """

    cells: tuple[Completeness, ...]
    purity: dict[str, dict[str, int]]
    missed_in_gaps: int

    @property
    def plain(self) -> dict[str, Any]:
        """As plain data; a bound that is none is None."""

        def bound(value: float) -> float | None:
            return None if np.isinf(value) else value

        cells = [{name: bound(value) for name, value in dataclasses.asdict(cell).items()} for cell in self.cells]
        by_snr = [
            {"snr_from": low, "snr_below": bound(high), **_sum(cell for cell in self.cells if cell.snr_from == low)}
            for low, high in itertools.pairwise(SNR_BOUNDS)
        ]
        purity = [{"class": kind, "candidates": sum(of.values()), **of} for kind, of in self.purity.items()]
        return {
            "bursts_in_gaps": self.missed_in_gaps,
            "by_snr": [row for row in by_snr if row["injected"]],
            "by_snr_and_duration": cells,
            "purity": purity,
        }


def _sum(cells: Iterable[Completeness]) -> dict[str, int]:
    own = list(cells)
    return {name: sum(getattr(cell, name) for cell in own) for name in ("injected", "found", "called_burst")}


def score(truth: Sequence[Injection], candidates: Sequence[Candidate]) -> Score:
    """Hold candidates against what was injected; both of one instrument.

    A burst is found when a candidate's window, widened by 0.3 s, touches [onset, onset + 2.5 T90]. A candidate is a burst's where
    it touches one (of expected S/N 2 and more: weaker ones prove nothing), else a spike's where it touches one, else noise's.
    """
    if not truth:
        return Score((), {}, 0)
    origin = min(each.start for each in truth)
    bursts = [each for each in truth if each.kind == "burst" and each.observed >= _OBSERVED]
    spikes = [each for each in truth if each.kind == "spike" and each.observed > 0.0]
    begin = seconds_since([each.start for each in candidates], origin)
    end = begin + np.array([each.duration_s for each in candidates])
    called = np.array([each.classification == "burst" for each in candidates], dtype=bool)

    of_burst = np.zeros(len(candidates), bool)
    found: list[tuple[Injection, bool, bool]] = []
    for burst, onset in zip(bursts, seconds_since([each.start for each in bursts], origin).tolist(), strict=True):
        touched = (end > onset - _NEAR_S) & (begin < onset + _LASTING_T90 * burst.duration_s + _NEAR_S)
        found.append((burst, bool(touched.any()), bool((touched & called).any())))
        if burst.snr >= 2.0:
            of_burst |= touched
    of_spike = _touch(np.sort(seconds_since([each.start for each in spikes], origin)), begin, end)
    purity: dict[str, Counter[str]] = {}
    for k, each in enumerate(candidates):
        kind = "bursts" if of_burst[k] else "spikes" if of_spike[k] else "noise"
        purity.setdefault(each.classification, Counter())[kind] += 1
    named = {kind: {name: of[name] for name in ("bursts", "spikes", "noise")} for kind, of in sorted(purity.items())}
    everything = sum(each.kind == "burst" for each in truth)
    return Score(_cells(found), named, everything - len(bursts))


def _touch(times: FloatArray, begin: FloatArray, end: FloatArray) -> npt.NDArray[np.bool_]:
    """Which windows, widened, hold any of these times, (n,) bool."""
    low, high = np.searchsorted(times, begin - _NEAR_S), np.searchsorted(times, end + _NEAR_S)
    return np.asarray(high > low)


def _cells(found: Sequence[tuple[Injection, bool, bool]]) -> tuple[Completeness, ...]:
    cells = []
    for low, high in itertools.pairwise(SNR_BOUNDS):
        for shortest, longest in itertools.pairwise(DURATION_BOUNDS_S):
            own = [each for each in found if low <= each[0].snr < high and shortest <= each[0].duration_s < longest]
            if own:
                seen, called = sum(each[1] for each in own), sum(each[2] for each in own)
                cells.append(Completeness(low, high, shortest, longest, len(own), seen, called))
    return tuple(cells)

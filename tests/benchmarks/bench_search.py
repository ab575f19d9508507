"""Speed of the search: each number beside a named reference. Run as a program: a JSON line per measurement."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import search_curves as sc

from transients.search import most_significant_windows, published_search, search
from transients.search.focus import best_windows_reference

#: Bins of 50 ms: an hour.
BINS = 72_000
#: Bins for what runs in plain Python.
FEW_BINS = 6_000


def best_of(function: Callable[[], object], turns: int = 5) -> float:
    """Shortest of some runs, s; the first, which compiles, is not counted."""
    function()
    times = []
    for _ in range(turns):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return min(times)


def noise(bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Edges, counts and expectation of SPI-ACS-like bins of 50 ms."""
    start = np.arange(bins) * 0.05
    expected = np.full(bins, sc.RATE * 0.05)
    return start, start + 0.05, np.random.default_rng(1).poisson(expected).astype(float), expected


def every_window(start: np.ndarray, stop: np.ndarray, counts: np.ndarray, expected: np.ndarray, longest: int) -> np.ndarray:
    """The same answer by numpy over every length in turn: the reference that prunes nothing."""
    x_cum, b_cum = (np.concatenate([[0.0], np.cumsum(a)]) for a in (counts, expected))
    best = np.zeros(len(counts))
    for size in range(1, longest + 1):
        x, b = x_cum[size:] - x_cum[:-size], b_cum[size:] - b_cum[:-size]
        np.maximum(best[size - 1 :], np.where(x > b, x * np.log(x / b) - (x - b), 0.0), out=best[size - 1 :])
    return best


def measurements() -> list[dict[str, object]]:
    """All of them."""
    curve, few = noise(BINS), noise(FEW_BINS)
    bounds = (0.025, 100.025)
    full = best_of(lambda: most_significant_windows(*curve, *bounds)) / BINS
    floor = best_of(lambda: most_significant_windows(*curve, *bounds, 0.5 * 3.25**2)) / BINS
    results = np.zeros(FEW_BINS), np.full(FEW_BINS, -1, np.int64)
    plain = best_of(lambda: best_windows_reference(*few, *bounds, 0.0, *results), 1) / FEW_BINS
    brute = best_of(lambda: every_window(*few, 2000), 1) / FEW_BINS
    start = sc.starts()
    lc = sc.curve(start, sc.noise(np.random.default_rng(2), start))
    ours = best_of(lambda: search(lc, sc.T0, method="allwindow"))
    published = best_of(lambda: published_search(lc, 0.0))
    return [
        row("windows, all", full * 1e9, "ns/bin", "the same function un-jitted", plain / full),
        row("windows, all, against numpy", full * 1e9, "ns/bin", "numpy over every length", brute / full),
        row("windows above 3.25", floor * 1e9, "ns/bin", "the same without a floor", full / floor),
        row("search of 600 s at 50 ms", ours * 1e3, "ms", "the published method", published / ours),
    ]


def row(name: str, value: float, unit: str, reference: str, ratio: float) -> dict[str, object]:
    """A measurement; `ratio` above 1 says how many times faster than the reference."""
    return {"name": name, "value": value, "unit": unit, "reference": reference, "ratio": ratio}


if __name__ == "__main__":
    for measurement in measurements():
        print(json.dumps(measurement))

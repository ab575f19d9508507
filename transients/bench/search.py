"""The search: its kernel per bin, and the whole, against the same function un-jitted, plain numpy, and the published method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from schemas import FloatArray
from transients.search import most_significant_windows, published_search, search, t0_seconds
from transients.search.focus import cumulative
from transients.search.kernels.focus import hull_windows

from .checks import require_close
from .curves import INSTRUMENT, T0, observatory
from .lines import Line, line
from .sizes import Sizes
from .timing import seconds

#: Background of SPI-ACS in good conditions, cts/s, in its bins of 50 ms.
_RATE_CTS_S = 84_000.0
_BIN_S = 0.05
#: The search itself looks at nothing below this S/N: ratios up to half its square.
_FLOOR_SNR = 3.25

Bins = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def measure(sizes: Sizes) -> Iterator[Line]:
    """The kernel, then the search."""
    yield from _kernel(sizes)
    yield from _whole(sizes)


def _kernel(sizes: Sizes) -> Iterator[Line]:
    curve, few = _noise(sizes.bins), _noise(sizes.plain_bins)
    bounds = (0.5 * _BIN_S, (sizes.longest_bins + 0.5) * _BIN_S)
    floor = 0.5 * _FLOOR_SNR**2
    compiled = most_significant_windows(*few, *bounds)[0]
    require_close("windows, plain", compiled, _plain(few, bounds), 0.0)
    require_close("windows, every length", compiled, _every_length(few, sizes.longest_bins), 1e-6)
    full, above = (
        spent / sizes.bins * 1e9
        for spent in seconds(
            [lambda: most_significant_windows(*curve, *bounds), lambda: most_significant_windows(*curve, *bounds, floor)],
            sizes.turns,
        )
    )
    plain, brute = (
        spent / sizes.plain_bins * 1e9
        for spent in seconds([lambda: _plain(few, bounds), lambda: _every_length(few, sizes.longest_bins)], sizes.turns)
    )
    yield line("search: every window", full, "ns/bin", "the same function un-jitted", plain / full)
    name = f"search: every window up to {sizes.longest_bins} bins"
    yield line(name, full, "ns/bin", "numpy over every length in turn", brute / full)
    yield line(f"search: windows above S/N {_FLOOR_SNR}", above, "ns/bin", "the same without a floor", full / above)


def _plain(bins: Bins, bounds: tuple[float, float]) -> FloatArray:
    n = len(bins[0])
    statistic, first, scratch = np.zeros(n), np.full(n, -1, np.int64), np.zeros((3, n + 1), np.int64)
    sums = cumulative(*bins[2:])
    hull_windows.py_func(*bins[:2], *sums, 0, n, *bounds, 0.0, scratch, statistic, first)  # type: ignore[attr-defined]
    return statistic


def _noise(bins: int) -> Bins:
    """Edges, counts and expectation of bins of 50 ms."""
    start: FloatArray = np.arange(bins, dtype=np.float64) * _BIN_S
    expected: FloatArray = np.full(bins, _RATE_CTS_S * _BIN_S, dtype=np.float64)
    counts: FloatArray = np.random.default_rng(1).poisson(expected).astype(np.float64)
    return start, start + _BIN_S, counts, expected


def _every_length(bins: Bins, longest: int) -> FloatArray:
    """The same answer by numpy over every length in turn: the reference that prunes nothing."""
    x_cum, b_cum = (np.concatenate([[0.0], np.cumsum(a)]) for a in bins[2:])
    best = np.zeros(len(bins[0]))
    for size in range(1, longest + 1):
        x, b = x_cum[size:] - x_cum[:-size], b_cum[size:] - b_cum[:-size]
        np.maximum(best[size - 1 :], np.where(x > b, x * np.log(x / b) - (x - b), 0.0), out=best[size - 1 :])
    return best


def _whole(sizes: Sizes) -> Iterator[Line]:
    half = sizes.half_width_s
    lc = observatory().light_curve(INSTRUMENT, T0, half)
    t0_s = t0_seconds(lc, T0)

    def ours() -> object:
        return search(lc, T0, half_width_s=half, method="allwindow")

    spent, published = seconds([ours, lambda: published_search(lc, t0_s, half)], sizes.turns)
    name = f"search: {2 * half:.0f} s of a simulated light curve at 50 ms"
    yield line(name, spent * 1e3, "ms", "the published method alone", published / spent)

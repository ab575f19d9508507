"""The search: its kernel per bin, as a batch and as a stream, and the whole, against plain numpy, the recursion, the published method."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from schemas import FloatArray
from transients.search import most_significant_windows, published_search, search, t0_seconds
from transients.search.octaves import octaves
from transients.search.result import Method
from transients.search.stream import Found, Stream, WindowStream

from .checks import require_close
from .curves import INSTRUMENT, T0, observatory
from .lines import Line, line
from .sizes import Sizes
from .timing import seconds

#: Background of SPI-ACS in good conditions, cts/s, in its bins of 50 ms.
_RATE_CTS_S = 84_000.0
_BIN_S = 0.05
#: The threshold of what the search reports: windows below it are not looked for.
_FLOOR_SNR = 4.0
#: Bins in a packet of the real-time stream (8 s).
_PACKET = 160

Bins = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def measure(sizes: Sizes) -> Iterator[Line]:
    """The kernel, then the search."""
    yield from _kernel(sizes)
    yield from _whole(sizes)


def _kernel(sizes: Sizes) -> Iterator[Line]:
    few, longest_s = _noise(sizes.plain_bins), sizes.longest_bins * _BIN_S
    bounds = octaves(_BIN_S, longest_s)
    floors = np.full(len(bounds), 0.5 * _FLOOR_SNR**2)
    # What is compared agrees: without a floor, all windows; with one, those above it.
    every = _every_length(few, sizes.longest_bins)
    none = np.zeros(len(bounds))
    require_close("windows, every length", _best(WindowStream(_BIN_S, bounds).push(*few, none), len(every)), every, 1e-6)
    found = _best(WindowStream(_BIN_S, bounds).push(*few, floors), len(every))
    require_close("windows above a floor", found, np.where(every > floors[0], every, 0.0), 1e-6)
    many = _noise(sizes.bins)
    works = [_batch(many, bounds, floors), _recursion(many, bounds, floors), _stream(many, sizes.bins), _stream(many, _PACKET)]
    batch, recursion, stream, packets = (spent / sizes.bins * 1e9 for spent in seconds(works, sizes.turns, cpu=True))
    brute = seconds([lambda: _every_length(few, sizes.longest_bins)], sizes.turns, cpu=True)[0] / sizes.plain_bins * 1e9
    name = f"search: every window up to {sizes.longest_bins} bins, above S/N {_FLOOR_SNR:g}"
    yield line(name, batch, "ns/bin", "numpy over every length in turn", brute / batch)
    yield line(name, batch, "ns/bin", "the recursion alone, octave by octave", recursion / batch)
    name = "search: the same as a stream, background and scatter followed"
    yield line(name, stream, "ns/bin", "the batch over a known background", batch / stream)
    yield line(f"{name}, in packets of 8 s", packets, "ns/bin", "the batch over a known background", batch / packets)


def _batch(bins: Bins, bounds: FloatArray, floors: FloatArray) -> Callable[[], object]:
    """A stream that is fed the same bins again and again, each time later."""
    stream, later = WindowStream(_BIN_S, bounds), [0.0]

    def work() -> object:
        found = stream.push(bins[0] + later[0], bins[1] + later[0], bins[2], bins[3], floors)
        later[0] += len(bins[0]) * _BIN_S
        return found

    return work


def _stream(bins: Bins, chunk: int) -> Callable[[], object]:
    stream, later, width = Stream(_BIN_S, threshold_snr=_FLOOR_SNR), [0.0], bins[1] - bins[0]

    def work() -> object:
        for at in range(0, len(width), chunk):
            stream.push(bins[0][at : at + chunk] + later[0], width[at : at + chunk], bins[2][at : at + chunk])
        later[0] += len(width) * _BIN_S
        return stream

    return work


def _recursion(bins: Bins, bounds: FloatArray, floors: FloatArray) -> Callable[[], object]:
    def work() -> object:
        pairs = zip(bounds.tolist(), floors.tolist(), strict=True)
        return [most_significant_windows(*bins, low, high, floor) for (low, high), floor in pairs]

    return work


def _best(found: Found, bins: int) -> FloatArray:
    """The largest ratio of all octaves for each last bin."""
    best = np.zeros(bins)
    np.maximum.at(best, found.stop - 1, found.statistic)
    return best


def _noise(bins: int) -> Bins:
    """Edges, counts and expectation of bins of 50 ms; the expectation drifts, as one that is tracked does."""
    start: FloatArray = np.arange(bins, dtype=np.float64) * _BIN_S
    expected = np.asarray(_RATE_CTS_S * _BIN_S * (1.0 + 0.02 * np.sin(start / 600.0)), np.float64)
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

    def ours(method: Method) -> Callable[[], object]:
        return lambda: search(lc, T0, half_width_s=half, method=method)

    works = [ours("allwindow"), ours("both"), lambda: published_search(lc, t0_s, half)]
    spent, both, published = seconds(works, sizes.turns, cpu=True)
    name = f"search: {2 * half:.0f} s of a simulated light curve at 50 ms"
    yield line(f"{name}, CPU", spent * 1e3, "ms", "the published method alone", published / spent)
    yield line(f"{name}, both methods, CPU", both * 1e3, "ms", "the published method alone", published / both)

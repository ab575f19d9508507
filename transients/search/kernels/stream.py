"""One pass of `stream.Stream` over many bins: background, windows, scatter, in pieces shorter than the background's lag."""

from __future__ import annotations

import math

import numpy as np

from schemas import FloatArray

from ...compiled import compiled
from .focus import IntArray
from .scatter import scatter
from .screen import DEEP, GROUP, search_octave, take_in
from .tracking import follow, put_aside


@compiled
def search_octaves(
    edges: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    odd: IntArray,
    low_rate: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    begin: int,
    last: int,
    bounds_s: FloatArray,
    bin_s: float,
    floors: FloatArray,
    scratch: IntArray,
    statistic: FloatArray,
    first: IntArray,
    found: IntArray,
    ratio: FloatArray,
) -> int:
    """`screen.search_octave` over all octaves; the number found."""
    count = 0
    opened = np.empty(GROUP, np.uint8)
    stack = np.empty((DEEP, 3), np.int64)
    for octave in range(bounds_s.shape[0]):
        count = search_octave(
            edges, b_cum, excess, odd, low_rate, lowest, highest, begin, last, octave, bounds_s[octave, 0], bounds_s[octave, 1],
            bin_s, floors[octave], scratch, statistic, first, found, ratio, count, opened, stack,
        )  # fmt: skip
    return count


@compiled
def advance(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    at: int,
    held: int,
    gone: int,
    threshold_snr: float,
    aside_snr: float,
    lag_s: float,
    second: int,
    numbers: FloatArray,
    queue: FloatArray,
    scatters: FloatArray,
    memory: FloatArray,
    edges: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    odd: IntArray,
    low_rate: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    bounds_s: FloatArray,
    bin_s: float,
    scratch: IntArray,
    statistic: FloatArray,
    first: IntArray,
    found: IntArray,
    ratio: FloatArray,
    rows: FloatArray,
) -> tuple[int, int, int]:
    """Search bins from `at` on until they end or a buffer is full.

    Parameters
    ----------
    held, gone : int
        Bins in the buffers, and bins that were in them before.
    rows : (m, 8) float64
        Filled: first bin, one after the last, octave, start, duration, counts, expected counts, S/N.

    Returns
    -------
    at, held, rows : int
        The next bin, bins in the buffers, rows filled.
    """
    n = len(counts)
    octaves = bounds_s.shape[0]
    capacity = edges.shape[1]
    expected = np.empty(capacity)
    error = np.empty(capacity)
    filled = 0
    noise = np.empty(octaves)
    while at < n:
        # What the search sees must be put aside before it is old enough to enter the background: hence pieces.
        to = at + 1
        while to < n and start_s[to] - start_s[at] < 0.9 * lag_s and to - at < capacity // 4:
            to += 1
        if held + to - at > capacity or filled + (to - at) * octaves > len(rows):
            break
        for octave in range(octaves):
            noise[octave] = max(1.0, scatters[0, octave])
        follow(start_s[at:to], stop_s[at:to], counts[at:to], lag_s, noise[second], numbers, queue, expected, error)
        known = 0
        while known < to - at:
            if math.isnan(expected[known]):
                known += 1
                continue
            end = known
            while end < to - at and not math.isnan(expected[end]):
                end += 1
            a, b = at + known, at + end
            take_in(
                start_s[a:b], stop_s[a:b], counts[a:b], expected[known:end], held, bin_s,
                edges, b_cum, excess, odd, low_rate, lowest, highest,
            )  # fmt: skip
            count = search_octaves(
                edges, b_cum, excess, odd, low_rate, lowest, highest, held, held + b - a, bounds_s, bin_s,
                0.5 * threshold_snr**2 * noise, scratch, statistic, first, found, ratio,
            )  # fmt: skip
            scatter(b_cum, excess, held, held + b - a, memory, scatters)
            for k in range(count):
                last, octave, begins = found[k, 0], found[k, 1], found[k, 2]
                b_of = b_cum[last + 1] - b_cum[begins]
                duration = edges[1, last] - edges[0, begins]
                variance = noise[octave] * b_of
                uncertain = (error[known + last - held] * duration) ** 2
                snr = math.sqrt(2.0 * ratio[k] / noise[octave] * variance / (variance + uncertain))
                if snr >= threshold_snr:
                    row = rows[filled]
                    row[0], row[1], row[2] = begins + gone, last + 1 + gone, octave
                    row[3], row[4] = edges[0, begins], duration
                    row[5], row[6], row[7] = b_of + excess[last + 1] - excess[begins], b_of, snr
                    filled += 1
                    if snr > aside_snr:
                        put_aside(queue, edges[0, begins], edges[1, last])
            held += b - a
            known = end
        at = to
    return at, held, filled

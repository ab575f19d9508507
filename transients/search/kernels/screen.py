"""Every window, octave by octave of length, at a cost of a few nanoseconds per bin: bounds pass by what cannot matter.

Only windows above a floor are wanted. The excess of any window that begins in one block of bins and ends in another is at most
the largest cumulative excess at the ends less the smallest at the starts, and its expectation at least that of the shortest such
window; as x ln(x/b) - (x - b) <= (x - b)^2 / 2b, a pair of blocks whose bound lies below the floor is passed by, exactly. Blocks
are a quarter of an octave's shortest window; what is not passed by is halved, down to single windows. Where too little can be
passed by (a bright burst), and where bins are not all alike (gaps, odd bins), the recursion of `focus` does the work, so that no
data make it slow: the cost per bin is bounded.

The functions work on the buffers of `stream.WindowStream`, which hold the last bins of a stream.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from ...compiled import compiled
from .focus import IntArray, hull_windows

#: Bins per super-block: regularity and lowest rate are kept by these.
SHIFT = 6
#: Level of the largest blocks: 256 bins, a quarter of 1024, for the longest octave (1024 to 2000 bins of 50 ms).
LEVELS = 9
#: Height of the stack on which pairs of blocks are halved: three more at each level.
DEEP = 4 * LEVELS + 8
#: Windows shorter than this many bins are tried one by one.
_DIRECT = 8
#: Blocks of ends that are looked at together.
GROUP = 64
#: Fewer blocks are gone through one by one: cheaper than to set up the loops that do several at a time.
_FEW = 8
#: A block that costs more single steps than this times its starts and ends is left to the recursion.
_BUDGET = 3


@compiled
def take_in(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    expected: FloatArray,
    begin: int,
    bin_s: float,
    edges: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    odd: IntArray,
    low_rate: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
) -> None:
    """Append bins to the buffers from bin `begin` on: sums, odd bins, and by level the extremes of the excess."""
    n = counts.shape[0]
    b, e, seen = b_cum[begin], excess[begin], odd[begin]
    before = edges[1, begin - 1] if begin > 0 else start_s[0]
    tolerance = 1e-3 * bin_s
    low = np.inf
    if begin & ((1 << SHIFT) - 1):
        low = low_rate[begin >> SHIFT]
    for k in range(n):
        at = begin + k
        width = stop_s[k] - start_s[k]
        edges[0, at] = start_s[k]
        edges[1, at] = stop_s[k]
        b += expected[k]
        e += counts[k] - expected[k]
        b_cum[at + 1] = b
        excess[at + 1] = e
        if abs(width - bin_s) > tolerance or abs(start_s[k] - before) > tolerance:
            seen += 1
        before = stop_s[k]
        odd[at + 1] = seen
        low = min(low, expected[k])
        if (at & ((1 << SHIFT) - 1)) == (1 << SHIFT) - 1:
            low_rate[at >> SHIFT] = low
            low = np.inf
    last = begin + n
    if last & ((1 << SHIFT) - 1):
        low_rate[last >> SHIFT] = low
    # Level 0 would be the sums themselves.
    for block in range(begin >> 1, ((last - 1) >> 1) + 1):
        left = 2 * block
        one, two, three = excess[left], excess[left + 1], excess[min(left + 2, last)]
        lowest[1, block] = one if one < two or left + 1 >= last else two
        highest[1, block] = two if two > three else three
    for level in range(2, LEVELS):
        filled = ((last - 1) >> (level - 1)) + 1
        low_below, high_below = lowest[level - 1], highest[level - 1]
        low_here, high_here = lowest[level], highest[level]
        for block in range(begin >> level, ((last - 1) >> level) + 1):
            left = 2 * block
            right = min(left + 1, filled - 1)
            one, two = low_below[left], low_below[right]
            low_here[block] = one if one < two else two
            one, two = high_below[left], high_below[right]
            high_here[block] = one if one > two else two


@compiled
def search_octave(
    edges: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    odd: IntArray,
    low_rate: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    begin: int,
    last: int,
    octave: int,
    shortest_s: float,
    longest_s: float,
    bin_s: float,
    floor: float,
    scratch: IntArray,
    statistic: FloatArray,
    first: IntArray,
    found: IntArray,
    ratio: FloatArray,
    count: int,
    opened: npt.NDArray[np.uint8],
    stack: IntArray,
) -> int:
    """Find the best window of one octave for each end of begin .. last - 1; append those above the floor, give their number.

    Parameters
    ----------
    edges : (2, n) float64
        Starts and ends of the bins, s.
    shortest_s, longest_s, floor : float
        As for `focus.hull_windows`.
    scratch, statistic, first : (3, n + 1) int64, (n,) float64, (n,) int64
        Overwritten.
    found : (m, 3) int64
        Appended from row `count` on: last bin, octave, first bin.
    ratio : (m,) float64
        Appended.
    opened, stack : (GROUP,) uint8, (DEEP, 3) int64
        Overwritten.
    """
    least = max(1, math.ceil(shortest_s / bin_s - 1e-3))
    most = int(longest_s / bin_s + 1e-3)
    level = 0
    while (_DIRECT << level) <= least and level < LEVELS - 1:
        level += 1
    size = 1 << level
    run = -1  # first end of those left to the recursion
    at = begin - begin % (size * GROUP)
    while at < last:
        # A group of blocks at a time.
        from_end, to_end = max(at, begin), min(at + size * GROUP, last)
        at += size * GROUP
        oldest = max(0, from_end - from_end % size - most + 1)
        # With the bin before the oldest alike too, no window of the octave's lengths reaches further back.
        if odd[to_end] - odd[max(0, oldest - 1)] > 0:
            run = from_end if run < 0 else run
            continue
        bound = 2.0 * floor * _least_rate(low_rate, oldest, to_end) * (1.0 - 1e-9)
        if level == 0:
            if run >= 0:
                count = _recurse(
                    edges, b_cum, excess, run, from_end, octave, shortest_s, longest_s, floor, scratch, statistic, first,
                    found, ratio, count,
                )  # fmt: skip
                run = -1
            if _any_above(excess, from_end, to_end, least, most, bound):
                _clear(from_end, to_end, floor, statistic, first)
                _each(b_cum, excess, from_end, to_end, least, most, statistic, first)
                count = _append(from_end, to_end, octave, statistic, first, found, ratio, count)
            continue
        if not _open_blocks(lowest, highest, level, from_end, to_end, least, most, bound, opened) and run < 0:
            continue
        for block in range(from_end >> level, ((to_end - 1) >> level) + 1):
            from_bin, to_bin = max(from_end, block << level), min(to_end, (block + 1) << level)
            if opened[block - (from_end >> level)] == 0:
                if run >= 0:
                    count = _recurse(
                        edges, b_cum, excess, run, from_bin, octave, shortest_s, longest_s, floor, scratch, statistic, first,
                        found, ratio, count,
                    )  # fmt: skip
                    run = -1
            elif run < 0:
                _clear(from_bin, to_bin, floor, statistic, first)
                if _descend(
                    b_cum, excess, lowest, highest, level, block, from_bin, to_bin, least, most, bound, stack, statistic, first
                ):
                    count = _append(from_bin, to_bin, octave, statistic, first, found, ratio, count)
                else:
                    run = from_bin
    if run >= 0:
        count = _recurse(
            edges, b_cum, excess, run, last, octave, shortest_s, longest_s, floor, scratch, statistic, first, found, ratio, count
        )
    return count


@compiled
def _recurse(
    edges: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    begin: int,
    last: int,
    octave: int,
    shortest_s: float,
    longest_s: float,
    floor: float,
    scratch: IntArray,
    statistic: FloatArray,
    first: IntArray,
    found: IntArray,
    ratio: FloatArray,
    count: int,
) -> int:
    """Leave the ends begin .. last - 1 to the recursion."""
    hull_windows(
        edges[0], edges[1], b_cum, excess, begin, last, shortest_s, longest_s, floor, scratch, statistic[begin:], first[begin:]
    )
    return _append(begin, last, octave, statistic, first, found, ratio, count)


@compiled
def _clear(begin: int, last: int, floor: float, statistic: FloatArray, first: IntArray) -> None:
    for k in range(begin, last):
        statistic[k] = floor
        first[k] = -1


@compiled
def _append(
    begin: int, last: int, octave: int, statistic: FloatArray, first: IntArray, found: IntArray, ratio: FloatArray, count: int
) -> int:
    for end in range(begin, last):
        if first[end] >= 0:
            found[count, 0] = end
            found[count, 1] = octave
            found[count, 2] = first[end]
            ratio[count] = statistic[end]
            count += 1
    return count


@compiled
def _least_rate(low_rate: FloatArray, begin: int, last: int) -> float:
    rate = low_rate[(last - 1) >> SHIFT]
    for k in range(begin >> SHIFT, (last - 1) >> SHIFT):
        rate = min(rate, low_rate[k])
    return float(rate)


@compiled
def _any_above(excess: FloatArray, begin: int, last: int, least: int, most: int, bound: float) -> bool:
    """Whether any window of the lengths may be above: a loop that the processor does several steps of at a time."""
    above = 0
    for length in range(least, most + 1):
        limit = math.sqrt(bound * length)
        from_end = max(begin, length - 1)
        if from_end < last:
            ending = excess[from_end + 1 : last + 1]
            starting = excess[from_end + 1 - length : last + 1 - length]
            for k in range(len(ending)):
                above += ending[k] - starting[k] > limit
    return above > 0


@compiled
def _each(
    b_cum: FloatArray, excess: FloatArray, begin: int, last: int, least: int, most: int, statistic: FloatArray, first: IntArray
) -> None:
    """Windows of few bins, one by one."""
    for end in range(begin, last):
        for start in range(max(0, end + 1 - most), end + 2 - least):
            _try(b_cum, excess, start, end, statistic, first)


@compiled
def _try(b_cum: FloatArray, excess: FloatArray, start: int, end: int, statistic: FloatArray, first: IntArray) -> None:
    """Keep the window of bins start .. end if it is the best of those that end there, so far."""
    e = excess[end + 1] - excess[start]
    if e > 0.0:
        b = b_cum[end + 1] - b_cum[start]
        if e * e > 2.0 * statistic[end] * b:
            ratio = (b + e) * math.log1p(e / b) - e
            if ratio > statistic[end]:
                statistic[end] = ratio
                first[end] = start


@compiled
def _open_blocks(
    lowest: FloatArray,
    highest: FloatArray,
    level: int,
    begin: int,
    last: int,
    least: int,
    most: int,
    bound: float,
    opened: npt.NDArray[np.uint8],
) -> bool:
    """Mark the blocks of ends that may hold the end of a window above the floor; whether there is any."""
    size = 1 << level
    block = begin >> level
    blocks = ((last - 1) >> level) + 1 - block
    opened[:] = 0
    above = 0
    for lag in range(max(0, (least - 1) >> level), ((most - 2) >> level) + 2):
        limit = math.sqrt(bound * max(least, (lag - 1) * size + 2))
        skip = max(0, lag - block)
        if blocks - skip < _FEW:
            for k in range(skip, blocks):
                opened[k] |= highest[level, block + k] - lowest[level, block + k - lag] > limit
        else:
            ending = highest[level, block + skip : block + blocks]
            starting = lowest[level, block + skip - lag : block + blocks - lag]
            passed = opened[skip:blocks]
            for k in range(len(ending)):
                passed[k] |= ending[k] - starting[k] > limit
    for k in range(blocks):
        above += opened[k]
    return above > 0


@compiled
def _descend(
    b_cum: FloatArray,
    excess: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    level: int,
    block: int,
    begin: int,
    last: int,
    least: int,
    most: int,
    bound: float,
    stack: IntArray,
    statistic: FloatArray,
    first: IntArray,
) -> bool:
    """Halve the pairs of a block of ends with blocks of starts down to single windows; False when that takes too long."""
    steps = 0
    size = 1 << level
    for other in range(max(0, (block << level) - most + 1) >> level, min(block, (last - least) >> level) + 1):
        stack[0, 0], stack[0, 1], stack[0, 2] = level, block, other
        height = 1
        while height > 0:
            height -= 1
            depth, ending, starting = stack[height, 0], stack[height, 1], stack[height, 2]
            steps += 1
            shortest = (ending << depth) - ((starting + 1) << depth) + 2
            longest = ((ending + 1) << depth) - (starting << depth)
            if shortest > most or longest < least or (ending << depth) >= last or ((ending + 1) << depth) <= begin:
                continue
            if depth == 0:
                _try(b_cum, excess, starting, ending, statistic, first)
                continue
            top = highest[depth, ending] - lowest[depth, starting]
            if top <= 0.0 or top * top <= bound * max(least, shortest):
                continue
            for half in range(4):
                stack[height, 0] = depth - 1
                stack[height, 1] = 2 * ending + (half >> 1)
                stack[height, 2] = 2 * starting + (half & 1)
                height += 1
        if steps > _BUDGET * (most + size):
            return False
    return True

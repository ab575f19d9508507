"""The most significant window ending at each bin, over every start: Poisson-FOCuS with a longest window.

The log-likelihood ratio of x counts against b expected, x ln(x/b) - (x - b), is convex in (b, x). With cumulative sums the
starts of the windows are points (B_k, X_k), and the best of any set of starts is a corner of its convex hull, on the lower
right side, where no later start has less excess X - B (Ward, Dilillo, Eagle & Fearnhead 2023, JASA, arXiv:2208.01494).

A longest window makes starts expire; so the hull is kept as two parts, as a queue is kept as two stacks: of the older part, a
linked list from every start to its next corner (built once per turn, from new to old), of the newer part, a stack of corners.
Every start enters each part once: the cost per bin is constant, amortised, but for the few corners looked at, and nothing is
cut.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

IntArray = npt.NDArray[np.int64]


def best_windows_reference(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    expected: FloatArray,
    shortest_s: float,
    longest_s: float,
    floor: float,
    statistic: FloatArray,
    first: IntArray,
) -> None:
    """For each bin, the window ending with it that has the largest log-likelihood ratio.

    The plain form of what `best_windows` compiles, statement for statement the same function.

    Parameters
    ----------
    start_s, stop_s : (n,) float64
        Edges of the bins, s. A window's length is elapsed time, gaps included; its counts and expectation are the bins' alone.
    counts, expected : (n,) float64
        Counts and expected counts (> 0) per bin.
    shortest_s, longest_s : float
        Lengths looked at: shortest <= length <= longest. Put the bounds between possible lengths, so that rounding cannot matter.
    floor : float
        Ratios at or below this are not looked for.
    statistic, first : (n,) float64, int64
        Filled: largest ratio x ln(x/b) - (x - b) for x > b, and the window's first bin; 0 and -1 where none is above the floor.
    """
    n = counts.shape[0]
    b_cum = np.zeros(n + 1)
    excess = np.zeros(n + 1)  # X - B
    for k in range(n):
        b_cum[k + 1] = b_cum[k] + expected[k]
        excess[k + 1] = excess[k] + (counts[k] - expected[k])
    following = np.zeros(n + 1, np.int64)  # next corner of the older part
    entrance = np.zeros(n + 1, np.int64)  # lowest excess from here on in the older part: its first corner that can be best
    stack = np.zeros(n + 1, np.int64)
    height = 0
    oldest = 0  # starts oldest .. newest - 1 are within the lengths
    newest = 0
    turn = 0  # starts below it are in the linked list, the others in the stack
    for end in range(n):
        while newest <= end and stop_s[end] - start_s[newest] >= shortest_s:
            # A start with no less excess than a later one is never best; among the others the corners of the hull count.
            e = excess[newest]
            while height > 0 and excess[stack[height - 1]] >= e:
                height -= 1
            while height > 1:
                a = stack[height - 2]
                c = stack[height - 1]
                if (e - excess[c]) * (b_cum[c] - b_cum[a]) > (excess[c] - excess[a]) * (b_cum[newest] - b_cum[c]):
                    break
                height -= 1
            stack[height] = newest
            height += 1
            newest += 1
        while oldest < newest and stop_s[end] - start_s[oldest] > longest_s:
            oldest += 1
        statistic[end] = 0.0
        first[end] = -1
        if oldest >= newest:
            height = 0
            turn = newest
            continue
        if oldest >= turn:
            lowest = newest - 1
            following[lowest] = -1
            entrance[lowest] = lowest
            for k in range(newest - 2, oldest - 1, -1):
                if excess[k] < excess[lowest]:
                    c = lowest
                    while following[c] >= 0:
                        d = following[c]
                        if (excess[d] - excess[c]) * (b_cum[c] - b_cum[k]) > (excess[c] - excess[k]) * (b_cum[d] - b_cum[c]):
                            break
                        c = d
                    following[k] = c
                    lowest = k
                entrance[k] = lowest
            turn = newest
            height = 0
        best = floor
        where = -1
        b_end = b_cum[end + 1]
        e_end = excess[end + 1]
        # The ratio is below (x - b)^2 / 2b, so most corners need no logarithm, and with the largest excess of a part
        # and the smallest b still to come, most parts need no look.
        if height > 0:
            most = e_end - excess[stack[0]]
            j = height - 1
            while j >= 0 and most > 0.0:
                k = stack[j]
                b = b_end - b_cum[k]
                if most * most <= 2.0 * best * b:
                    break
                e = e_end - excess[k]
                if e > 0.0 and e * e > 2.0 * best * b:
                    ratio = (b + e) * math.log1p(e / b) - e
                    if ratio > best:
                        best = ratio
                        where = k
                j -= 1
        if oldest < turn:
            k = entrance[oldest]
            most = e_end - excess[k]
            if most > 0.0 and most * most > 2.0 * best * (b_end - b_cum[turn - 1]):
                while k >= 0:
                    b = b_end - b_cum[k]
                    e = e_end - excess[k]
                    if e > 0.0 and e * e > 2.0 * best * b:
                        ratio = (b + e) * math.log1p(e / b) - e
                        if ratio > best:
                            best = ratio
                            where = k
                    k = following[k]
        if where >= 0:
            statistic[end] = best
            first[end] = where


@functools.cache
def best_windows() -> Any:
    """The compiled form of `best_windows_reference`. numba takes half a second to import: only who searches waits for it."""
    import numba

    try:
        return numba.njit(cache=True)(best_windows_reference)
    except RuntimeError:  # no folder to keep the compiled form in
        return numba.njit(best_windows_reference)


def most_significant_windows(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    expected: FloatArray,
    shortest_s: float,
    longest_s: float,
    floor: float = 0.0,
) -> tuple[FloatArray, IntArray]:
    """`best_windows` with its results returned: largest ratio and first bin for each last bin, both (n,)."""
    statistic = np.zeros(len(counts))
    first = np.full(len(counts), -1, np.int64)
    arrays = (np.ascontiguousarray(a, np.float64) for a in (start_s, stop_s, counts, expected))
    best_windows()(*arrays, float(shortest_s), float(longest_s), float(floor), statistic, first)
    return statistic, first

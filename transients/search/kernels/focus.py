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

import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

from ...compiled import compiled

IntArray = npt.NDArray[np.int64]


@compiled
def hull_windows(
    start_s: FloatArray,
    stop_s: FloatArray,
    b_cum: FloatArray,
    excess: FloatArray,
    first_end: int,
    last_end: int,
    shortest_s: float,
    longest_s: float,
    floor: float,
    scratch: IntArray,
    statistic: FloatArray,
    first: IntArray,
) -> None:
    """For each of the bins first_end .. last_end - 1, the window ending with it that has the largest log-likelihood ratio.

    Parameters
    ----------
    start_s, stop_s : (n,) float64
        Edges of the bins, s. A window's length is elapsed time, gaps included; its counts and expectation are the bins' alone.
    b_cum, excess : (n + 1,) float64
        Cumulative expectation B (> 0 in every bin) and excess X - B of the counts over it, up to each bin.
    first_end, last_end : int
        Ends looked at.
    shortest_s, longest_s : float
        Lengths looked at: shortest <= length <= longest. Put the bounds between possible lengths, so that rounding cannot matter.
    floor : float
        Ratios at or below this are not looked for.
    scratch : (3, n + 1) int64
        Overwritten.
    statistic, first : (>= last_end - first_end,) float64, int64
        Filled: largest ratio x ln(x/b) - (x - b) for x > b, and the window's first bin; 0 and -1 where none is above the floor.
    """
    following = scratch[0]  # next corner of the older part
    entrance = scratch[1]  # lowest excess from here on in the older part: its first corner that can be best
    stack = scratch[2]
    height = 0
    low, high = 0, first_end  # the first start within the longest window
    while low < high:
        middle = (low + high) // 2
        if stop_s[first_end] - start_s[middle] > longest_s:
            low = middle + 1
        else:
            high = middle
    oldest = low  # starts oldest .. newest - 1 are within the lengths
    newest = low
    turn = low  # starts below it are in the linked list, the others in the stack
    for end in range(first_end, last_end):
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
        statistic[end - first_end] = 0.0
        first[end - first_end] = -1
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
            statistic[end - first_end] = best
            first[end - first_end] = where

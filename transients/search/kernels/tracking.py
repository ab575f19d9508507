"""The Kalman filter of `tracking.Tracker`: a level with a slope, by steps of a second, a lag behind."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

from ...compiled import compiled

#: Length of a step, s.
STEP_S = 1.0
#: Time scales (s) on which level and slope may change by their own statistical error: SPI-ACS drifts by less in minutes.
_LEVEL_S, _SLOPE_S = 400.0, 300.0
#: A step this many sigmas off does not enter.
_FAR_SIGMAS = 5.0
#: Rejected for this long, s, or without data for this long: the background is another one, and is acquired anew.
PATIENCE_S = 300.0
_LONGEST_GAP_S = 600.0
#: Background is acquired from this much data, s.
ACQUIRE_S = 60.0

# Places in the filter's array of numbers.
NUMBERS = 15
TIME, LEVEL, SLOPE, PLL, PLS, PSS, REJECTED, FROM, SUM, WIDTH, HEAD, TAIL, ACQUIRED, TO, LOST = range(NUMBERS)


@compiled
def follow(
    start_s: FloatArray,
    stop_s: FloatArray,
    counts: FloatArray,
    lag_s: float,
    ratio: float,
    n: FloatArray,
    queue: FloatArray,
    expected: FloatArray,
    error: FloatArray,
) -> None:
    # Numbers touched at every bin are kept in variables: they stay in registers.
    level, slope, origin = n[LEVEL], n[SLOPE], n[TIME]
    sigma = _error(n, start_s[0]) if len(start_s) else 0.0
    if n[ACQUIRED] == 0.0:
        level, sigma = np.nan, np.nan
    begun, total, seen, to = n[FROM], n[SUM], n[WIDTH], n[TO]
    k = 0
    while k < len(counts):
        if not (start_s[k] - begun < STEP_S and start_s[k] - to < 0.5 * STEP_S):  # a new step, or the first
            if seen > 0.0:
                n[FROM], n[SUM], n[WIDTH], n[TO] = begun, total, seen, to
                _queue_step(n, queue)
                if start_s[k] - to > _LONGEST_GAP_S:
                    _lose(n)
            begun, total, seen = start_s[k], 0.0, 0.0
            _advance(n, queue, begun - lag_s, ratio)
            level, slope, origin, sigma = n[LEVEL], n[SLOPE], n[TIME], _error(n, begun)
            if n[ACQUIRED] == 0.0:
                level, sigma = np.nan, np.nan
        least = 1e-3 * level
        while True:  # the bins of a step
            width = stop_s[k] - start_s[k]
            total += counts[k]
            seen += width
            rate = level + slope * (0.5 * (start_s[k] + stop_s[k]) - origin)
            expected[k] = (rate if not rate < least else least) * width
            error[k] = sigma
            to = stop_s[k]
            k += 1
            if k == len(counts) or not (start_s[k] - begun < STEP_S and start_s[k] - to < 0.5 * STEP_S):
                break
    n[FROM], n[SUM], n[WIDTH], n[TO] = begun, total, seen, to


@compiled
def _error(n: FloatArray, time_s: float) -> float:
    ahead = time_s - n[TIME]
    return float(np.sqrt(max(0.0, n[PLL] + 2.0 * ahead * n[PLS] + ahead * ahead * n[PSS])))


@compiled
def _lose(n: FloatArray) -> None:
    """The background is another one now."""
    n[ACQUIRED] = 0.0
    n[LOST] += 1.0
    n[REJECTED] = 0.0
    n[HEAD] = n[TAIL]


@compiled
def _queue_step(n: FloatArray, queue: FloatArray) -> None:
    room = queue.shape[1]
    if n[TAIL] - n[HEAD] >= room:
        n[HEAD] += 1.0
    at = int(n[TAIL]) % room
    queue[0, at] = 0.5 * (n[FROM] + n[TO])
    queue[1, at] = n[SUM] / n[WIDTH]
    queue[2, at] = n[WIDTH]
    queue[3, at] = 0.0
    n[TAIL] += 1.0


@compiled
def _advance(n: FloatArray, queue: FloatArray, until_s: float, ratio: float) -> None:
    """Let the steps older than `until_s` enter."""
    room = queue.shape[1]
    if n[ACQUIRED] == 0.0:
        steps = int(n[TAIL] - n[HEAD])
        rates = np.empty(steps)
        times = np.empty(steps)
        seen = 0.0
        for k in range(steps):
            at = (int(n[HEAD]) + k) % room
            rates[k], times[k] = queue[1, at], queue[0, at]
            seen += queue[2, at]
        if steps == 0 or seen < ACQUIRE_S:
            return
        n[LEVEL], n[SLOPE], n[TIME] = max(np.median(rates), 1e-9), 0.0, times.mean()
        variance = ratio * n[LEVEL] / seen
        n[PLL], n[PLS], n[PSS] = 1.6 * variance, 0.0, 12.0 * variance / seen**2  # a median's; a line's over the time seen
        n[ACQUIRED], n[REJECTED], n[HEAD] = 1.0, 0.0, n[TAIL]
        return
    while n[HEAD] < n[TAIL]:
        at = int(n[HEAD]) % room
        if queue[0, at] > until_s:
            return
        n[HEAD] += 1.0
        _enter(n, queue[0, at], queue[1, at], queue[2, at], queue[3, at] > 0.0, ratio)
        if n[REJECTED] > PATIENCE_S:
            _lose(n)
            return


@compiled
def _enter(n: FloatArray, time_s: float, rate: float, width_s: float, aside: bool, ratio: float) -> None:
    """One step of the filter: predict, and correct unless the step is put aside or far off."""
    ahead = time_s - n[TIME]
    noise = ratio * max(n[LEVEL], 1e-9)  # variance of the rate times the time it is measured in
    level_noise, slope_noise = noise / _LEVEL_S**2, noise / _SLOPE_S**4
    n[TIME] = time_s
    n[LEVEL] += n[SLOPE] * ahead
    n[PLL] += ahead * (2.0 * n[PLS] + ahead * n[PSS]) + level_noise * ahead + slope_noise * ahead**3 / 3.0
    n[PLS] += ahead * n[PSS] + slope_noise * ahead**2 / 2.0
    n[PSS] += slope_noise * ahead
    off = rate - n[LEVEL]
    variance = n[PLL] + noise / width_s
    if aside or off * off > _FAR_SIGMAS**2 * variance:
        n[REJECTED] += width_s
        return
    n[REJECTED] = 0.0
    gain, slope_gain = n[PLL] / variance, n[PLS] / variance
    n[LEVEL] = max(n[LEVEL] + gain * off, 1e-9)
    n[SLOPE] += slope_gain * off
    n[PSS] -= slope_gain * n[PLS]
    n[PLS] *= 1.0 - gain
    n[PLL] *= 1.0 - gain


@compiled
def put_aside(queue: FloatArray, start_s: float, stop_s: float) -> None:
    """Mark the queued steps that touch a source."""
    for k in range(queue.shape[1]):
        if start_s - STEP_S < queue[0, k] < stop_s + STEP_S:
            queue[3, k] = 1.0

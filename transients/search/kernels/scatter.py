"""The running over-dispersion of `running_scatter.Scatter`."""

from __future__ import annotations

from schemas import FloatArray

from ...compiled import compiled

#: Sums further off than this many sigmas are no scatter.
_CLIP = 5.0
#: This many sums rejected in a row are the scatter after all.
_STREAK = 100.0


@compiled
def scatter(b_cum: FloatArray, excess: FloatArray, begin: int, last: int, memory: FloatArray, n: FloatArray) -> None:
    """Take in the sums of 1, 2, 4 ... bins that end in begin .. last - 1, from cumulative expectation and excess.

    `n` holds, per octave, the mean of squared excess over expectation, its weight in sums, and the sums rejected in a row.
    """
    for octave in range(n.shape[1]):
        size = 1 << octave
        first, stop = begin // size, last // size  # sums that end within, by number
        if stop <= first:
            continue
        limit = _CLIP * _CLIP * max(1.0, n[0, octave])
        accepted, total, every = 0, 0.0, 0.0
        for k in range(first, stop):
            e = excess[(k + 1) * size] - excess[k * size]
            square = e * e / (b_cum[(k + 1) * size] - b_cum[k * size])
            within = square <= limit
            accepted += within
            total += square if within else 0.0
            every += square
        if accepted == 0:
            n[2, octave] += stop - first
            if n[2, octave] < _STREAK:
                continue
            accepted, total = stop - first, every
        n[2, octave] = 0.0
        n[1, octave] = min(n[1, octave] + accepted, memory[octave])
        n[0, octave] += (total - accepted * n[0, octave]) / max(n[1, octave], float(accepted))

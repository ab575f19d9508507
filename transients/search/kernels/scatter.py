"""The running over-dispersion of `running_scatter.Scatter`."""

from __future__ import annotations

from schemas import FloatArray

from .jit import jit

#: Sums further off than this many sigmas are no scatter.
_CLIP = 5.0
#: This many sums rejected in a row are the scatter after all.
_STREAK = 100.0


@jit
def scatter(counts: FloatArray, expected: FloatArray, memory: FloatArray, n: FloatArray) -> None:
    octaves = n.shape[1]
    for k in range(len(counts)):
        e, b = counts[k] - expected[k], expected[k]
        for octave in range(octaves):
            square = e * e / b
            if square <= _CLIP * _CLIP * max(1.0, n[0, octave]) or n[2, octave] >= _STREAK:
                n[1, octave] = min(n[1, octave] + 1.0, memory[octave])
                n[0, octave] += (square - n[0, octave]) / n[1, octave]
                n[2, octave] = 0.0
            else:
                n[2, octave] += 1.0
            n[3, octave] += e
            n[4, octave] += b
            n[5, octave] += 1.0
            if n[5, octave] < 2.0:
                break
            e, b = n[3, octave], n[4, octave]
            n[3, octave], n[4, octave], n[5, octave] = 0.0, 0.0, 0.0

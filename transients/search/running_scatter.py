"""The over-dispersion of a stream, octave by octave of length, measured as it goes."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

#: Time the measurement remembers, s; a scale needs many sums, so it is no shorter than 100 of them.
_MEMORY_S = 2000.0
_LEAST_SUMS = 100.0
#: Poisson's law has the weight of this many sums at the start.
_PRIOR_SUMS = 10.0


class Scatter:
    """Variance over mean of sums of 1, 2, 4 ... bins; sums beyond 5 sigma are left out, a gap only joins what lies on its sides.

    Parameters
    ----------
    octaves : int
    bin_s : float
        Nominal width of a bin, s.

    Attributes
    ----------
    second : int
        The octave nearest to a second.
    memory : (octaves,) float64
        Sums remembered.
    numbers : (3, octaves) float64
        Per octave the mean of squared excess over expectation, its weight in sums, and the sums rejected in a row.
    """

    def __init__(self, octaves: int, bin_s: float) -> None:
        scale = bin_s * 2.0 ** np.arange(octaves)
        self.second = int(np.argmin(np.abs(np.log(scale))))
        self.memory = np.maximum(_LEAST_SUMS, _MEMORY_S / scale)
        self.numbers = np.zeros((3, octaves))
        self.numbers[0], self.numbers[1] = 1.0, _PRIOR_SUMS

    @property
    def ratio(self) -> FloatArray:
        """Variance over mean by octave, never below 1."""
        return np.asarray(np.maximum(1.0, self.numbers[0]))

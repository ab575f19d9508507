"""The background of a stream, followed as the data come: a Kalman filter of a level with a slope.

Steps of a second enter the filter only when they are older than the lag, so that what is tested does not carry its own
background; steps that a search has put aside as source, and steps far off, do not enter at all. When nothing has entered for
minutes (belt passage, flare, gap), the background is another one: it is acquired anew, and until then nothing is searched.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from schemas import FloatArray

State = Literal["acquiring", "tracking"]


class Tracker:
    """Follow the background of a stream.

    Parameters
    ----------
    lag_s : float
        Age at which data enter the background, s.
    overdispersion : float
        Variance over mean at a second, to begin with; set as it is measured.

    Attributes
    ----------
    numbers, queue : float64
        The filter's, as `kernels.tracking` keeps them.
    """

    def __init__(self, lag_s: float = 20.0, overdispersion: float = 1.0) -> None:
        from .kernels import tracking

        self.lag_s = lag_s
        self.overdispersion = overdispersion
        self.numbers = np.zeros(tracking.NUMBERS)
        self.numbers[tracking.FROM] = np.nan
        room = int((4.0 * lag_s + tracking.ACQUIRE_S) / tracking.STEP_S) + 1
        self.queue = np.zeros((4, room))
        self._at = tracking

    @property
    def state(self) -> State:
        """Whether there is a background to search over."""
        return "tracking" if self.numbers[self._at.ACQUIRED] > 0.0 else "acquiring"

    @property
    def times_lost(self) -> int:
        """How often the background had to be acquired anew."""
        return int(self.numbers[self._at.LOST])

    @property
    def rate_cts_s(self) -> tuple[float, float]:
        """Level and its error, at the time of the last data that entered."""
        return float(self.numbers[self._at.LEVEL]), float(np.sqrt(self.numbers[self._at.PLL]))

    def follow(self, start_s: FloatArray, stop_s: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Take bins in, and give what was expected of them before.

        Returns
        -------
        expected, error : (n,) float64
            Expected counts, NaN while the background is being acquired, and the error of the expected rate, cts/s.
        """
        expected, error = np.empty(len(counts)), np.empty(len(counts))
        start, stop, x = (np.ascontiguousarray(a, np.float64) for a in (start_s, stop_s, counts))
        self._at.follow(start, stop, x, self.lag_s, self.overdispersion, self.numbers, self.queue, expected, error)
        return expected, error

    def put_aside(self, start_s: float, stop_s: float) -> None:
        """Keep a stretch that holds a source out of the background; what has entered already stays."""
        self._at.put_aside(self.queue, float(start_s), float(stop_s))

"""Times of functions that are compared: in the same run, turn by turn, so that both meet the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

Work = Callable[[], object]


def seconds(works: Sequence[Work], turns: int, *, cpu: bool = False) -> list[float]:
    """Median duration of each function, s; with `cpu`, of the processor's time that it took, in all threads.

    Each runs once uncounted, to compile and to fill caches; then all of them once a turn, so that a load that comes and goes
    meets each alike.
    """
    for work in works:
        work()
    times = np.empty((turns, len(works)))
    for turn in range(turns):
        for column, work in enumerate(works):
            times[turn, column] = _duration(work, time.process_time if cpu else time.perf_counter)
    return [float(value) for value in np.median(times, axis=0)]


def _duration(work: Work, clock: Callable[[], float]) -> float:
    begin = clock()
    work()
    return clock() - begin

"""What the counter does to the counts: steps of its code, and its end."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray

#: Steps looked for: a quasi-logarithmic code doubles its step from octave to octave.
_STEPS = (64, 32, 16, 8, 4, 2)
#: A step is there when all but this share of the counts are multiples of it.
_OFF_STEP = 0.01
#: Fewer counts show no step: two thirds of twenty would by chance be even once in twenty times.
_LEAST = 24
#: Counts read from rates are whole to this fraction of one.
_WHOLE = 0.02


def counter_step(counts: FloatArray) -> int | None:
    """The largest power of two, up to 64, that (nearly) all counts are multiples of; 1 where every number occurs.

    Returns
    -------
    int or None
        None where there are too few counts, or they are not whole numbers.

    Examples
    --------
    >>> import numpy as np
    >>> counter_step(2.0 * np.arange(100.0)), counter_step(np.arange(100.0)), counter_step(np.arange(5.0))
    (2, 1, None)
    """
    some = counts[counts > 0.0]
    if len(some) < _LEAST or np.mean(np.abs(some - np.round(some)) > _WHOLE) > _OFF_STEP:
        return None
    whole = np.round(some).astype(np.int64)
    for step in _STEPS:
        if np.mean(whole % step != 0) <= _OFF_STEP and int(whole.max()) > 4 * step:
            return step
    return 1


def is_plateau(counts: FloatArray, expected: FloatArray, overdispersion: float, sigmas: float = 20.0) -> bool:
    """Three or more adjoining bins at exactly the highest count, far above the background: noise would move them."""
    top = int(np.argmax(counts))
    if counts[top] - expected[top] < sigmas * np.sqrt(overdispersion * expected[top]):
        return False
    return top + 2 < len(counts) and bool((counts[top : top + 3] == counts[top]).all())

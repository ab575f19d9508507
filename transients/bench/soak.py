"""Hours of alerts: whether the memory of the processes stays what it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import numpy as np

from schemas.errors import TransientsError
from transients.service.parts import utc_now

from .fleet import Fleet
from .load import documents, due, feed

_FIRST = 600_000_000

#: Seconds since the beginning, and the memory of all processes then, MB.
Sample = tuple[float, float]


async def soak(whole: Fleet, lasting_s: float, every_s: float, look_s: float) -> list[Sample]:
    """Feed alerts that are all searched at once, one each `every_s`, and look at the memory each `look_s`.

    Raises
    ------
    TransientsError
        An alert got no draft, or the system does not tell the memory.
    """
    begun, samples = time.perf_counter(), list[Sample]()
    looking = asyncio.create_task(_look(whole, samples, begun, look_s))
    try:
        per_look, fed = max(round(look_s / every_s), 1), 0
        while time.perf_counter() - begun < lasting_s:
            numbers, now = range(_FIRST + fed, _FIRST + fed + per_look), utc_now()
            put = await feed(whole, documents(numbers, (due(now, n) for n in numbers)), every_s)
            fed += per_look
            # One beat after the last, and what is left is done: there is no growing queue that would hide what the memory does.
            await asyncio.sleep(every_s)
            await whole.require_drawn(put, max(look_s, 120.0))
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    if not samples:
        raise TransientsError("this system does not tell the memory of a process")
    return samples


def slope_mb_per_h(samples: Sequence[Sample], after_s: float) -> float:
    """Growth of the memory once caches are filled, MB/h: a straight line through the samples later than `after_s`.

    Raises
    ------
    TransientsError
        Fewer than three of them: no line could be told from chance.
    """
    late = [sample for sample in samples if sample[0] >= after_s]
    if len(late) < 3:
        raise TransientsError(f"{len(late)} looks at the memory are too few")
    seconds, megabytes = zip(*late, strict=True)
    return 3600.0 * float(np.polyfit(seconds, megabytes, 1)[0])


async def _look(whole: Fleet, samples: list[Sample], begun: float, look_s: float) -> None:
    while True:
        found = [process.usage.rss_mb() for process in whole.processes]
        if all(each is not None for each in found):
            samples.append((time.perf_counter() - begun, sum(each for each in found if each is not None)))
        await asyncio.sleep(look_s)

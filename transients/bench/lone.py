"""Alerts that come alone: from the broker to the geometry, and to draft and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from transients.service.parts import utc_now

from .direct import Direct, Steps
from .fleet import Fleet
from .lines import Line, line
from .load import PATIENCE_S, documents, due, feed, require_once
from .sizes import Sizes

_FIRST, _DIRECT = 100_000_000, 110_000_000
#: What is aimed at for 99 of 100, with embedded parts on two cores, s.
GEOMETRY_S, DRAFT_S = 0.6, 5.0


async def lone(whole: Fleet, direct: Direct, sizes: Sizes) -> tuple[list[Line], Steps]:
    """An alert each `sizes.lone_every_s`, each searched at once; and the same steps called directly, before and after."""
    await direct.steps([_DIRECT])
    before = await direct.steps(_DIRECT + n for n in range(1, sizes.slow_turns + 1))
    numbers = range(_FIRST, _FIRST + sizes.lone_alerts)
    now = utc_now()
    put = await feed(whole, documents(numbers, (due(now, n) for n in numbers)), sizes.lone_every_s)
    await whole.require_drawn(put, PATIENCE_S)
    await whole.idle()
    require_once(whole, put, 2, 1)
    steps = before + await direct.steps(_DIRECT + n for n in range(50, 50 + sizes.slow_turns))
    return [*_lines(whole, put, steps, sizes)], steps


def _lines(whole: Fleet, put: Mapping[str, float], steps: Steps, sizes: Sizes) -> list[Line]:
    rate = f"one alert each {sizes.lone_every_s:g} s"
    located, drafted, drawn = (whole.heard.times(what, put) for what in ("assessment", "circular", "files"))
    return [
        *_compared(f"service: broker to geometry, {rate}", "ms", 1e3, located, steps.located_s, GEOMETRY_S),
        *_compared(f"service: broker to draft, {rate}", "s", 1.0, drafted, steps.drafted_s, DRAFT_S),
        *_compared(f"service: broker to draft and figures, {rate}", "s", 1.0, drawn, steps.drawn_s, DRAFT_S),
    ]


def _compared(
    name: str, unit: str, scale: float, times: Sequence[float], direct: Sequence[float], aim_s: float
) -> tuple[Line, Line]:
    half, most = (float(value) for value in np.percentile(times, (50, 99)))
    return (
        line(
            f"{name}, median", scale * half, unit, "the same steps called directly, no queue and no database",
            float(np.median(direct)) / half,
        ),
        line(f"{name}, 99 of 100 are faster", scale * most, unit, f"what is aimed at: {scale * aim_s:g} {unit}", aim_s / most),
    )  # fmt: skip

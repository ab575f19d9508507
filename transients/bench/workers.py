"""How much more is done where more processes work."""

from __future__ import annotations

import time

import numpy as np

from transients.embedded import EmbeddedKafka
from transients.service.parts import utc_now

from .direct import Steps
from .fleet import fleet
from .lines import Line, line
from .load import PATIENCE_S, documents, due, feed, require_once, warm
from .sizes import Sizes

_FIRST = 500_000_000


async def workers(broker: EmbeddedKafka, address: str, steps: Steps, sizes: Sizes) -> list[Line]:
    """Alerts that come together, each located, searched and drafted, by one process that listens and some that work."""
    direct_s = sizes.fleet_alerts * float(np.median(steps.drawn_s))
    spent = {count: await _spent(broker, address, count, sizes) for count in sizes.fleets}
    found = []
    for count, took_s in spent.items():
        name = f"service: alerts to drafts with figures, {count} worker process{'es' if count > 1 else ''}"
        one = count == sizes.fleets[0]
        reference = "the same steps called directly, one after the other" if one else f"{sizes.fleets[0]} worker process"
        ratio = (direct_s if one else spent[sizes.fleets[0]]) / took_s
        found.append(line(name, sizes.fleet_alerts / took_s, "alerts/s", reference, ratio))
    return found


async def _spent(broker: EmbeddedKafka, address: str, count: int, sizes: Sizes) -> float:
    async with fleet(broker, address, [["ingest"], *[["worker"]] * count]) as several:
        await warm(several, count * sizes.warm_alerts)
        numbers, now = range(_FIRST, _FIRST + sizes.fleet_alerts), utc_now()
        made = documents(numbers, (due(now, n) for n in numbers))
        begun = time.perf_counter()
        put = await feed(several, made, 0.0)
        await several.require_drawn(put, PATIENCE_S)
        took_s = time.perf_counter() - begun
        await several.idle()
        require_once(several, put, 2, 1)
        return took_s

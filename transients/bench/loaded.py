"""A load that is kept up: what of it is done, how late the loop comes round, what memory it takes."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from transients.missions import shift
from transients.service.parts import utc_now

from .arrivals import Result
from .fleet import Fleet
from .lines import Line, line
from .load import documents, due, feed, require_once
from .lone import GEOMETRY_S
from .sizes import Sizes
from .usage import lag_quantile_s

_FIRST = 200_000_000
#: What is left when the last alert came is waited for half as long as the load took, and so long at least, s.
_LEAST_PATIENCE_S = 30.0
#: What comes of an alert that is searched: in words, and as it is heard of.
_SEARCHED: tuple[tuple[str, Result], ...] = (("drafts", "circular"), ("figures", "files"))
#: What is aimed at: the loop comes round this late at most, s.
_LATE_S = 0.05


async def load(whole: Fleet, sizes: Sizes) -> list[Line]:
    """So many alerts a second; each so manieth is searched at once, the others' windows are still open."""
    numbers = range(_FIRST, _FIRST + round(sizes.load_s * sizes.load_rate))
    now = utc_now()
    # Their searches come due when all is over.
    later = shift(now, sizes.load_s)
    alerts = documents(numbers, (due(now, n) if _searched(n, sizes) else later for n in numbers))
    searched = {key for number, key in zip(numbers, alerts, strict=True) if _searched(number, sizes)}
    usages = [process.usage for process in whole.processes]
    lags, memory = [await usage.lags() for usage in usages], [usage.rss_mb() for usage in usages]
    put = await feed(whole, alerts, 1.0 / sizes.load_rate)
    later_lags = [await usage.lags() for usage in usages]
    late_s = max(lag_quantile_s(before, then, 0.99) for before, then in zip(lags, later_lags, strict=True))
    after = [usage.rss_mb() for usage in usages]
    patience_s = max(0.5 * sizes.load_s, _LEAST_PATIENCE_S)
    await whole.came("assessment", put, patience_s)
    await whole.came("circular", searched, patience_s)
    await whole.came("files", searched, patience_s)
    # What is not done by now is told as a rate below that of the alerts; what is done was done once.
    require_once(whole, searched - whole.heard.missing("circular", searched), 2, 1)
    require_once(whole, put.keys() - searched - whole.heard.missing("assessment", put), 1, 0)
    name = f"service: {sizes.load_rate:g} alerts/s for {sizes.load_s:g} s"
    most_s = float(np.percentile(whole.heard.times("assessment", put), 99))
    return [
        _kept_up(f"{name}, geometries", whole, "assessment", put, sizes.load_s),
        *(
            _kept_up(f"{name}, one in {sizes.load_searched} searched, {words}", whole, what,
                     {key: put[key] for key in searched}, sizes.load_s)
            for words, what in _SEARCHED
        ),
        line(f"{name}, broker to geometry, 99 of 100 are faster", 1e3 * most_s, "ms",
             f"what is aimed at when they come alone: {1e3 * GEOMETRY_S:g} ms", GEOMETRY_S / most_s),
        line(f"{name}, the loop comes round, 99 of 100 are less late", 1e3 * late_s, "ms", f"what is aimed at: {1e3 * _LATE_S:g} ms",
             _LATE_S / late_s),
        _memory(f"{name}, resident memory at its end", memory, after),
    ]  # fmt: skip


def _searched(number: int, sizes: Sizes) -> bool:
    return number % sizes.load_searched == 0


def _kept_up(name: str, whole: Fleet, what: Result, put: Mapping[str, float], load_s: float) -> Line:
    """The rate at which results came, beside the rate of the alerts; 1: nothing was left behind."""
    missing = whole.heard.missing(what, put)
    begun = min(put.values())
    end = time.perf_counter() if missing else max(whole.heard.first[what][key] for key in put)
    done = len(put) - len(missing)
    # The last alert came one beat before the load's end.
    rate, offered = done / max(end - begun, load_s), len(put) / load_s
    return line(name, rate, "alerts/s", f"the rate they came at: {offered:g}/s", rate / offered)


def _memory(name: str, before: list[float | None], after: list[float | None]) -> Line:
    then, now = (sum(each for each in found if each is not None) for found in (before, after))
    if not then or not now:
        return line(name, None, "MB", None, None, "this system does not tell it")
    return line(name, now, "MB", "the same before it", then / now)

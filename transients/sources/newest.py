"""The newest data of a tier, and how a source finds it."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable

from schemas import Instant, LightCurve, Pointing
from schemas.errors import NoData, RefusedInput

from ..missions.base import DataTier
from .clock import seconds_between, shift

#: Half widths of the stretches before an instant in which the newest bin is looked for, s: mostly the first is enough.
_BIN_LOOKS_S = (60.0, 1800.0)
#: Days before an instant in which the newest science window is looked for: a revolution, a month, most of a year.
_WINDOW_LOOKS_D = (3.0, 30.0, 300.0)
#: An instant this much before a source's own "now" is of the past.
_PAST_S = 60.0


@dataclasses.dataclass(frozen=True)
class Newest:
    """The newest data of a tier: when it ends, and the science window or direction where the source tells them."""

    until: Instant
    source: str
    scw_id: str | None = None
    x_ra_deg: float | None = None
    x_dec_deg: float | None = None
    simulated: bool = False


def reach(tier: DataTier, at: Instant, now: Instant | None) -> Instant:
    """The latest instant whose data may count as there at `at`.

    For "now" that is `at` itself: the source gives what it has. When the data of the past came no source tells, so for an instant of
    the past it is `at` less the tier's usual delay.
    """
    past = now is None or seconds_between(now, at) > _PAST_S
    return shift(at, -tier.delay_s) if past else at


async def newest_bin(ask: Callable[[Instant, float], Awaitable[LightCurve]], until: Instant) -> Instant:
    """End of the newest bin before an instant.

    Parameters
    ----------
    ask
        Gives the light curve about an instant, within a half width in s.
    until
        Where to look back from.

    Raises
    ------
    NoData
        There is no bin in the hour before.
    RefusedInput
        The bins are of the future: the source's clock or this one is wrong.
    """
    missing: NoData | None = None
    for half_s in _BIN_LOOKS_S:
        try:
            curve = await ask(shift(until, -half_s), half_s)
        except NoData as error:
            missing = error
            continue
        # The centre of the last bin lies within; its end may lie half a bin beyond.
        last_s = float(curve.stop_s[-1])
        end = shift(curve.info.reference, last_s)
        if seconds_between(end, until) > 0.5 * float(curve.width_s[-1]) + 1e-3:
            raise RefusedInput(f"data until {end.iso}, which was asked for until {until.iso}", where=curve.info.source)
        return min(end, until)
    assert missing is not None
    raise missing


async def newest_window(ask: Callable[[Instant, Instant], Awaitable[Iterable[Pointing]]], until: Instant) -> Pointing:
    """The newest science window of a stable pointing that ended before an instant; NoData when there is none in the year before."""
    missing: NoData | None = None
    for days in _WINDOW_LOOKS_D:
        try:
            found = await ask(shift(until, -86400.0 * days), until)
        except NoData as error:
            missing = error
            continue
        ended = [window for window in found if window.stop <= until and window.kind == "pointing"]
        if ended:
            return max(ended, key=lambda window: window.stop)
    raise missing or NoData(f"no science window in the {_WINDOW_LOOKS_D[-1]:g} d before {until.iso}")


def of_window(window: Pointing, source: str, simulated: bool) -> Newest:
    """What a science window says of its tier."""
    return Newest(window.stop, source, window.scw_id, window.x_ra_deg, window.x_dec_deg, simulated)

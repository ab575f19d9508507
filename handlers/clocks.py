"""Whose time a notice prints: the event's, a follow-up's, or that of a clock that was never set."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from schemas import Instant

from .classic import moment_of
from .refused import Refused
from .times import read_iso
from .voevent import VOEvent

#: Where the clocks of Swift and Fermi begin.
_CLOCK_ZERO = Instant(utc="2001-01-01T00:00:00")
#: A notice may be issued before its event by a clock's error, not by days.
_AHEAD = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """T0, the time stated instead of it, how it was had, and what was normalised."""

    time: Instant | None
    stated: Instant | None = None
    source: str | None = None
    remarks: tuple[str, ...] = ()


def times_of(document: VOEvent, *, dates_event: bool = True, needs_time: bool = True, clocks: tuple[str, ...] = ()) -> Times:
    """The event's time, or what the document states in its place.

    Parameters
    ----------
    document : VOEvent
        The notice.
    dates_event : bool
        Whether the kind's time is the event's: that of a follow-up's exposure is stated only.
    needs_time : bool
        Whether an unreadable time refuses the notice; if not, a time that cannot be true is stated only, too.
    clocks : tuple of str
        Prefixes of the kind's own (…_TJD, …_SOD) pairs.

    Raises
    ------
    Refused
        bad-time.
    """
    try:
        moment = moment_of(document, clocks=clocks)
    except Refused as refused:
        if needs_time:
            raise
        return Times(None, remarks=(refused.message,))
    if not dates_event:
        return Times(None, moment.time, moment.source, moment.remarks)
    if not needs_time and (doubt := _doubt(moment.time, read_iso(document.date))):
        return Times(None, moment.time, moment.source, (*moment.remarks, f"time {moment.time.iso} is {doubt}: no event's"))
    return Times(moment.time, None, moment.source, moment.remarks)


def _doubt(time: Instant, issued: Instant | None) -> str | None:
    """Why a time cannot be the event's: garbled packets print clocks that were never set, and years to come."""
    if time == _CLOCK_ZERO:
        return "the zero of the spacecraft's clock"
    if issued is not None and time.to_datetime() - issued.to_datetime() > _AHEAD:
        return "after the notice itself"
    return None

"""When data is expected: the science part of each revolution, outside the radiation belts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import astropy.units as u

from schemas import DataExpectation, Instant, RevolutionWindow

from ..base import PlannedGap
from ..times import from_ijd, ijd, to_instant, to_time
from .revolutions import perigee_error_h, perigee_ijd, revolution

#: Hours from perigee to the first data, and from the last data to the next perigee; measured on revolutions 2640-2644:
#: 4.24 to 4.51 and 5.02 to 6.15 (the belts are left faster than they are entered, in altitude as in time).
START_AFTER_PERIGEE_H = 4.35
STOP_BEFORE_PERIGEE_H = 5.5
_EDGE_ERROR_H = 0.65
#: INTEGRAL stopped observing on this day.
LAST_OBSERVATION = Instant(utc="2025-02-28T23:59:59")
#: How a DataExpectation names the orbit model.
SOURCE_WORD = "orbit"


@lru_cache(maxsize=4096)
def data_window(number: int) -> RevolutionWindow:
    """The expected data of a revolution, from the orbit model; its error is `window_error_s`."""
    return RevolutionWindow(
        number=number,
        start=_second(perigee_ijd(number) + START_AFTER_PERIGEE_H / 24),
        stop=_second(perigee_ijd(number + 1) - STOP_BEFORE_PERIGEE_H / 24),
    )


def window_error_s(number: int) -> float:
    """Bound on the error of a modelled data window's ends, s."""
    return 3600 * (max(perigee_error_h(number), perigee_error_h(number + 1)) + _EDGE_ERROR_H)


def expectation(
    at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
) -> DataExpectation:
    """Whether data is expected at an instant, and the breaks around it.

    Parameters
    ----------
    at
        The instant.
    windows
        Known windows (of a timeline, a service, an archive); where they cover `at` they rule, else the orbit model does.
    windows_source
        What the result names as its source when `windows` rule.

    Raises
    ------
    NoData
        Before the launch.
    """
    known = _three_known(at, windows or ())
    if known is not None:
        return _expectation(at, known, windows_source, None)
    number = revolution(to_time(at)).number
    previous, this, following = data_window(max(number - 1, 1)), data_window(number), data_window(number + 1)
    # A data window is told by its own start: in the hours after perigee the window before is still the last.
    if at < this.start and number > 1:
        previous, this, following = data_window(max(number - 2, 1)), previous, this
    if at > LAST_OBSERVATION:
        return DataExpectation(
            at=at,
            status="OFFLINE",
            previous=previous,
            this=this,
            next=following,
            last_data=LAST_OBSERVATION,
            source=SOURCE_WORD,
            sentence="INTEGRAL stopped observing on 2025-02-28: no data since",
        )
    return _expectation(at, (previous, this, following), SOURCE_WORD, window_error_s(number))


def planned_gaps(start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
    """The perigee passages that overlap [start, stop]; their ends are known to `window_error_s`.

    Raises
    ------
    NoData
        Before the launch.
    """
    first, last = revolution(to_time(start)).number, revolution(to_time(stop)).number
    gaps = [
        PlannedGap(before.stop, after.start, "perigee passage")
        for before, after in pairwise(data_window(number) for number in range(max(first - 1, 1), last + 2))
    ]
    return tuple(gap for gap in gaps if gap.start < stop and gap.stop > start)


def _second(day: float) -> Instant:
    """The whole second nearest to an IJD: the model knows no better."""
    return Instant(utc=to_instant(from_ijd(day) + 0.5 * u.s).utc)


def _three_known(
    at: Instant, windows: Sequence[RevolutionWindow]
) -> tuple[RevolutionWindow, RevolutionWindow, RevolutionWindow] | None:
    """The windows before, at and after `at`, neighbours not known from the orbit model; None if `at` is not covered.

    Covered means inside a known window, or between two known windows of successive revolutions.
    """
    by_number = {window.number: window for window in windows}
    started = [window for window in windows if window.start <= at]
    if not started:
        return None
    this = max(started, key=lambda window: window.start)
    following = by_number.get(this.number + 1)
    if at > this.stop and following is None:
        return None
    previous = by_number.get(this.number - 1) or data_window(max(this.number - 1, 1))
    return previous, this, following or data_window(this.number + 1)


def _expectation(
    at: Instant, three: tuple[RevolutionWindow, RevolutionWindow, RevolutionWindow], source: str, error_s: float | None
) -> DataExpectation:
    previous, this, following = three
    online = this.start <= at <= this.stop
    last = following.start > LAST_OBSERVATION
    if last and online:
        end = min(this.stop, LAST_OBSERVATION)
        sentence = f"last data of the mission: {end.utc}, in {_two_digits(_hours(at, end))} hr"
    elif last:
        sentence = f"break since {_two_digits(_hours(this.stop, at))} hr, and INTEGRAL stopped observing within it"
    elif online:
        to_break = _hours(at, this.stop)
        length = _hours(this.stop, following.start)
        sentence = f"next break in data in {_two_digits(to_break)} hr: {this.stop.utc}, for {_two_digits(length)} hr"
    else:
        since, until = _hours(this.stop, at), _hours(at, following.start)
        sentence = f"break since {_two_digits(since)} hr next data in {_two_digits(until)} hr"
    return DataExpectation(
        at=at,
        status="ONLINE" if online else "OFFLINE",
        previous=previous,
        this=this,
        next=following,
        last_data=None if online else this.stop,
        next_data=None if online or last else following.start,
        source=source,
        error_s=error_s,
        sentence=sentence,
    )


def _hours(start: Instant, stop: Instant) -> float:
    return 24 * (ijd(to_time(stop)) - ijd(to_time(start)))


def _two_digits(hours: float) -> str:
    """Two significant digits, as the INTEGRAL services print them: 5.049 is "5", 5.342 is "5.3"."""
    return f"{hours:.2g}" if abs(hours) < 99.5 else f"{hours:.0f}"

"""The timelines of operations (TSF files): when the instruments of a revolution were planned to take data."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Instant, RevolutionWindow
from schemas.errors import NoData, RefusedInput

#: Fixed columns of a line.
_TIME, _NAME, _VALUE = slice(0, 20), slice(20, 42), slice(42, 63)
_STARTS = frozenset({"SPI_START", "IBIS_START"})
_STOPS = frozenset({"SPI_STOP", "IBIS_STOP"})


@dataclass(frozen=True)
class TimelineEvent:
    """A line of the timeline."""

    at: Instant
    name: str
    value: str


@dataclass(frozen=True)
class Timeline:
    """The events of a revolution, in time order; lines that are no events are kept as they are."""

    events: tuple[TimelineEvent, ...]
    other_lines: tuple[str, ...]

    def window(self, number: int) -> RevolutionWindow:
        """From the earliest SPI or IBIS start to the latest SPI or IBIS stop.

        Raises
        ------
        NoData
            When the timeline names no start, or no stop after it.
        """
        starts = [event.at for event in self.events if event.name in _STARTS]
        stops = [event.at for event in self.events if event.name in _STOPS]
        if not starts or not stops or max(stops) <= min(starts):
            raise NoData(f"the timeline of revolution {number} names no science")
        return RevolutionWindow(number=number, start=min(starts), stop=max(stops))


def read_timeline(text: str) -> Timeline:
    """Read a TSF file: time in columns 0-19, name in 20-41, value in 42-62.

    Raises
    ------
    RefusedInput
        When no line is an event.
    """
    events: list[TimelineEvent] = []
    others: list[str] = []
    for line in text.splitlines():
        try:
            at = Instant.parse(line[_TIME])
        except ValueError:
            if line.strip():
                others.append(line)
            continue
        events.append(TimelineEvent(at, line[_NAME].strip(), line[_VALUE].strip()))
    if not events:
        raise RefusedInput("not a timeline: no line begins with a time")
    return Timeline(tuple(sorted(events, key=lambda event: event.at)), tuple(others))

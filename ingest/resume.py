"""Where to go on reading a broker's partition, and what is missing there: rules only, no broker."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal

from schemas import Gap, Instant, Position, RawAlert

#: A topic and one of its partitions.
Part = tuple[str, int]
#: The last message of each partition that is in the inbox.
Positions = Callable[[], Awaitable[Mapping[Part, Position]]]

#: Where offsets began anew, reading goes on this long before the last message we have: producers' clocks differ.
_BEFORE_MS = 600_000


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of a partition before it is read.

    Attributes
    ----------
    committed : int or None
        The next offset to be read, as the broker remembers it for our group.
    stored : Position or None
        The last message that is in the inbox.
    low, high : int
        The first offset that the broker still has, and the one that the next message will get.
    given : int or None
        The offset after the last that was given in this run: what is before it is stored, or about to be.
    begun : int or None
        Where reading began in this run.
    """

    committed: int | None
    stored: Position | None
    low: int
    high: int
    given: int | None = None
    begun: int | None = None

    @property
    def wanted(self) -> int | None:
        """The next offset we want; None: all of it. Where nothing came yet, that is where we began.

        The lesser of both memories: what was stored and not committed comes once more, and what was committed and is not in
        the inbox (a database brought back from an older copy) comes again.
        """
        stored = None if self.stored is None else self.stored.offset + 1
        remembered = min((offset for offset in (self.committed, stored) if offset is not None), default=None)
        return max((offset for offset in (remembered, self.given) if offset is not None), default=self.begun)


@dataclasses.dataclass(frozen=True)
class Start:
    """Where reading starts: at an offset, unless a time says better.

    Attributes
    ----------
    offset : int
        Where it starts, if there is no time, or the broker has nothing that is not older.
    time_ms : int or None
        Milliseconds since 1970: the broker is asked for the first message that is not older. After a "reset" reading starts there,
        else at the lesser of both.
    missing : str or None
        Why something is missing before the start.
    """

    offset: int
    time_ms: int | None = None
    missing: Literal["retention", "reset"] | None = None

    def at(self, by_time: int | None) -> int:
        """The offset. `by_time`: what the broker says to the time, None if it has nothing."""
        if by_time is None:
            return self.offset
        return by_time if self.missing == "reset" else min(by_time, self.offset)


def start_of(known: Known) -> Start:
    """Where reading starts. Never past what we have not read: where in doubt, earlier."""
    wanted = known.wanted
    if wanted is None:
        return Start(known.low)
    if wanted < known.low:
        return Start(known.low, missing="retention")
    if wanted > known.high:
        return Start(known.low, time_ms=_shortly_before(known.stored), missing="reset")
    if known.committed is None and known.given is None:
        # A group that is forgotten may be one of a topic that was made anew, and has more messages by now than we had read.
        return Start(wanted, time_ms=_shortly_before(known.stored))
    return Start(wanted)


def newest_of(known: Known) -> int:
    """Where a topic is read of which only the newest message counts: at that one, or behind it if we had it already."""
    unread = known.low if known.wanted is None else known.wanted
    return min(known.high, max(known.low, known.high - 1, unread))


def _shortly_before(stored: Position | None) -> int | None:
    if stored is None or stored.broker_time is None:
        return None
    return max(0, int(stored.broker_time.to_datetime().timestamp() * 1000) - _BEFORE_MS)


def gap_of(source: str, part: Part, known: Known, start: Start) -> Gap | None:
    """What is missing at this start, if anything is."""
    if start.missing is None or known.wanted is None:
        return None
    topic, partition = part
    has = f"the broker has offsets {known.low} to {known.high - 1}" if known.high > known.low else "the broker has none"
    lost = start.missing == "retention"
    return Gap(
        source=source,
        topic=topic,
        partition=partition,
        reason=start.missing,
        first_offset=known.wanted if lost else None,
        last_offset=known.low - 1 if lost else None,
        since=_time_of_last(known),
        remark=f"{has}, {known.wanted} was to be next; reading goes on with what is there",
    )


def _time_of_last(known: Known) -> Instant | None:
    """When the message before the missing ones was sent, if that one is known."""
    return None if known.stored is None or known.stored.offset + 1 != known.wanted else known.stored.broker_time


def last_offsets(raws: Sequence[RawAlert]) -> dict[Part, int]:
    """The last offset of each partition. Raises ValueError for an alert that came from no broker."""
    last: dict[Part, int] = {}
    for raw in raws:
        if raw.partition is None or raw.offset is None:
            raise ValueError("the alert came from no broker")
        part = (raw.topic, raw.partition)
        last[part] = max(raw.offset, last.get(part, raw.offset))
    return last

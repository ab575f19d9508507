"""What a source is, and how its line is."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Literal, Protocol, runtime_checkable

from schemas import Instant, RawAlert, sha256_hex

from .headers import header_texts

#: "waiting": not connected (yet, or again); "silent": connected, as far as one can tell, but the pulse stopped; "refused": a
#: person must act.
Condition = Literal["waiting", "connected", "silent", "refused"]


class Source(Protocol):
    """Gives alerts one by one; each is committed after it was stored, so a crash in between gives it again.

    Iterating may raise ConfigurationError (nothing will come: wrong login, unknown topic rights). Whatever passes by itself
    (a broker that is away) is waited for inside.
    """

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""

    def __aiter__(self) -> AsyncIterator[RawAlert]:
        """The alerts, from the first that was not committed."""

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """These alerts are stored: all since the last call, in the order they were given, but for those that could not be stored.

        Called while the iteration goes on, and before the next are stored: it must not wait long. A broker is told the last of
        each partition; who waits for an answer gets one for each alert. Raises when that could not be noted: they will come
        again, once more.
        """

    async def aclose(self) -> None:
        """Leave; the iteration is over. Safe to call twice."""


@dataclasses.dataclass
class LineState:
    """How the line that alerts come on is, as its source sees it."""

    condition: Condition = "waiting"
    #: Since when it is so.
    since: Instant = dataclasses.field(default_factory=lambda: utc_now())
    #: Why, for people; empty when all is well.
    reason: str = ""
    last_message: Instant | None = None
    #: The last message that is sent only to show that the line lives (GCN's heartbeat); None: none came, or there is no such.
    last_pulse: Instant | None = None

    def turn(self, condition: Condition, reason: str = "") -> None:
        """It is so now; `since` moves only when the condition changes."""
        if condition != self.condition:
            self.condition, self.since = condition, utc_now()
        self.reason = reason


@runtime_checkable
class OnLine(Protocol):
    """A source that knows how its line is."""

    line: LineState


def utc_now() -> Instant:
    """The instant of the call."""
    return Instant.from_datetime(dt.datetime.now(dt.UTC))


def raw_alert(
    body: bytes,
    *,
    source: str,
    topic: str,
    partition: int | None = None,
    offset: int | None = None,
    broker_ms: int | None = None,
    headers: Iterable[tuple[str, bytes | str | None]] | None = None,
) -> RawAlert:
    """An alert received now. `broker_ms`: the broker's own time, milliseconds since 1970."""
    return RawAlert(
        content_id=sha256_hex(body),
        body=body,
        source=source,
        topic=topic,
        partition=partition,
        offset=offset,
        received=utc_now(),
        broker_time=_broker_time(broker_ms),
        headers=header_texts(headers or ()),
    )


def _broker_time(broker_ms: int | None) -> Instant | None:
    if broker_ms is None or broker_ms < 0:
        return None
    try:
        return Instant.from_unix_ms(broker_ms)
    except OverflowError:
        # A producer sets this time as it likes; a nonsense time is no time.
        return None

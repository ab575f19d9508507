"""What a source is."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Protocol

from schemas import Instant, RawAlert, sha256_hex


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

    async def commit(self, raw: RawAlert) -> None:
        """The alert is stored. Raises a retriable error when that could not be noted: it will come again, once more."""

    async def aclose(self) -> None:
        """Leave; the iteration is over. Safe to call twice."""


def raw_alert(
    body: bytes,
    *,
    source: str,
    topic: str,
    partition: int | None = None,
    offset: int | None = None,
    broker_ms: int | None = None,
) -> RawAlert:
    """An alert received now. `broker_ms`: the broker's own time, milliseconds since 1970."""
    return RawAlert(
        content_id=sha256_hex(body),
        body=body,
        source=source,
        topic=topic,
        partition=partition,
        offset=offset,
        received=Instant.from_datetime(dt.datetime.now(dt.UTC)),
        broker_time=_broker_time(broker_ms),
    )


def _broker_time(broker_ms: int | None) -> Instant | None:
    if broker_ms is None or broker_ms < 0:
        return None
    try:
        return Instant.from_unix_ms(broker_ms)
    except OverflowError:
        # A producer sets this time as it likes; a nonsense time is no time.
        return None

"""Telling when a line fell silent, and when it is heard again: what was sent in between may be missing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from schemas import Gap

from .base import utc_now

#: Takes a gap: first with its end open, then, the same gap, with its end.
OnGap = Callable[[Gap], Awaitable[None]]
#: Who keeps gaps may be away; the line is not held up by it for longer …
_PATIENCE_S = 5.0
#: … and what could not be told is told again after this.
_AGAIN_S = 30.0


class Outages:
    """The outages of one line that keeps nothing for who is away.

    Parameters
    ----------
    source, topic : str
        Whose line.
    on_gap : callable, optional
        Told of each outage at its beginning and at its end. A failure is logged and told again later.
    """

    def __init__(self, source: str, topic: str, on_gap: OnGap | None) -> None:
        self._source, self._topic, self._on_gap = source, topic, on_gap
        self._heard = utc_now()
        self._open: Gap | None = None
        self._untold: list[Gap] = []
        self._tried_s = float("-inf")
        self._log = structlog.get_logger("ingest.outages").bind(source=source, topic=topic)

    async def begins(self, why: str) -> None:
        """Nothing is heard any more, since the last time something was. Within an outage: nothing new."""
        if self._open is None:
            self._open = Gap(source=self._source, topic=self._topic, reason="silence", since=self._heard, remark=why)
            await self._tell(self._open)

    async def heard(self) -> None:
        """Something came."""
        self._heard = utc_now()
        if self._open is not None:
            ended, self._open = msgspec.structs.replace(self._open, until=self._heard), None
            await self._tell(ended)
        elif self._untold and time.monotonic() - self._tried_s > _AGAIN_S:
            await self._tell()

    async def left(self, why: str) -> None:
        """The line is left with something unfinished: a gap whose end is now."""
        gap = Gap(source=self._source, topic=self._topic, reason="silence", since=self._heard, until=utc_now(), remark=why)
        await self._tell(gap)

    async def _tell(self, *gaps: Gap) -> None:
        if self._on_gap is None:
            return
        self._untold.extend(gaps)
        self._tried_s = time.monotonic()
        while self._untold:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._on_gap(self._untold[0])
            except Exception as error:
                self._log.warning("a gap could not be noted", action="gap-untold", error=f"{type(error).__name__}: {error}")
                return
            self._untold.pop(0)

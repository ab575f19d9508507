"""Alerts that came once, given again: at the pace at which they came, faster, or as fast as they are taken."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence

from schemas import RawAlert
from schemas.errors import TransientsError


class ReplaySource:
    """Alerts in the order given; then it ends.

    Parameters
    ----------
    alerts : async iterable of RawAlert
        What is given again, in the order of `received`, which sets the pace.
    speed : float, optional
        1 is the pace at which they came, 10 is ten times faster. None: as fast as they are taken.
    name : str
        Name of the source; the alerts keep theirs.
    """

    def __init__(self, alerts: AsyncIterable[RawAlert], *, speed: float | None = None, name: str = "replay") -> None:
        if speed is not None and not speed > 0:
            raise ValueError("a pace is above zero")
        self._alerts = alerts
        self._speed = speed
        self._name = name
        self._closed = asyncio.Event()
        #: Alerts given so far.
        self.given = 0
        #: Why it ended before its time.
        self.failed: TransientsError | None = None

    @property
    def name(self) -> str:
        """Name of the source."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        try:
            async for raw in self._paced():
                self.given += 1
                yield raw
        except TransientsError as error:
            self.failed = error
            raise

    async def _paced(self) -> AsyncIterator[RawAlert]:
        first_s: float | None = None
        started_s = time.monotonic()
        async for raw in self._alerts:
            came_s = raw.received.to_datetime().timestamp()
            first_s = came_s if first_s is None else first_s
            if self._speed is not None:
                await self._until(started_s + (came_s - first_s) / self._speed)
            if self._closed.is_set():
                return
            yield raw

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nothing to note: the alerts were kept before."""

    async def aclose(self) -> None:
        """Give no more."""
        self._closed.set()

    async def _until(self, due_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), max(0.0, due_s - time.monotonic()))

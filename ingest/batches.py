"""Alerts between who reads them and who stores them: whatever is there is taken at once, and never too much is there."""

from __future__ import annotations

import asyncio

from schemas import RawAlert

#: Stored in one go: enough that a transaction each costs little, few enough that one takes some tens of milliseconds.
MOST_ALERTS = 200
#: Sky maps come inside alerts, 3 MB each.
MOST_BYTES = 8 * 1024 * 1024


class Batches:
    """A queue for one reader and one storer. The reader waits while it is full, the storer while it is empty."""

    def __init__(self, most_alerts: int = MOST_ALERTS, most_bytes: int = MOST_BYTES) -> None:
        self._most_alerts, self._most_bytes = most_alerts, most_bytes
        self._alerts: list[RawAlert] = []
        self._bytes = 0
        self._over = False
        self._something, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()

    async def put(self, raw: RawAlert) -> None:
        """Put an alert, as soon as there is room."""
        await self._room.wait()
        self._alerts.append(raw)
        self._bytes += len(raw.body)
        self._something.set()
        if len(self._alerts) >= self._most_alerts or self._bytes >= self._most_bytes:
            self._room.clear()

    def end(self) -> None:
        """Nothing more will be put."""
        self._over = True
        self._something.set()

    async def take(self) -> list[RawAlert]:
        """All that is there, at least one; none: it is over."""
        await self._something.wait()
        taken, self._alerts, self._bytes = self._alerts, [], 0
        if not self._over:
            self._something.clear()
        self._room.set()
        return taken

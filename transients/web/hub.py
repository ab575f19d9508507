"""One listener to the store, any number of open pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import structlog

from transients.store import Change

#: A page that reads slower than this many changes is told once that things changed: it reloads the list anyway.
BACKLOG = 64
#: Pause before listening again after the database went away.
RETRY_S = 2.0


class Hub:
    """Fans the store's changes out to the open streams.

    Parameters
    ----------
    changes : callable
        Opens a new iterator over the changes.
    """

    def __init__(self, changes: Callable[[], AsyncIterator[Change]]) -> None:
        self._changes = changes
        self._streams: set[asyncio.Queue[Change | None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._log = structlog.get_logger("transients.web")

    def __len__(self) -> int:
        return len(self._streams)

    def start(self) -> None:
        """Begin to listen."""
        self._closed = False
        self._task = asyncio.create_task(self._listen(), name="dashboard-changes")

    async def close(self) -> None:
        """End every stream and stop listening; safe to call twice."""
        self._closed = True
        for queue in self._streams:
            self._end(queue)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Change | None]]:
        """A queue of changes; None ends it."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue(BACKLOG)
        self._streams.add(queue)
        if self._closed:
            self._end(queue)
        try:
            yield queue
        finally:
            self._streams.discard(queue)

    async def _listen(self) -> None:
        while True:
            try:
                async for change in self._changes():
                    self._tell(change)
            except Exception as error:
                self._log.warning("the line of changes broke", action="changes-lost", error=str(error))
            await asyncio.sleep(RETRY_S)
            # What changed meanwhile is unknown: let every page look again.
            self._tell(Change(what="reconnected"))

    def _tell(self, change: Change) -> None:
        for queue in self._streams:
            if not queue.full():
                queue.put_nowait(change)

    @staticmethod
    def _end(queue: asyncio.Queue[Change | None]) -> None:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

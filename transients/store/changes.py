"""Changes as they happen, over the database's own LISTEN."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec

from schemas import from_json
from schemas.errors import ServiceUnreachable

from .database import CHANNEL, PASSING, SERVER_SETTINGS, translated
from .jobs import Jobs
from .queries import load_queries
from .records import Change

#: A listener that never reads is told "reconnected" rather than growing without end.
_BACKLOG = 1000
_RECONNECT_S = 1.0
_PROBE_S = 15.0


class Changes(Jobs):
    """Listening."""

    async def changes(self) -> AsyncIterator[Change]:
        """Changes as they happen, until the iterator is closed.

        After the line to the database broke and is back, one change "reconnected" says that anything may have changed.
        """
        first = True
        while True:
            try:
                with translated():
                    connection = await asyncpg.connect(self.url, server_settings=SERVER_SETTINGS)
            except ServiceUnreachable:
                if first:
                    raise
                await asyncio.sleep(_RECONNECT_S)
                continue
            try:
                queue = await _listen(connection)
                if queue is None:
                    continue
                if not first:
                    yield Change(what="reconnected")
                first = False
                while (change := await _next(connection, queue)) is not None:
                    yield change
            finally:
                connection.terminate()


async def _listen(connection: Any) -> asyncio.Queue[Change | None] | None:
    """What is heard; None when the line broke before anything could be."""
    queue: asyncio.Queue[Change | None] = asyncio.Queue()

    def heard(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
        if queue.qsize() < _BACKLOG:
            queue.put_nowait(_change(payload))
        elif queue.qsize() == _BACKLOG:
            queue.put_nowait(Change(what="reconnected"))

    connection.add_termination_listener(lambda _connection: queue.put_nowait(None))
    try:
        await connection.add_listener(CHANNEL, heard)
    except PASSING:
        return None
    return queue


async def _next(connection: Any, queue: asyncio.Queue[Change | None]) -> Change | None:
    """The next change; None when the line is dead. A quiet line is probed, or a dead one would stay quiet for ever."""
    while True:
        try:
            return await asyncio.wait_for(queue.get(), _PROBE_S)
        except TimeoutError:
            try:
                await connection.execute(load_queries()["ping"], timeout=_PROBE_S)
            except PASSING:
                return None


def _change(payload: str) -> Change:
    try:
        return from_json(payload, Change)
    except msgspec.ValidationError:
        # Another version of the service speaks on the same channel.
        return Change(what="reconnected")

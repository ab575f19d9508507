"""Server-sent events: a page learns that it should look again, a program which event changed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

from litestar import Request, get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from schemas import to_json
from transients.store import Change

from .hub import Hub
from .inject import TheHub

#: A comment this often keeps proxies from closing a quiet line, and finds out that the other side has gone.
HEARTBEAT_S = 15.0


@get("/api/v1/stream", summary="Changes as server-sent events", tags=["events"])
async def stream(request: Request, hub: TheHub) -> ServerSentEvent:  # type: ignore[type-arg]
    """Named events "changed" whose data is {"event_key", "what", "revision"}; who returns is told to look again at once."""
    returning = "last-event-id" in request.headers
    return ServerSentEvent(_messages(hub, returning), headers={"x-accel-buffering": "no", "cache-control": "no-store"})


async def _messages(hub: Hub, returning: bool) -> AsyncIterator[ServerSentEventMessage]:
    numbers = itertools.count(1)
    with hub.subscribe() as queue:
        yield ServerSentEventMessage(data="{}", event="ready", id=0)
        if returning:
            yield _message(Change(what="reconnected"), next(numbers))
        while True:
            try:
                change = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield ServerSentEventMessage(data=None, comment="still here")
                continue
            if change is None:
                return
            yield _message(change, next(numbers))


def _message(change: Change, number: int) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=to_json(change).decode(), event="changed", id=number)

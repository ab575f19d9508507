"""Work that nobody waits for once the service is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unless_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, T], otherwise: T) -> T:
    """What `work` gives; `otherwise` when `stopping` is set before, and the work is broken off then."""
    working = asyncio.create_task(work, name="unless stopped")
    stopped = asyncio.create_task(stopping.wait(), name="unless stopped-stop")
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else otherwise
    finally:
        stopped.cancel()
        working.cancel()
        await asyncio.wait({working})

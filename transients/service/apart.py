"""A service in a folder of its own, inside this process: what the demo and a replay share."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from .app import Service


@contextlib.asynccontextmanager
async def running(service: Service) -> AsyncIterator[asyncio.Task[None]]:
    """Run a service until the context is left, and give its task once everything in it runs.

    Raises what makes it impossible to start.
    """
    folder = Path(service.settings.data_dir)
    if os.geteuid() == 0:
        # The database then runs as an unprivileged user, who must get to its folder.
        await asyncio.to_thread(folder.chmod, 0o711)
    task = asyncio.create_task(service.run(), name="service")
    try:
        waiting = asyncio.create_task(service.ready.wait())
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()
        yield task
    finally:
        service.stop()
        await task

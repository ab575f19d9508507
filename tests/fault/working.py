"""A helper process of test_crashes.py: a worker that takes a job and never ends it. Argument: database."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from transients.store import JobRunner, Store


async def main(url: str) -> None:
    """Say when the job is in hand, and hold it."""
    store = await Store.open(url, pool_size=2)

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        print("working", flush=True)
        await asyncio.sleep(60)

    await JobRunner(store, {"step": step}).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

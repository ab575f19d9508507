"""A helper process of test_killed_services.py: stores a document and is killed before it is understood.

Arguments: database, file of the document, topic.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import handlers
from schemas import RawAlert, sha256_hex
from transients.config import Settings
from transients.service.intake import Intake
from transients.service.parts import utc_now
from transients.store import Store


def die(*_: Any, **__: Any) -> None:
    """In place of understanding."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, body: bytes, topic: str) -> None:
    """Put the document."""
    handlers.parse = die  # type: ignore[assignment]
    store = await Store.open(url, pool_size=2)
    raw = RawAlert(content_id=sha256_hex(body), body=body, source="test", topic=topic, received=utc_now())
    await Intake(store, Settings()).put(raw)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes(), sys.argv[3]))

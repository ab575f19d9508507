"""What the database needs now and then: bytes go by policy, and events of the version before get their names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

import structlog

from schemas import Instant
from schemas.errors import TransientsError
from transients.missions import shift
from transients.store import Store

#: Policies count in days.
_INTERVAL_S = 3600.0
_DAY_S = 86400.0

log = structlog.get_logger("transients.upkeep")


async def expire(store: Store, keep_days: Mapping[str, float], now: Instant) -> tuple[int, int]:
    """Let go of bytes that the policy no longer keeps. Gives how many documents, and how many bytes they had."""
    policy = [(pattern, shift(now, -days * _DAY_S)) for pattern, days in keep_days.items()]
    documents, size_bytes = await store.expire(policy)
    if documents:
        log.info("bytes went by policy", action="expired", documents=documents, bytes=size_bytes)
    return documents, size_bytes


async def upkeep(
    store: Store,
    keep_days: Mapping[str, float],
    stopping: asyncio.Event,
    clock: Callable[[], Instant],
    interval_s: float = _INTERVAL_S,
) -> None:
    """Do it now and every `interval_s`, until it stops; several processes may, at once."""
    while not stopping.is_set():
        try:
            await store.name_events()
            await expire(store, keep_days, clock())
        except Exception as error:
            log.warning(
                "upkeep failed", action="upkeep-failed", error=str(error), exc_info=not isinstance(error, TransientsError)
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)

"""The database at the start: waited for, as after the restart of a machine it comes up when it does."""

from __future__ import annotations

import asyncio
import time

import structlog

from schemas.errors import ServiceUnreachable
from transients.store import Store

from .stopping import unless_stopped

#: Pauses between tries: short at first, as databases mostly come within seconds; each doubles the one before, s.
_PAUSES_S = (0.5, 5.0)

log = structlog.get_logger("transients.service")


async def first_contact(url: str, pool_size: int, wait_s: float, stopping: asyncio.Event) -> Store | None:
    """The store with its tables made; None when the service was told to stop while it waited.

    Parameters
    ----------
    url, pool_size
        See `Store.open`.
    wait_s
        How long a database that does not answer is waited for, each try told in the log.
    stopping
        Ends the waiting at once.

    Raises
    ------
    ServiceUnreachable
        What the last try met, when the time is over.
    """
    return await unless_stopped(stopping, _knock(url, pool_size, wait_s), None)


async def _knock(url: str, pool_size: int, wait_s: float) -> Store | None:
    deadline, pause_s = time.monotonic() + wait_s, _PAUSES_S[0]
    while True:
        try:
            return await _opened(url, pool_size)
        except ServiceUnreachable as error:
            left_s = deadline - time.monotonic()
            if left_s <= 0.0:
                raise
            log.warning("waiting for the database", action="database-awaited", error=str(error), given_up_in_s=round(left_s, 1))
            await asyncio.sleep(min(pause_s, left_s))
            pause_s = min(2.0 * pause_s, _PAUSES_S[1])


async def _opened(url: str, pool_size: int) -> Store:
    store = await Store.open(url, pool_size)
    try:
        await store.migrate()
    except BaseException:
        await store.aclose()
        raise
    return store

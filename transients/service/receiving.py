"""Alerts that are sent to us: stored before the sender is told so, then understood."""

from __future__ import annotations

import asyncio

import structlog

from schemas import RawAlert
from schemas.errors import ServiceUnreachable
from transients.store import Store

from .intake import Intake

#: A sender is told within this that it must try again.
_PATIENCE_S = 30.0

_log = structlog.get_logger("transients.receiving")


class Receiving:
    """Takes alerts by HTTP into the inbox."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self._store, self._intake = store, intake

    async def take(self, raw: RawAlert) -> bool:
        """Store an alert. Whether its content was new.

        Raises
        ------
        TransientsError
            It is not stored. A fault in understanding is none: the workers look for what is not understood yet.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                stored = await self._store.put_raw(raw)
        except TimeoutError:
            raise ServiceUnreachable(f"the inbox did not answer within {_PATIENCE_S:g} s") from None
        if stored.new:
            try:
                await self._intake.understand(raw)
            except Exception as error:
                _log.warning(
                    "a stored alert is not understood yet", action="understand-later", content_id=raw.content_id, error=str(error)
                )
        return stored.new

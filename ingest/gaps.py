"""Telling whoever keeps gaps of what may be missing on a line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from schemas import Gap

#: Takes a gap: first with its end open, then, the same gap, with its end.
OnGap = Callable[[Gap], Awaitable[None]]
#: Who keeps gaps may be away; the line is not held up by it for longer …
_PATIENCE_S = 5.0
#: … and what could not be told is told again after this.
_AGAIN_S = 30.0


class GapTeller:
    """Tells each gap, in order, until it was taken.

    Parameters
    ----------
    source : str
        Whose gaps.
    on_gap : callable, optional
        Takes them; None: nobody does, they are only logged. A failure is logged and told again later.
    """

    def __init__(self, source: str, on_gap: OnGap | None) -> None:
        self._on_gap = on_gap
        self._untold: list[Gap] = []
        self._tried_s = float("-inf")
        self._log = structlog.get_logger("ingest.gaps").bind(source=source)

    async def tell(self, *gaps: Gap) -> None:
        """Tell these, after those that could not be told before."""
        if self._on_gap is None:
            return
        self._untold.extend(gaps)
        if not self._untold or (not gaps and time.monotonic() - self._tried_s < _AGAIN_S):
            return
        self._tried_s = time.monotonic()
        while self._untold:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._on_gap(self._untold[0])
            except Exception as error:
                self._log.warning("a gap could not be noted", action="gap-untold", error=f"{type(error).__name__}: {error}")
                return
            self._untold.pop(0)

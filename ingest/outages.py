"""Telling when a line fell silent, and when it is heard again: what was sent in between may be missing."""

from __future__ import annotations

import msgspec

from schemas import Gap

from .base import utc_now
from .gaps import GapTeller, OnGap

__all__ = ["OnGap", "Outages"]


class Outages:
    """The outages of one line that keeps nothing for who is away.

    Parameters
    ----------
    source, topic : str
        Whose line.
    on_gap : callable, optional
        Told of each outage at its beginning and at its end. A failure is logged and told again later.
    """

    def __init__(self, source: str, topic: str, on_gap: OnGap | None) -> None:
        self._source, self._topic = source, topic
        self._teller = GapTeller(source, on_gap)
        self._heard = utc_now()
        self._open: Gap | None = None

    async def begins(self, why: str) -> None:
        """Nothing is heard any more, since the last time something was. Within an outage: nothing new."""
        if self._open is None:
            self._open = Gap(source=self._source, topic=self._topic, reason="silence", since=self._heard, remark=why)
            await self._teller.tell(self._open)

    async def heard(self) -> None:
        """Something came."""
        self._heard = utc_now()
        if self._open is not None:
            ended, self._open = msgspec.structs.replace(self._open, until=self._heard), None
            await self._teller.tell(ended)
        else:
            await self._teller.tell()

    async def left(self, why: str) -> None:
        """The line is left with something unfinished: a gap whose end is now."""
        gap = Gap(source=self._source, topic=self._topic, reason="silence", since=self._heard, until=utc_now(), remark=why)
        await self._teller.tell(gap)

"""When a line that keeps nothing for who is away fell silent, and when it was heard again."""

from __future__ import annotations

import msgspec

from schemas import Gap

from .base import utc_now
from .gaps import GapTeller, OnGap


class Outages:
    """The outages of one line: what was sent in between may be missing.

    Parameters
    ----------
    source, topic : str
        Whose line.
    on_gap : callable, optional
        Told of each outage at its beginning and at its end.
    """

    def __init__(self, source: str, topic: str, on_gap: OnGap | None) -> None:
        self._source, self._topic = source, topic
        self._teller = GapTeller(source, on_gap)
        self._heard = utc_now()
        self._open: Gap | None = None

    async def begins(self, why: str) -> None:
        """Nothing is heard any more, since the last time something was. Within an outage: nothing new."""
        if self._open is None:
            self._open = self._gap(why)
            await self._teller.tell(self._open)

    async def heard(self) -> None:
        """Something came."""
        self._heard = utc_now()
        if self._open is None:
            await self._teller.tell()
        else:
            ended, self._open = msgspec.structs.replace(self._open, until=self._heard), None
            await self._teller.tell(ended)

    async def left(self, why: str) -> None:
        """The line is left with something unfinished: a gap whose end is now."""
        await self._teller.tell(msgspec.structs.replace(self._gap(why), until=utc_now()))

    def _gap(self, why: str) -> Gap:
        return Gap(source=self._source, topic=self._topic, reason="silence", since=self._heard, remark=why)

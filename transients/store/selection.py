"""Choosing from the inbox: what came by a source or topic, between two times or offsets, or belongs to an event."""

from __future__ import annotations

from collections.abc import AsyncIterator

from schemas import Instant, RawAlert, Record

from .database import searchable, stamp_or_none
from .inbox import Inbox, raw_of

#: Deliveries read at once: bodies are mostly some thousand bytes, sky maps a few million.
_PAGE = 50


class InboxQuery(Record, frozen=True, kw_only=True):
    """Which deliveries are wanted. Every condition that is set must hold."""

    #: Contents, as an event's history lists them.
    content_ids: tuple[str, ...] | None = None
    source: str | None = None
    topic: str | None = None
    #: Received from here (included) to there (excluded).
    received_from: Instant | None = None
    received_before: Instant | None = None
    #: Offsets from here (included) to there (excluded).
    offset_from: int | None = None
    offset_before: int | None = None


class Selection(Inbox):
    """Reading the inbox back."""

    async def select(self, query: InboxQuery) -> AsyncIterator[RawAlert]:
        """The deliveries that match, in the order they came; a document that came twice is given twice."""
        wanted = (
            None if query.content_ids is None else list(query.content_ids), searchable(query.source), searchable(query.topic),
            stamp_or_none(query.received_from), stamp_or_none(query.received_before), query.offset_from, query.offset_before,
        )  # fmt: skip
        last = 0
        while rows := await self._rows("select_deliveries", last, *wanted, _PAGE):
            for row in rows:
                yield raw_of(row)
            last = rows[-1]["delivery_id"]

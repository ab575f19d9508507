"""Quarantine: documents that no handler has taken. Their bytes stay, to be looked at and given to better handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import Instant, Refusal, from_json
from schemas.errors import NotFound, RefusedInput

from .database import searchable, stamp_or_none
from .inbox import Inbox
from .records import QuarantineQuery, RefusedAlert

#: Names shorter than this are refused: too many documents begin so.
_LEAST_PREFIX = 4


class Quarantine(Inbox):
    """Looking at refused documents; what became of each when it is parsed anew is the matter of `Understood`."""

    async def refused(self, limit: int = 100, offset: int = 0) -> tuple[RefusedAlert, ...]:
        """Documents not taken, newest first."""
        return await self.quarantine(QuarantineQuery(limit=limit, offset=offset))

    async def quarantine(self, query: QuarantineQuery) -> tuple[RefusedAlert, ...]:
        """Documents not taken that match, newest first."""
        return tuple(_refused(row) for row in await self._rows("refused", *_conditions(query), query.limit, query.offset))

    async def quarantine_counts(self, query: QuarantineQuery | None = None) -> Mapping[str, int]:
        """How many documents that match are refused for each reason, the most frequent first; limit and offset do not matter."""
        rows = await self._rows("refused_by_reason", *_conditions(query or QuarantineQuery()))
        return {row["reason"]: row["documents"] for row in rows}

    async def content_id_of(self, prefix: str) -> str:
        """The one document whose content id begins so.

        Raises
        ------
        NotFound
            There is none.
        RefusedInput
            There are several, or it is no beginning of a content id.
        """
        if len(prefix) < _LEAST_PREFIX or not set(prefix) <= set("0123456789abcdef"):
            raise RefusedInput(f"a document is named by its SHA-256, at least {_LEAST_PREFIX} characters of it", where=prefix)
        rows = await self._rows("content_ids", prefix)
        if not rows:
            raise NotFound("no such document", where=prefix)
        if len(rows) > 1:
            raise RefusedInput("several documents are called so: give more characters", where=prefix)
        found: str = rows[0]["content_id"]
        return found


def _conditions(query: QuarantineQuery) -> tuple[Any, ...]:
    return searchable(query.reason), searchable(query.kind), searchable(query.source), stamp_or_none(query.since)


def _refused(row: Any) -> RefusedAlert:
    refusal = from_json(row["record"], Refusal)
    return RefusedAlert(
        content_id=row["content_id"],
        source=row["source"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        received=Instant.parse(row["received_utc"]),
        reason=refusal.reason,
        message=refusal.message,
        kind=refusal.kind,
        size=row["size"],
        expired=row["expired"],
    )

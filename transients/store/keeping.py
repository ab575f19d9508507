"""What the inbox holds, and what of it goes by policy: bytes only, never a word of what was understood."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Instant

from .database import Database, instant, stamp
from .records import InboxPart

#: Documents whose bytes go in one transaction.
_AT_ONCE = 1000


class Keeping(Database):
    """Counting and expiring."""

    async def inbox_parts(self) -> tuple[InboxPart, ...]:
        """Numbers of the documents, by the source of their first delivery and what they turned out to be."""
        return tuple(
            InboxPart(
                source=row["source"],
                outcome=row["outcome"],
                documents=row["documents"],
                bytes_came=row["bytes_came"],
                bytes_kept=row["bytes_kept"],
                expired=row["expired"],
                first=instant(row["first"]),
                last=instant(row["last"]),
            )
            for row in await self._rows("inbox_parts")
        )

    async def expire(self, policy: Sequence[tuple[str, Instant]]) -> tuple[int, int]:
        """Let go of the bytes of documents by a policy; everything else about them stays.

        Parameters
        ----------
        policy : sequence of (str, Instant)
            Pattern of topics ("*" any characters, "?" one) and an instant: documents go that came on such a topic before it.
            The first pattern that fits a topic counts; a topic that fits none keeps its documents, and a document that came
            on several goes when it may go from each.

        Returns
        -------
        documents, size_bytes : int, int
            How many went, and how many bytes they had. Never one that waits for a handler, or that is a notice of an event
            with a result.
        """
        patterns, instants = [_like(pattern) for pattern, _ in policy], [stamp(before) for _, before in policy]
        documents = size_bytes = 0
        while policy:
            rows = await self._rows("expire_bodies", patterns, instants, _AT_ONCE)
            documents += len(rows)
            size_bytes += sum(row["size"] for row in rows)
            if len(rows) < _AT_ONCE:
                break
        return documents, size_bytes


def _like(pattern: str) -> str:
    """A pattern of topics as LIKE has it."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_").replace("\x00", "\ufffd")

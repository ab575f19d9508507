"""What must hold of the whole database: looked at in one snapshot, beside a service at work."""

from __future__ import annotations

from typing import Any

import msgspec

from schemas import Assessment, Circular, Event, Message, Publication, Record, from_json

from .database import Database, translated
from .queries import load_queries

_RECORDS: dict[str, type[Record]] = {kind.__name__: kind for kind in (Assessment, Circular, Event, Message, Publication)}
#: Records fetched at a time, to bound memory.
_AT_ONCE = 500
#: Seconds that one query may take: a database of years is walked, not looked up.
_PATIENCE_S = 3600.0


class Violation(Record, frozen=True, kw_only=True):
    """A place where something does not hold."""

    #: Which part was looked at: "documents", "events" …
    invariant: str
    place: str
    message: str


class Checked(Record, frozen=True, kw_only=True):
    """What was looked at, in numbers of rows, and what does not hold there."""

    checked: dict[str, int]
    violations: tuple[Violation, ...] = ()


def _invariants() -> dict[str, str]:
    """Queries that give the places where something does not hold, by what they look at."""
    return {
        "documents": load_queries()["check_documents"],
        "blobs": load_queries()["check_blobs"],
        "lines": load_queries()["check_lines"],
        "folding": load_queries()["check_folding"],
        "events": load_queries()["check_events"],
        "assessments": load_queries()["check_assessments"],
        "statements": load_queries()["check_statements"],
        "jobs": load_queries()["check_jobs"],
    }


class Checks(Database):
    """The part of the store that looks at the whole."""

    async def check(self) -> Checked:
        """Walk the whole database; changes nothing."""
        found: list[Violation] = []
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                counts = dict(await connection.fetchrow(load_queries()["check_counts"], timeout=_PATIENCE_S))
                for name, query in _invariants().items():
                    rows = await connection.fetch(query, timeout=_PATIENCE_S)
                    found += [Violation(invariant=name, place=row["place"], message=row["message"]) for row in rows]
                found += await self._unreadable(connection)
        return Checked(checked=counts, violations=tuple(found))

    async def _unreadable(self, connection: Any) -> list[Violation]:
        """Records that this version cannot read."""
        found: list[Violation] = []
        async for row in connection.cursor(load_queries()["check_records"], prefetch=_AT_ONCE, timeout=_PATIENCE_S):
            try:
                from_json(row["record"], _RECORDS[row["kind"]])
            except (msgspec.MsgspecError, ValueError) as error:
                found.append(Violation(invariant="records", place=row["place"], message=f"cannot be read: {error}"))
        return found

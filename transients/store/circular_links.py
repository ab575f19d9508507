"""Circulars of events: linked by what each calls the event, so either may come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import handlers.names
from schemas import CircularLink, from_json, to_json

from .database import searchable
from .inbox import Inbox

#: Events of the version before that are named in one transaction.
_AT_ONCE = 500


class CircularLinks(Inbox):
    """Keeping circulars and finding those of an event."""

    async def put_circular_links(self, found: Sequence[tuple[str, CircularLink]]) -> None:
        """Keep what circulars are about, by the documents that brought them; each edit of a circular is kept beside the others."""
        if not found:
            return
        rows = [
            (searchable(link.circular_id), link.version, content_id, names_json(link.aliases), to_json(link).decode())
            for content_id, link in found
        ]
        await self._do("put_circular_links", *map(list, zip(*rows, strict=True)))

    async def circulars_of(self, event_key: str) -> tuple[CircularLink, ...]:
        """The circulars about an event, each in its newest edit, in the order of their numbers."""
        return tuple(from_json(row["record"], CircularLink) for row in await self._rows("circulars_of", event_key))

    async def circular_edits(self, circular_id: str) -> tuple[CircularLink, ...]:
        """Every edit of a circular that came, the first first."""
        return tuple(
            from_json(row["record"], CircularLink) for row in await self._rows("circular_edits", searchable(circular_id))
        )

    async def events_of_circular(self, circular_id: str) -> tuple[str, ...]:
        """Keys of the events that a circular is about, by its newest edit; latest event first."""
        return tuple(row["event_key"] for row in await self._rows("events_of_circular", searchable(circular_id)))

    async def name_events(self) -> int:
        """Name the events that a version before left without names. Gives how many there were."""
        named = 0
        while rows := await self._rows("unnamed_events", _AT_ONCE):
            names = [names_json(handlers.names.event_names(row["origin"], row["event_id"], row["aliases"])) for row in rows]
            await self._do("name_events", [row["event_key"] for row in rows], names)
            named += len(rows)
        return named


def names_json(names: Iterable[str]) -> str:
    """Names as a JSON array, fit for a text column."""
    return to_json(sorted({searchable(name) or "" for name in names} - {""})).decode()

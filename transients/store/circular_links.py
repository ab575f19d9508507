"""Circulars of events: linked by what each calls the event, so either may come first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from schemas import CircularLink, Event, from_json, to_json

from .database import searchable, stamp_or_none
from .inbox import Inbox

#: What is written in one circular and left out in the next: "GRB 230307A", "GRB230307A"; "IceCube-230416A", "IceCube 230416A".
_LOOSE = re.compile(r"[\s_-]+")
#: Shorter names mean nothing without their origin: a trigger number of another instrument.
_LEAST_CHARACTERS = 5


class CircularLinks(Inbox):
    """Keeping circulars and finding those of an event."""

    async def put_circular_links(self, found: Sequence[tuple[str, CircularLink]]) -> None:
        """Keep what circulars are about, by the documents that brought them; each edit of a circular is kept beside the others."""
        if not found:
            return
        rows = [
            (
                searchable(link.circular_id),
                link.version,
                content_id,
                "\x1f".join(link_names(link)),
                stamp_or_none(link.time),
                to_json(link).decode(),
            )
            for content_id, link in found
        ]
        await self._do("put_circular_links", *map(list, zip(*rows, strict=True)))

    async def circulars_of(self, event: Event) -> tuple[CircularLink, ...]:
        """The circulars about an event, each in its newest edit, in the order of their numbers."""
        names = sorted(event_names(event))
        return tuple(from_json(row["record"], CircularLink) for row in await self._rows("circulars_of", names))

    async def circular_edits(self, circular_id: str) -> tuple[CircularLink, ...]:
        """Every edit of a circular that came, the first first."""
        return tuple(
            from_json(row["record"], CircularLink) for row in await self._rows("circular_edits", searchable(circular_id))
        )

    async def events_of_circular(self, circular_id: str) -> tuple[str, ...]:
        """Keys of the events that a circular is about, by its newest edit; latest event first."""
        return tuple(row["event_key"] for row in await self._rows("events_of_circular", searchable(circular_id)))


def one_form(name: str) -> str:
    """A name without what people write or leave out: blanks, hyphens, underscores, capitals."""
    return _LOOSE.sub("", name.replace("\x00", "").replace("\x1f", "")).casefold()


def link_names(link: CircularLink) -> tuple[str, ...]:
    """What a circular calls its event, in one form."""
    return _forms((*link.aliases, *([link.event_id] if link.event_id is not None else [])))


def event_names(event: Event) -> tuple[str, ...]:
    """What an event is called, in one form."""
    return _forms((event.event_id, *event.aliases))


def _forms(names: Iterable[str]) -> tuple[str, ...]:
    forms = dict.fromkeys(one_form(name) for name in names)
    return tuple(form for form in forms if len(form) >= _LEAST_CHARACTERS)

"""Events: notices folded together, one revision per notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

import handlers.names
from schemas import RECORDS_VERSION, Assessment, Event, Instant, Notice, from_json, to_json
from schemas.errors import NotFound

from .assessments import Assessments
from .circular_links import names_json
from .database import searchable, stamp, stamp_or_none
from .records import Change, EventPage, EventQuery, Listed


class Fold(Protocol):
    """The pure folding, as `handlers.fold` is: the event with the notice in it, or None when it makes no event."""

    def __call__(self, event: Event | None, notice: Notice, /, *, content_id: str, received: Instant) -> Event | None: ...


@dataclasses.dataclass(frozen=True)
class Folding:
    """A notice to fold into its event: the document it was read from, and when that came."""

    event_key: str
    content_id: str
    notice: Notice
    received: Instant


class Events(Assessments):
    """Folding and reading."""

    async def fold(
        self, content_id: str, notice: Notice, received: Instant, fold_fn: Fold, *, event_key: str | None = None
    ) -> Event | None:
        """Fold a notice into its event, under a lock: of any number of workers none loses another's notice.

        Parameters
        ----------
        content_id : str
            The document the notice was read from; each is folded in once.
        notice : Notice
            What to fold.
        received : Instant
            When it came.
        fold_fn : callable
            The pure folding, `handlers.fold`; it must count `revision` up by one, or give the event back as it was.
        event_key : str, optional
            By default `handlers.event_key(notice)`.

        Returns
        -------
        Event or None
            The event with the notice in it. None when nothing changed: it had been folded in before, or makes no event.
        """
        key = handlers.event_key(notice) if event_key is None else event_key
        return (await self.fold_many([Folding(key, content_id, notice, received)], fold_fn))[0]

    async def fold_many(self, foldings: Sequence[Folding], fold_fn: Fold) -> list[Event | None]:
        """Fold notices into their events, in order, all or nothing: as `fold` does one.

        Returns
        -------
        list of Event or None
            One for each notice: its event as it was with this notice in it, or None when nothing changed.
        """
        if not foldings:
            return []
        async with self.transaction():
            standing = await self._lock(foldings)
            folded = await self._folded(foldings)
            found = [_fold_one(folding, standing, folded, fold_fn) for folding in foldings]
            await self._save(foldings, found)
        return found

    async def event(self, event_key: str, as_of: Instant | None = None) -> Event:
        """The event as folded so far, or as this database knew it at an instant. Raises NotFound."""
        row = await self._row("event_as_of", event_key, stamp_or_none(as_of))
        if row is None:
            known = "" if as_of is None else f" known at {as_of}"
            raise NotFound(f"no event {event_key}{known}")
        return from_json(row["record"], Event)

    async def event_revisions(self, event_key: str) -> tuple[Event, ...]:
        """Every revision of an event, oldest first. Raises NotFound."""
        rows = await self._rows("event_revisions", event_key)
        if not rows:
            raise NotFound(f"no event {event_key}")
        return tuple(from_json(row["record"], Event) for row in rows)

    async def event_keys(self, name: str) -> tuple[str, ...]:
        """Keys of the events that are called so: by key, identity or alias; latest first.

        Where none is, those that a circular calls so ("GRB 230307A", which GBM's notices never say).
        """
        names = sorted({name, *handlers.names.names_in(name)})
        rows = await self._rows("event_keys", name, names) or await self._rows("events_by_circulars", names)
        return tuple(row["event_key"] for row in rows)

    async def find_events(self, query: EventQuery) -> EventPage:
        """Events with their newest assessments, newest T0 first."""
        window = (stamp_or_none(query.t0_from), stamp_or_none(query.t0_before))
        conditions = (query.messenger, query.origin, query.role, query.text, *window)
        rows = await self._rows("find_events", *conditions, query.limit, query.offset)
        if rows:
            total = rows[0]["total"]
        else:
            total = 0 if query.offset == 0 and query.limit > 0 else (await self._row("count_events", *conditions))["total"]
        return EventPage(items=tuple(_listed(row) for row in rows), total=total)

    async def events(self, limit: int = 100, query: EventQuery | None = None) -> tuple[Event, ...]:
        """The newest events that match, without their assessments."""
        page = await self.find_events(msgspec.structs.replace(query or EventQuery(), limit=limit))
        return tuple(item.event for item in page.items)

    async def _lock(self, foldings: Sequence[Folding]) -> dict[str, Event | None]:
        """Hold the events, made where they are new, and give each as it stands; in the order of their keys, as everybody does."""
        new = sorted({folding.event_key: folding.notice for folding in reversed(foldings)}.items())
        rows = [(key, notice.event_id, notice.origin, notice.messenger, notice.role) for key, notice in new]
        locked = await self._rows("lock_events", *map(list, zip(*rows, strict=True)))
        standing: dict[str, Event | None] = {row["event_key"]: None for row in locked}
        last = [(row["event_key"], row["revision"]) for row in locked if row["revision"] > 0]
        if last:
            for row in await self._rows("last_events", *map(list, zip(*last, strict=True))):
                standing[row["event_key"]] = from_json(row["record"], Event)
        return standing

    async def _folded(self, foldings: Sequence[Folding]) -> set[tuple[str, str]]:
        """Of the notices, which are part of their events already."""
        rows = await self._rows("folded", [each.event_key for each in foldings], [each.content_id for each in foldings])
        return {(row["event_key"], row["content_id"]) for row in rows}

    async def _save(self, foldings: Sequence[Folding], found: Sequence[Event | None]) -> None:
        made = [(folding, event) for folding, event in zip(foldings, found, strict=True) if event is not None]
        if made:
            revisions = [
                (event.event_key, event.revision, folding.content_id, stamp(folding.received), to_json(event).decode())
                for folding, event in made
            ]
            await self._do("put_event_revisions", *map(list, zip(*revisions, strict=True)), RECORDS_VERSION)
            last = {event.event_key: event for _, event in made}
            await self._do("set_events", *map(list, zip(*map(_state, last.values()), strict=True)))
            await self._tell_all([Change(event_key=event.event_key, revision=event.revision) for event in last.values()])
        if len(made) < len(found):
            # The folding made nothing of an event's first notice.
            await self._do("drop_empty_events", sorted({folding.event_key for folding in foldings}))


def _fold_one(folding: Folding, standing: dict[str, Event | None], folded: set[tuple[str, str]], fold_fn: Fold) -> Event | None:
    """The event with the notice in it, which then stands; None when nothing changes."""
    key, place = folding.event_key, (folding.event_key, folding.content_id)
    if place in folded:
        return None
    last = standing[key]
    event = fold_fn(last, folding.notice, content_id=folding.content_id, received=folding.received)
    if event is None or event == last:
        return None
    _require_next(key, last, event)
    folded.add(place)
    standing[key] = event
    return event


def _state(event: Event) -> tuple[Any, ...]:
    """The columns of an event as it stands. Arrays of arrays must be rectangular, so names go as JSON."""
    identity = (event.event_key, event.revision, event.event_id, event.origin, event.messenger, event.role, event.state)
    aliases = to_json([searchable(name) for name in event.aliases]).decode()
    names = names_json(handlers.names.event_names(event.origin, event.event_id, event.aliases))
    return (*identity, aliases, names, stamp_or_none(event.t0))


def _require_next(key: str, last: Event | None, event: Event) -> None:
    if event.event_key != key:
        raise ValueError(f"folding {key} gave another event, {event.event_key}")
    expected = 1 if last is None else last.revision + 1
    if event.revision != expected:
        raise ValueError(f"folding {key} gave revision {event.revision}, not {expected}")


def _listed(row: Any) -> Listed:
    found = row["assessment"]
    return Listed(event=from_json(row["event"], Event), assessment=None if found is None else from_json(found, Assessment))

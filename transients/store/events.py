"""Events: notices folded together, one revision per notice."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

import handlers
from schemas import RECORDS_VERSION, Assessment, Event, Instant, Notice, from_json, to_json
from schemas.errors import NotFound

from .assessments import Assessments
from .database import stamp, stamp_or_none
from .records import EventPage, EventQuery, Listed


class Fold(Protocol):
    """The pure folding, as `handlers.fold` is: the event with the notice in it, or None when it makes no event."""

    def __call__(self, event: Event | None, notice: Notice, /, *, content_id: str, received: Instant) -> Event | None: ...


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
        async with self.transaction():
            await self._row("lock_event", key, notice.event_id, notice.origin, notice.messenger, notice.role)
            if await self._row("folded", key, content_id) is not None:
                return None
            last = await self._last_event(key)
            event = fold_fn(last, notice, content_id=content_id, received=received)
            if event is None or event == last:
                await self._do("drop_empty_event", key)
                return None
            _require_next(key, last, event)
            await self._save(event, content_id, received)
        return event

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
        """Keys of the events that are called so: by key, identity or alias; latest first."""
        return tuple(row["event_key"] for row in await self._rows("event_keys", name))

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

    async def _last_event(self, key: str) -> Event | None:
        row = await self._row("last_event", key)
        return None if row is None else from_json(row["record"], Event)

    async def _save(self, event: Event, content_id: str, received: Instant) -> None:
        key = event.event_key
        record = to_json(event).decode()
        await self._do("put_event_revision", key, event.revision, content_id, stamp(received), record, RECORDS_VERSION)
        identity = (event.event_id, event.origin, event.messenger, event.role, event.state)
        await self._do("set_event", key, event.revision, *identity, list(event.aliases), stamp_or_none(event.t0))
        await self._tell("event", key, event.revision)


def _require_next(key: str, last: Event | None, event: Event) -> None:
    if event.event_key != key:
        raise ValueError(f"folding {key} gave another event, {event.event_key}")
    expected = 1 if last is None else last.revision + 1
    if event.revision != expected:
        raise ValueError(f"folding {key} gave revision {event.revision}, not {expected}")


def _listed(row: Any) -> Listed:
    found = row["assessment"]
    return Listed(event=from_json(row["event"], Event), assessment=None if found is None else from_json(found, Assessment))

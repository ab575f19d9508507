"""The JSON API: the same records that travel inside."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from schemas import Assessment, CircularLink, Event, Record
from schemas.errors import NotFound
from transients.store import EventPage, EventQuery, Totals

from .inject import TheStatus, TheStore
from .keys import segment_to_key
from .ports import StatusCard

Limit = Annotated[int, Parameter(ge=1, le=500, description="At most this many")]
Offset = Annotated[int, Parameter(ge=0, le=10_000_000, description="Left out from the start")]
Text = Annotated[str, Parameter(max_length=200, description="Part of the event's name")]
Revision = Annotated[int | None, Parameter(ge=1, le=2_000_000_000, description="The newest by default")]


class StatusAnswer(Record, frozen=True, kw_only=True):
    """The status card and the database's numbers."""

    status: StatusCard
    totals: Totals


class EventAnswer(Event, frozen=True, kw_only=True):
    """An event, and the circulars that were sent about it."""

    circulars: tuple[CircularLink, ...] = ()


@get("/events", summary="Events with their newest assessments, newest first")
async def list_events(
    store: TheStore,
    messenger: str | None = None,
    origin: str | None = None,
    role: str | None = None,
    q: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> EventPage:
    """Events that match every condition given."""
    return await store.find_events(EventQuery(messenger=messenger, origin=origin, role=role, text=q, limit=limit, offset=offset))


@get("/events/{key:str}", summary="An event as its notices describe it, and the circulars about it")
async def get_event(store: TheStore, key: str) -> EventAnswer:
    """The event; in its key "/" is written "~1" and "~" is written "~0"."""
    event = await store.event(segment_to_key(key))
    return EventAnswer(**msgspec.structs.asdict(event), circulars=await store.circulars_of(event.event_key))


@get("/events/{key:str}/assessment", summary="An assessment of an event")
async def get_assessment(store: TheStore, key: str, revision: Revision = None) -> Assessment:
    """An assessment of an event, the newest by default."""
    found = await store.assessment(segment_to_key(key), revision)
    if found is None:
        raise NotFound("nothing is computed for this event yet")
    return found


@get("/status", summary="The status card")
async def get_status(store: TheStore, status: TheStatus) -> StatusAnswer:
    """State of the observatory's data and of this service."""
    return StatusAnswer(status=await status(), totals=await store.totals())


api = Router("/api/v1", route_handlers=[list_events, get_event, get_assessment, get_status], tags=["events"])

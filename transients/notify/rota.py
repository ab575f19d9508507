"""Who is on shift, from an iCalendar file: recurring, overlapping, in any time zone."""

from __future__ import annotations

import asyncio
import datetime as dt
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import icalendar
import recurring_ical_events

from schemas import Contact, Instant, Shift
from schemas.errors import ConfigurationError, RefusedInput, ServiceRefused, ServiceUnreachable

from .contacts import read_contact

#: A rota is small; more is not one.
_MOST_BYTES = 5_000_000


def on_shift(ics: bytes, at: Instant, contacts: Mapping[str, tuple[str, ...]], *, time_zone: str = "UTC") -> tuple[Shift, ...]:
    """The shifts that run at an instant, by start, then person; cancelled ones are left out.

    Parameters
    ----------
    ics : bytes
        The calendar. SUMMARY is the person's name, CATEGORIES the role ("burst advocate" where there is none).
    at : Instant
        A shift covers its start and not its end, so at a handover exactly one is on.
    contacts : mapping of name to contacts
        As in the settings; a person who is not in it has a shift without contacts.
    time_zone : str
        Where times without a zone and whole days belong, unless the calendar says (X-WR-TIMEZONE).

    Raises
    ------
    RefusedInput
        If the bytes are no calendar.
    ConfigurationError
        If the time zone does not exist.
    """
    try:
        calendar = icalendar.Calendar.from_ical(ics)
        zone = zoneinfo.ZoneInfo(str(calendar.get("X-WR-TIMEZONE") or time_zone))
        when = at.to_datetime()
        # A day on each side: times without a zone are placed by us, not by the query.
        day = dt.timedelta(days=1)
        events = recurring_ical_events.of(calendar).between(when - day, when + day)
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise ConfigurationError(f"no such time zone: {error}", where="rota") from error
    except (ValueError, KeyError, AttributeError, TypeError, recurring_ical_events.InvalidCalendar) as error:
        raise RefusedInput(f"not an iCalendar rota: {error}", where="rota") from error
    shifts = {shift for event in events if (shift := _shift(event, when, zone, contacts)) is not None}
    return tuple(sorted(shifts, key=lambda s: (s.start, s.person)))


def _shift(event: Any, when: dt.datetime, zone: dt.tzinfo, contacts: Mapping[str, tuple[str, ...]]) -> Shift | None:
    start, stop = _moment(event.start, zone), _moment(event.end, zone)
    person = str(event.get("SUMMARY", "")).strip()
    if not start <= when < stop or not person or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    return Shift(
        person=person,
        start=Instant.from_datetime(start),
        stop=Instant.from_datetime(stop),
        role=_role(event),
        contacts=contacts_of(person, contacts),
    )


def _moment(value: dt.date, zone: dt.tzinfo) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=zone)
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(dt.UTC)


def _role(event: Any) -> str:
    categories = event.get("CATEGORIES")
    if categories is None:
        return "burst advocate"
    first = categories[0] if isinstance(categories, list) else categories
    return str(first.cats[0]).strip() if first.cats else "burst advocate"


def contacts_of(person: str, contacts: Mapping[str, tuple[str, ...]]) -> tuple[Contact, ...]:
    """A person's contacts; names are compared without regard to case and doubled blanks."""
    wanted = " ".join(person.casefold().split())
    texts = next((texts for name, texts in contacts.items() if " ".join(name.casefold().split()) == wanted), ())
    return tuple(read_contact(text) for text in texts)


async def read_rota(place: str, *, timeout_s: float = 20.0) -> bytes:
    """The rota's bytes, from a file or an address.

    Raises
    ------
    ConfigurationError
        The file cannot be read.
    ServiceUnreachable, ServiceRefused
        The address does not answer, or not with a calendar of sensible size.
    """
    if not place.startswith(("http://", "https://")):
        try:
            return await asyncio.to_thread(Path(place).read_bytes)
        except OSError as error:
            raise ConfigurationError(str(error), where=place) from error
    try:
        async with httpx2.AsyncClient(timeout=timeout_s, trust_env=False, follow_redirects=True) as client:
            reply = await client.get(place)
    except httpx2.HTTPError as error:
        raise ServiceUnreachable(type(error).__name__, where="rota") from error
    if not reply.is_success or len(reply.content) > _MOST_BYTES:
        raise ServiceRefused(f"HTTP {reply.status_code}, {len(reply.content)} bytes", where="rota")
    return reply.content

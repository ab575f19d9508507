"""The canary: an alert of our own goes the way of every alert, again and again; when one does not come through, somebody is told.

Its bytes follow from the time alone, so any number of processes that let one fly let the same fly. It is a test: it is worked on,
and nothing of it leaves the house.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence

import structlog

from handlers.canary import KIND, ORIGIN
from ingest.base import raw_alert
from schemas import Contact, Event, Instant, Message, RawAlert
from schemas.errors import TransientsError
from transients.config import Settings
from transients.missions import seconds_between, shift
from transients.notify import channels, deliver, read_contact
from transients.store import EventQuery, Store

from . import metrics
from .parts import utc_now
from .people import people_on_shift

#: T0 lies this long before: the searched window and the delay of real-time data have passed.
_T0_BEFORE_S = 600.0
#: How often the last one is looked at, s.
_LOOK_S = 15.0
#: Those that flew within this time, s, are looked at: not all there ever were, every quarter of a minute.
_REMEMBERED_S = 30 * 86400.0
#: A canary that did not come through is told as one of this event.
_MESSAGES_OF = f"{ORIGIN}:service"

log = structlog.get_logger("transients.canary")


def slot_of(now: Instant, interval_s: float) -> Instant:
    """The last moment at which a canary flies."""
    seconds = now.to_datetime().timestamp()
    return Instant.from_unix_ms(1000.0 * (seconds - seconds % interval_s))


def canary_bytes(slot: Instant) -> bytes:
    """The canary of a moment; its place goes round the sky."""
    turn = slot.to_datetime().timestamp() / 86400.0
    said = {
        "canary": f"canary-{slot.utc}",
        "issued": slot.iso,
        "t0": shift(slot, -_T0_BEFORE_S).iso,
        "ra_deg": round(360.0 * (turn % 1.0), 3),
        "dec_deg": round(80.0 * (2.0 * (turn / 7.0 % 1.0) - 1.0), 3),
    }
    return json.dumps(said).encode()


class CanarySource:
    """A source of alerts that gives a canary at once and then every `interval_s`."""

    name = "canary"

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        while not self._closed.is_set():
            slot = slot_of(utc_now(), self._interval_s)
            yield raw_alert(canary_bytes(slot), source=self.name, topic=KIND)
            left_s = self._interval_s - seconds_between(utc_now(), slot)
            with contextlib.suppress(TimeoutError):
                # Beyond the next moment: a timer that rings early must not give the same once more.
                await asyncio.wait_for(self._closed.wait(), max(left_s, 0.0) + 0.1)

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nobody waits for an answer."""

    async def aclose(self) -> None:
        """No more of them."""
        self._closed.set()


async def watch_canary(store: Store, settings: Settings, stopping: asyncio.Event, look_s: float = _LOOK_S) -> None:
    """Measure how canaries come through, and tell people of one that did not, until it stops."""
    started = utc_now()
    while not stopping.is_set():
        try:
            await look(store, settings, started, utc_now())
        except TransientsError as error:
            log.warning("the canary cannot be looked at", action="canary-lost", error=str(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), look_s)


async def look(store: Store, settings: Settings, started: Instant, now: Instant) -> bool:
    """Whether all is well: the last canary came through, or may still; `started` is since when it is looked."""
    canary = settings.canary
    since = shift(now, -max(_REMEMBERED_S, 2.0 * canary.interval_s))
    # The newest first.
    flown = (await store.find_events(EventQuery(origin=ORIGIN, t0_from=since, limit=20))).items
    through = [(each.event, each.assessment) for each in flown if each.assessment and each.assessment.verdict != "pending"]
    if through:
        event, result = through[0]
        metrics.CANARY_AGE.set(seconds_between(now, _slot(event)))
        metrics.CANARY_SECONDS.set(seconds_between(result.created, event.history[-1].received))
    due = slot_of(shift(now, -canary.patience_s), canary.interval_s)
    waiting_since = max(started, flown[0].event.history[-1].received) if flown else started
    if (through and _slot(through[0][0]) >= due) or seconds_between(now, waiting_since) < canary.patience_s:
        return True
    await _tell(store, settings, due, now)
    return False


def _slot(event: Event) -> Instant:
    assert event.t0 is not None
    return shift(event.t0, _T0_BEFORE_S)


async def _tell(store: Store, settings: Settings, due: Instant, now: Instant) -> None:
    """Each person and address once for each canary, whichever process finds out."""
    text = f"The canary of {due.utc} UTC did not come through within {settings.canary.patience_s:.0f} s: alerts may not be processed."
    if await store.hold():
        log.error("a canary did not come through; held, nobody is told", action="canary-late", due=due.utc)
        return

    async def save(message: Message) -> None:
        await store.advance_message(message)

    for person, contact in await _people(settings, now):
        message = Message(
            message_key=f"{ORIGIN}|{due.utc}|{contact.channel}:{contact.address}",
            event_key=_MESSAGES_OF,
            assessment_revision=0,
            to=person,
            contact=contact,
            subject="transients: alerts may not be processed",
            body=text,
        )
        intended, new = await store.intend_message(message)
        if new:
            metrics.CANARY_LATE.inc()
            log.error("a canary did not come through", action="canary-late", due=due.utc, told=person)
            try:
                await deliver(intended, channels(settings), now=utc_now, save=save)
            except TransientsError as error:
                log.error("nobody could be told", action="canary-untold", to=person, error=str(error))


async def _people(settings: Settings, now: Instant) -> list[tuple[str, Contact]]:
    shifts = await people_on_shift(settings, now)
    told = [(shift.person, contact) for shift in shifts for contact in shift.contacts]
    return told + [("always", read_contact(text)) for text in (*settings.notify.always, *settings.canary.tell)]

"""The jobs that let something out of the house: telling people, depositing results. All wait while the switch holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from schemas import Assessment, Contact, Event, Instant, Message, Publication
from schemas.errors import DatabaseUnreachable, NotYet, ServiceUnreachable, TransientsError
from transients.config import Settings
from transients.missions import seconds_between
from transients.notify import channels, deliver, messages_for, reached_now
from transients.publish import deposit_for, intended, may_leave, publisher, releases
from transients.report import is_complete
from transients.store import RetryLater, Store
from transients.store.queue import OUTSIDE

from .clock import MACHINE_CLOCK, Clock
from .people import people_on_shift
from .priorities import priority
from .watching import observe_stage

#: While the switch holds, jobs ask again after this, s.
HELD_S = 30.0
#: Messages on their way to one server at once, and when the next asks again, s.
AT_ONE_SERVER = OUTSIDE["deliver"] - 1
TAKE_TURNS_S = 0.5
#: Before another worker finds the job of one that lost the database, which takes it 1 s at least.
_WRITE_AGAIN_S = 0.2
#: Within a job a message is tried this often: a server that says nothing takes 30 s each time.
TRIES = 2
#: A message that could not be delivered is tried again after this, and until then so is no other to the same server …
DELIVER_AGAIN_S = 60.0
#: … for so long after the assessment it speaks of: later it is no news.
DELIVERED_WITHIN_S = 86400.0
#: The same of deposits, which others keep for ever: their service may be away for days.
DEPOSIT_AGAIN_S, DEPOSITED_WITHIN_S = 600.0, 7 * 86400.0
#: Verdicts that are worth a deposit.
DEPOSITED = ("detection", "non-detection", "inactive")


class Outgoing:
    """Handlers of the jobs "tell", "deliver", "publish" and "withdraw".

    Each message is a job of its own: whoever finds it worth telling, and however often, one worker delivers it.
    """

    def __init__(
        self, store: Store, settings: Settings, public_url: str, *, held_s: float = HELD_S, clock: Clock = MACHINE_CLOCK
    ) -> None:
        self._store = store
        self._clock = clock
        self._held_s = held_s
        self._settings = settings
        self._public_url = public_url
        self._channels = channels(settings)
        #: Until when servers that did not answer are left alone, s of the monotonic clock.
        self._silent_until: dict[str, float] = {}
        #: Messages that are being sent, by server.
        self._sending: Counter[str] = Counter()

    async def tell(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Tell whoever is on shift what this assessment is worth telling; each message once, whatever happens."""
        assert event_key is not None
        await self._held()
        told = await self._store.messages(event_key)
        shifts = await people_on_shift(self._settings, self._clock.now())
        if not told and not any(reached_now(shifts, self._settings.notify)):
            return
        event, assessment, previous = await self._facts(event_key, payload)
        url = f"{self._public_url}/events/{quote(event.event_key, safe='')}"
        for message in messages_for(event, assessment, previous, shifts, self._settings.notify, url, told=told):
            async with self._store.transaction():
                await self._store.intend_message(message)
                await self._store.enqueue(
                    "deliver",
                    event.event_key,
                    {"message_key": message.message_key},
                    dedupe_key=f"deliver:{message.message_key}",
                    priority=priority("tell"),
                )

    async def deliver(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Send an intended message; one that was sent is left alone."""
        message = await self._store.message(payload["message_key"])
        await self._held()
        server = server_of(message.contact)
        self._ask_leave(server)
        self._sending[server] += 1
        try:
            delivered = await deliver(message, self._channels, now=self._clock.now, save=self._save_message, attempts=TRIES)
        except TransientsError as error:
            if isinstance(error, ServiceUnreachable) and not isinstance(error, DatabaseUnreachable):
                self._silent_until[server] = time.monotonic() + DELIVER_AGAIN_S
            if error.retriable and await self._is_news(message):
                raise RetryLater(DELIVER_AGAIN_S, str(error)) from error
            raise
        finally:
            self._sending[server] -= 1
        if delivered.sent is not None and (
            assessment := await self._store.assessment(message.event_key, message.assessment_revision)
        ):
            observe_stage("told", assessment.created, delivered.sent)

    def _ask_leave(self, server: str) -> None:
        """Put a message off where its server is silent, or might be: one place is kept for the others."""
        alone_s = self._silent_until.get(server, 0.0) - time.monotonic()
        if alone_s > 0.0:
            raise RetryLater(alone_s, f"{server} did not answer, and is left alone for a while")
        if self._sending[server] >= AT_ONE_SERVER:
            raise RetryLater(TAKE_TURNS_S, f"{AT_ONE_SERVER} messages are on their way to {server}")

    async def _is_news(self, message: Message) -> bool:
        assessment = await self._store.assessment(message.event_key, message.assessment_revision)
        assert assessment is not None
        return seconds_between(self._clock.now(), assessment.created) < DELIVERED_WITHIN_S

    async def _save_message(self, message: Message) -> None:
        """Write what became of a message, however long the database is away: unwritten, it would be sent once more."""
        while True:
            try:
                await self._store.advance_message(message)
                return
            except DatabaseUnreachable:
                await asyncio.sleep(_WRITE_AGAIN_S)

    async def publish(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Deposit the files of an assessment; published by the configured rule, or with payload {"release": true} by hand."""
        event, assessment, _ = await self._facts(event_key, payload)
        if event.state == "retracted" or not is_deposited(assessment, self._settings):
            return
        await self._held()
        release = bool(payload.get("release")) or releases(self._settings.zenodo, assessment)
        with self._patiently(assessment.created):
            await deposit(self._store, event, assessment, self._settings, release=release)

    async def withdraw(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Take back every deposit of a retracted event that nobody outside has seen yet."""
        assert event_key is not None
        event = await self._store.event(event_key)
        if event.state != "retracted":
            return
        await self._held()
        service = publisher(self._settings)
        try:
            with self._patiently(event.history[-1].received):
                for publication in await self._store.publications(event_key):
                    if publication.channel == service.name:
                        await service.withdraw(publication, save=self._save_publication)
        finally:
            await service.aclose()

    @contextlib.contextmanager
    def _patiently(self, since: Instant) -> Iterator[None]:
        """What failed because a deposit's service is away comes again, for days from the result or the retraction on."""
        try:
            yield
        except TransientsError as error:
            away = error.retriable and not isinstance(error, DatabaseUnreachable)
            if away and seconds_between(self._clock.now(), since) < DEPOSITED_WITHIN_S:
                raise RetryLater(DEPOSIT_AGAIN_S, str(error)) from error
            raise

    async def _save_publication(self, publication: Publication) -> None:
        await self._store.advance_publication(publication)

    async def _facts(self, event_key: str | None, payload: dict[str, Any]) -> tuple[Event, Assessment, Assessment | None]:
        assert event_key is not None
        revision = int(payload["revision"])
        assessment = await self._store.assessment(event_key, revision)
        assert assessment is not None
        previous = await self._store.assessment(event_key, revision - 1) if revision > 1 else None
        return await self._store.event(event_key), assessment, previous

    async def _held(self) -> None:
        if await self._store.hold():
            raise RetryLater(self._held_s, "held: nothing leaves the house")


def is_deposited(assessment: Assessment, settings: Settings) -> bool:
    """Whether a result is worth a deposit, and the settings want one."""
    return settings.zenodo.mode != "off" and assessment.verdict in DEPOSITED and may_leave(assessment)


def server_of(contact: Contact) -> str:
    """Which server a contact's messages go to, without what may be secret in its address."""
    parts = urlsplit(contact.address)
    match contact.channel:
        case "webhook":
            return f"{parts.hostname}:{parts.port or parts.scheme}"
        case "apprise":
            return f"apprise {parts.scheme}"
        case _:
            return contact.channel


async def deposit(store: Store, event: Event, assessment: Assessment, settings: Settings, *, release: bool) -> Publication:
    """Deposit an assessment's files, from wherever an earlier try stopped. Raises NotYet while they are being drawn."""
    files = {
        found.name: await store.artefact(event.event_key, assessment.revision, found.name)
        for found in await store.artefacts(event.event_key, assessment.revision)
    }
    if not is_complete(files):
        raise NotYet(f"the files of revision {assessment.revision} are still to be drawn", where=event.event_key)
    service = publisher(settings)
    try:
        publication, _ = await store.intend_publication(intended(assessment, files, service.name, sandbox=service.sandbox))
        previous = _previous(await store.publications(event.event_key), publication)
        made = deposit_for(event, assessment, files, settings.zenodo, previous)

        async def save(state: Publication) -> None:
            await store.advance_publication(state)

        return await service.publish(publication, made, release=release, save=save)
    finally:
        await service.aclose()


def _previous(publications: Sequence[Publication], publication: Publication) -> Publication | None:
    """The newest deposit, by the same channel, of an earlier assessment; intents that came to nothing are none."""
    earlier = [
        each
        for each in publications
        if each.external_id is not None
        and each.channel == publication.channel
        and each.assessment_revision < publication.assessment_revision
    ]
    return max(earlier, key=lambda each: each.assessment_revision, default=None)

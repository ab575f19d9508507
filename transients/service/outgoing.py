"""The jobs that let something out of the house: telling people, depositing results. Both wait while the switch holds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from schemas import Assessment, Event, Publication
from schemas.errors import TransientsError
from transients.config import Settings
from transients.notify import channels, deliver, messages_for
from transients.publish import deposit_for, intended, may_leave, publisher, releases
from transients.store import RetryLater, Store

from .parts import utc_now
from .people import people_on_shift

#: While the switch holds, jobs ask again after this, s.
HELD_S = 30.0
#: Verdicts that are worth a deposit.
_DEPOSITED = ("detection", "non-detection", "inactive")


class Outgoing:
    """Handlers of the jobs "tell" and "publish"."""

    def __init__(self, store: Store, settings: Settings, public_url: str) -> None:
        self._store = store
        self._settings = settings
        self._public_url = public_url
        self._channels = channels(settings)

    async def tell(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Tell whoever is on shift what this assessment is worth telling; each message once, whatever happens."""
        event, assessment, previous = await self._facts(event_key, payload)
        await self._held()
        now = utc_now()
        told = {message.message_key for message in await self._store.messages(event.event_key)}
        shifts = await people_on_shift(self._settings, now)
        url = f"{self._public_url}/events/{quote(event.event_key, safe='')}"
        for message in messages_for(event, assessment, previous, shifts, self._settings.notify, url, told=told):
            await self._store.intend_message(message)
        await self._deliver(event)

    async def _deliver(self, event: Event) -> None:
        """Send what was intended and not sent, also by a process that died before it could."""
        errors: list[TransientsError] = []
        for state in ("intended", "failed"):
            for message in await self._store.messages(event.event_key, state):  # type: ignore[arg-type]
                try:
                    await deliver(message, self._channels, now=utc_now, save=self._save_message)
                except TransientsError as error:
                    errors.append(error)
        if errors:
            raise errors[0]

    async def _save_message(self, message: Any) -> None:
        await self._store.advance_message(message)

    async def publish(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Deposit the files of an assessment; published by the configured rule, or with payload {"release": true} by hand."""
        event, assessment, _ = await self._facts(event_key, payload)
        if self._settings.zenodo.mode == "off" or assessment.verdict not in _DEPOSITED or not may_leave(assessment):
            return
        await self._held()
        release = bool(payload.get("release")) or releases(self._settings.zenodo, assessment)
        await deposit(self._store, event, assessment, self._settings, release=release)

    async def _facts(self, event_key: str | None, payload: dict[str, Any]) -> tuple[Event, Assessment, Assessment | None]:
        assert event_key is not None
        revision = int(payload["revision"])
        assessment = await self._store.assessment(event_key, revision)
        assert assessment is not None
        previous = await self._store.assessment(event_key, revision - 1) if revision > 1 else None
        return await self._store.event(event_key), assessment, previous

    async def _held(self) -> None:
        if await self._store.hold():
            raise RetryLater(HELD_S, "held: nothing leaves the house")


async def deposit(store: Store, event: Event, assessment: Assessment, settings: Settings, *, release: bool) -> Publication:
    """Deposit an assessment's files, from wherever an earlier try stopped."""
    files = {
        found.name: await store.artefact(event.event_key, assessment.revision, found.name)
        for found in await store.artefacts(event.event_key, assessment.revision)
    }
    service = publisher(settings)
    try:
        publication, _ = await store.intend_publication(intended(assessment, files, service.name, sandbox=service.sandbox))
        earlier = [each for each in await store.publications(event.event_key) if each.assessment_revision < assessment.revision]
        previous = max(earlier, key=lambda each: each.assessment_revision, default=None)
        made = deposit_for(event, assessment, files, settings.zenodo, previous)

        async def save(state: Publication) -> None:
            await store.advance_publication(state)

        return await service.publish(publication, made, release=release, save=save)
    finally:
        await service.aclose()

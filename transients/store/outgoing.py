"""Publications and messages: the intent is written first, then the state follows what the other side confirmed."""

from __future__ import annotations

from typing import Literal

from schemas import Message, Publication, from_json, to_json
from schemas.errors import NotFound, RefusedInput

from .events import Events

PublicationState = Literal["intended", "created", "uploaded", "described", "published", "withdrawn", "recorded"]
MessageState = Literal["intended", "sent", "failed", "recorded"]

#: Where a publication can go from each state. Staying is always possible: an upload adds what is known of it.
_NEXT: dict[PublicationState, frozenset[PublicationState]] = {
    "intended": frozenset({"created", "recorded", "withdrawn"}),
    "created": frozenset({"uploaded", "withdrawn"}),
    "uploaded": frozenset({"described", "withdrawn"}),
    "described": frozenset({"published", "withdrawn"}),
    "published": frozenset({"withdrawn"}),
    "withdrawn": frozenset(),
    "recorded": frozenset({"withdrawn"}),
}
#: A message once sent or recorded is over; a failed one may be tried again.
_NEXT_MESSAGE: dict[MessageState, frozenset[MessageState]] = {
    "intended": frozenset({"sent", "failed", "recorded"}),
    "failed": frozenset({"sent", "failed", "recorded"}),
    "sent": frozenset(),
    "recorded": frozenset(),
}


class Outgoing(Events):
    """What leaves the house."""

    async def intend_publication(self, publication: Publication) -> tuple[Publication, bool]:
        """Write the intent, once per key. Gives the publication as it stands, and whether the intent is new."""
        record = to_json(publication).decode()
        head = (publication.publication_key, publication.event_key, publication.assessment_revision)
        async with self.transaction():
            new = await self._row("intend_publication", *head, publication.channel, publication.state, record)
            if new is None:
                return await self.publication(publication.publication_key), False
            await self._do("put_publication_history", publication.publication_key, publication.state, record)
            await self._tell("publication", publication.event_key, publication.assessment_revision)
        return publication, True

    async def advance_publication(self, publication: Publication) -> Publication:
        """Write what the other side confirmed. Raises RefusedInput for a step that cannot follow, NotFound without intent."""
        key = publication.publication_key
        record = to_json(publication).decode()
        async with self.transaction():
            row = await self._row("lock_publication", key)
            if row is None:
                raise NotFound(f"no publication {key}")
            before = from_json(row["record"], Publication)
            if before == publication:
                return before
            if publication.state != before.state and publication.state not in _NEXT[before.state]:
                raise RefusedInput(f"cannot go from {before.state} to {publication.state}", where=key)
            await self._do("set_publication", key, publication.state, record)
            await self._do("put_publication_history", key, publication.state, record)
            await self._tell("publication", publication.event_key, publication.assessment_revision)
        return publication

    async def publication(self, publication_key: str) -> Publication:
        """One publication. Raises NotFound."""
        row = await self._row("publication", publication_key)
        if row is None:
            raise NotFound(f"no publication {publication_key}")
        return from_json(row["record"], Publication)

    async def publications(
        self, event_key: str | None = None, state: PublicationState | None = None, limit: int = 100
    ) -> tuple[Publication, ...]:
        """Publications of an event, or of all; last changed first."""
        rows = await self._rows("publications", event_key, state, limit)
        return tuple(from_json(row["record"], Publication) for row in rows)

    async def publication_states(self, publication_key: str) -> tuple[str, ...]:
        """Every state it was in, in order."""
        return tuple(row["state"] for row in await self._rows("publication_states", publication_key))

    async def intend_message(self, message: Message) -> tuple[Message, bool]:
        """Write the intent to tell somebody, once per key. Gives the message as it stands, and whether the intent is new."""
        head = (message.message_key, message.event_key, message.assessment_revision, message.state)
        async with self.transaction():
            if await self._row("intend_message", *head, to_json(message).decode()) is None:
                return await self.message(message.message_key), False
            await self._tell("message", message.event_key, message.assessment_revision)
        return message, True

    async def advance_message(self, message: Message) -> Message:
        """Write what became of it. Raises RefusedInput when it was sent already, NotFound without intent."""
        key = message.message_key
        async with self.transaction():
            row = await self._row("lock_message", key)
            if row is None:
                raise NotFound(f"no message {key}")
            before = from_json(row["record"], Message)
            if before == message:
                return before
            if message.state not in _NEXT_MESSAGE[before.state]:
                raise RefusedInput(f"cannot go from {before.state} to {message.state}", where=key)
            await self._do("set_message", key, message.state, to_json(message).decode())
            await self._tell("message", message.event_key, message.assessment_revision)
        return message

    async def message(self, message_key: str) -> Message:
        """One message. Raises NotFound."""
        row = await self._row("message", message_key)
        if row is None:
            raise NotFound(f"no message {message_key}")
        return from_json(row["record"], Message)

    async def messages(
        self, event_key: str | None = None, state: MessageState | None = None, limit: int = 100
    ) -> tuple[Message, ...]:
        """Messages about an event, or all; last changed first."""
        return tuple(from_json(row["record"], Message) for row in await self._rows("messages", event_key, state, limit))

    async def hold(self) -> bool:
        """Whether everything that leaves the house is held."""
        row = await self._row("switch", "hold")
        return False if row is None else bool(row["value"])

    async def set_hold(self, on: bool, who: str) -> None:
        """Hold or release what leaves the house; who did so is kept."""
        async with self.transaction():
            await self._do("set_switch", "hold", on, who)
            await self._tell("hold")

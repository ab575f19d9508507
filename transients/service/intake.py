"""From a stored document to a job: what it means, folded into its event, in one transaction."""

from __future__ import annotations

import asyncio

import structlog

import handlers
from schemas import Notice, Parsed, RawAlert, Refusal
from schemas.errors import ServiceUnreachable
from transients import __version__
from transients.config import Settings
from transients.store import Store

#: Priorities of jobs: an alert of now before one of long ago, a first look before a search.
GEOMETRY_PRIORITY = 100
SEARCH_PRIORITY = 50
TELL_PRIORITY = 80
#: Documents larger than this are parsed off the event loop.
_LARGE_BYTES = 100_000


class Intake:
    """Takes documents in: bytes to the inbox first, then their meaning."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._log = structlog.get_logger("transients.intake")

    async def put(self, raw: RawAlert) -> None:
        """Store a document, once; after this returns its offset may be committed. What is new is then understood.

        A fault in understanding never loses a document: it stays without outcome, and `sweep` finds it.
        """
        put = await self._store.put_raw(raw)
        if put.new:
            await self.understand(raw)

    async def sweep(self, limit: int = 100) -> int:
        """Understand documents that were stored and, because something died, not understood. Returns how many."""
        waiting = await self._store.unparsed(limit)
        for raw in waiting:
            await self.understand(raw)
        return len(waiting)

    async def understand(self, raw: RawAlert) -> Parsed:
        """Parse a stored document, fold it, and queue what follows: all of it, or nothing."""
        log = self._log.bind(content_id=raw.content_id[:12], source=raw.source, topic=raw.topic, offset=raw.offset)
        if len(raw.body) > _LARGE_BYTES:
            parsed = await asyncio.to_thread(handlers.parse, raw.body, topic=raw.topic)
        else:
            parsed = handlers.parse(raw.body, topic=raw.topic)
        try:
            if not await self._record(raw, parsed):
                return parsed
        except ServiceUnreachable:
            raise
        except Exception as error:
            # Ours, not the sender's; but one document must not stop the others, nor be lost: it is kept with the reason.
            log.error("a document could not be folded", action="fold-failed", exc_info=True)
            parsed = Refusal(reason="fold-failed", message=f"{type(error).__name__}: {error}", kind=_kind(parsed))
            if not await self._record(raw, parsed):
                return parsed
        if isinstance(parsed, Refusal):
            log.info("refused", action="refused", reason=parsed.reason, message=parsed.message)
        elif isinstance(parsed, Notice):
            log.info("notice", action="notice", kind=parsed.kind, event_id=parsed.event_id, revision=parsed.revision)
        return parsed

    async def _record(self, raw: RawAlert, parsed: Parsed) -> bool:
        """Keep what was understood, with all that follows from it. False: it was kept before."""
        async with self._store.transaction():
            if not await self._store.record_parsed(raw.content_id, parsed, __version__):
                return False
            if isinstance(parsed, Notice):
                await self._fold(raw, parsed)
        return True

    async def _fold(self, raw: RawAlert, notice: Notice) -> None:
        event = await self._store.fold(
            raw.content_id,
            notice,
            raw.received,
            lambda last, new, content_id, received: handlers.fold(last, new, content_id=content_id, received=received),
            event_key=handlers.event_key(notice),
        )
        if event is None:
            return
        policy = handlers.policies[event.policy]
        if event.role in policy.roles or (event.role == "test" and self._settings.process_tests):
            await self._store.enqueue(
                "assess",
                event.event_key,
                {"stage": "geometry", "event_revision": event.revision},
                dedupe_key=f"{event.event_key}:{event.revision}:geometry",
                priority=GEOMETRY_PRIORITY,
            )


def _kind(parsed: Parsed) -> str | None:
    return parsed.kind

"""From stored documents to jobs: what they mean, folded into their events, in one transaction for many."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

import handlers
from schemas import CircularLink, Event, Heartbeat, Instant, Notice, Parsed, PointingUpdate, RawAlert, Refusal
from schemas.errors import ServiceUnreachable
from transients import __version__
from transients.config import Settings
from transients.missions import seconds_between
from transients.store import Folding, Store, Wanted

from . import metrics
from .parts import utc_now
from .priorities import priority
from .watching import observe_stage

#: Documents of more bytes than this together are parsed off the event loop.
_LARGE_BYTES = 100_000
#: Documents understood in one transaction: more would hold the others' events for long.
_AT_ONCE = 200

#: Characters kept of an error's message: it may quote the document.
_LONGEST = 300

#: What documents turn out to be, in the words of the inbox.
_OUTCOMES = {Notice: "notice", PointingUpdate: "pointing", CircularLink: "circular", Heartbeat: "heartbeat", Refusal: "refusal"}
#: A document and what was made of it.
Read = tuple[RawAlert, Parsed]


class Intake:
    """Takes documents in: bytes to the inbox first, then their meaning."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._log = structlog.get_logger("transients.intake")

    async def put(self, raw: RawAlert) -> None:
        """`put_many` of one document."""
        await self.put_many([raw])

    async def put_many(self, raws: Sequence[RawAlert]) -> None:
        """Store documents, once each; after this returns their offsets may be committed. What is new is then understood.

        A fault in understanding never loses a document: it stays without outcome, and `sweep` finds it.
        """
        results = await self._store.put_raw_many(raws)
        stored = utc_now()
        both = list(zip(raws, results, strict=True))
        new = [raw for raw, result in both if result.new]
        for raw, parsed in zip(new, await self.understand_many(new), strict=True):
            _measure(raw, parsed, stored)
        await self._unmark([raw for raw, result in both if not result.new])

    async def _unmark(self, known: Sequence[RawAlert]) -> None:
        """Understand anew what only its first carrier called a test: a test line may carry copies of real alerts."""
        open_roads = {raw.content_id: raw for raw in known if not handlers.marked_as_test(raw.topic, raw.headers)}
        if open_roads:
            hidden = await self._store.tests_among(list(open_roads))
            await self.understand_many([open_roads[content_id] for content_id in hidden])

    async def sweep(self, limit: int = _AT_ONCE, *, older_than_s: float = 0.0) -> int:
        """Understand documents that were stored (so long ago) and, because something died, not understood. Returns how many."""
        waiting = await self._store.unparsed(limit, older_than_s=older_than_s)
        await self.understand_many(waiting)
        return len(waiting)

    async def understand(self, raw: RawAlert) -> Parsed:
        """`understand_many` of one document."""
        return (await self.understand_many([raw]))[0]

    async def understand_many(self, raws: Sequence[RawAlert]) -> list[Parsed]:
        """Parse stored documents, fold them, and queue what follows: for each document all of it, or nothing.

        Returns
        -------
        list of Parsed
            What was made of each document, in order; what cannot be folded is refused with the reason.
        """
        found: list[Parsed] = []
        for begin in range(0, len(raws), _AT_ONCE):
            part = raws[begin : begin + _AT_ONCE]
            if sum(len(raw.body) for raw in part) > _LARGE_BYTES:
                parsed = await asyncio.to_thread(_parse_all, part)
            else:
                parsed = _parse_all(part)
            found += await self._keep(list(zip(part, parsed, strict=True)))
        return found

    async def _keep(self, read: Sequence[Read]) -> list[Parsed]:
        """Record and fold documents together; where one of them cannot be, each half by itself, so that it stands alone in the end."""
        if not read:
            return []
        try:
            new = await self._record(read)
        except ServiceUnreachable:
            raise
        except Exception as error:
            if len(read) > 1:
                half = len(read) // 2
                return [*await self._keep(read[:half]), *await self._keep(read[half:])]
            return [await self._refuse(*read[0], error)]
        for raw, parsed in read:
            if raw.content_id in new:
                self._say(raw, parsed)
        return [parsed for _, parsed in read]

    async def _refuse(self, raw: RawAlert, parsed: Parsed, error: Exception) -> Parsed:
        """Ours, not the sender's; but one document must not stop the others, nor be lost: it is kept with the reason."""
        self._bound(raw).error("a document could not be folded", action="fold-failed", exc_info=error)
        message = _printable(f"{type(error).__name__}: {error}")
        refusal = Refusal(reason="fold-failed", message=message, kind=_printable(parsed.kind or "") or None)
        if await self._record([(raw, refusal)]):
            self._say(raw, refusal)
        return refusal

    async def _record(self, read: Sequence[Read]) -> frozenset[str]:
        """Keep what was understood, with all that follows from it. Gives the documents of which it was not known before."""
        async with self._store.transaction():
            new = await self._store.record_parsed_many([(raw.content_id, parsed) for raw, parsed in read], __version__)
            foldings = [
                Folding(handlers.event_key(parsed), raw.content_id, parsed, raw.received)
                for raw, parsed in read
                if isinstance(parsed, Notice) and raw.content_id in new
            ]
            events = await self._store.fold_many(foldings, handlers.fold)
            # A job for an older revision of an event has nothing to do.
            newest = {event.event_key: event for event in events if event is not None}
            now = utc_now()
            await self._store.enqueue_many([_assessing(event, now) for event in newest.values() if self._is_assessed(event)])
        return new

    def _is_assessed(self, event: Event) -> bool:
        if event.role in handlers.policies[event.policy].roles:
            return True
        return event.role == "test" and self._settings.process_tests

    def _say(self, raw: RawAlert, parsed: Parsed) -> None:
        if isinstance(parsed, Refusal):
            self._bound(raw).info("refused", action="refused", reason=parsed.reason, message=parsed.message)
        elif isinstance(parsed, Notice):
            self._bound(raw).info("notice", action="notice", kind=parsed.kind, event_id=parsed.event_id, revision=parsed.revision)

    def _bound(self, raw: RawAlert) -> structlog.stdlib.BoundLogger:
        bound: structlog.stdlib.BoundLogger = self._log.bind(
            content_id=raw.content_id[:12], source=raw.source, topic=raw.topic, offset=raw.offset
        )
        return bound


def _measure(raw: RawAlert, parsed: Parsed, stored: Instant) -> None:
    """How long it took until a notice was stored and understood; heartbeats, once a second, would hide it."""
    metrics.ALERTS.labels(_OUTCOMES[type(parsed)]).inc()
    if isinstance(parsed, Notice):
        if parsed.issued is not None:
            observe_stage("issued", parsed.issued, raw.received)
        observe_stage("stored", raw.received, stored)
        observe_stage("understood", raw.received, utc_now())


def _printable(text: str) -> str:
    """A text that can be kept whatever it quotes: halves of surrogates cannot."""
    return text[:_LONGEST].encode("utf-8", "backslashreplace").decode()


def _parse_all(raws: Sequence[RawAlert]) -> list[Parsed]:
    return [handlers.parse(raw.body, topic=raw.topic, headers=raw.headers) for raw in raws]


def _assessing(event: Event, now: Instant) -> Wanted:
    return Wanted(
        "assess",
        event.event_key,
        {"stage": "geometry", "event_revision": event.revision},
        dedupe_key=f"{event.event_key}:{event.revision}:geometry",
        priority=priority("geometry", None if event.t0 is None else seconds_between(now, event.t0)),
    )

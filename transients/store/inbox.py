"""The inbox: bytes first, meaning later."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from schemas import (
    RECORDS_VERSION,
    Blob,
    CircularLink,
    Heartbeat,
    Instant,
    Notice,
    Parsed,
    PointingUpdate,
    RawAlert,
    Refusal,
    from_json,
    sha256_hex,
    to_json,
)
from schemas.errors import NotFound, RefusedInput

from .blobs import Blobs
from .database import searchable, stamp
from .records import Delivery, RefusedAlert

_OUTCOMES: dict[type, str] = {
    Notice: "notice",
    PointingUpdate: "pointing",
    CircularLink: "circular",
    Refusal: "refusal",
    Heartbeat: "heartbeat",
}


@dataclasses.dataclass(frozen=True)
class PutResult:
    """What became of a delivery. `new`: the content was not known before."""

    content_id: str
    new: bool


class Inbox(Blobs):
    """Documents, their deliveries, and what handlers made of them."""

    async def put_raw(self, raw: RawAlert) -> PutResult:
        """Keep the bytes, once for ever, and note this delivery, in one transaction.

        Any bytes are taken. The same content again, by whatever road, is one document with one more delivery; the same
        offset read again is the same delivery, counted.

        Raises
        ------
        RefusedInput
            `content_id` is not the SHA-256 of the body: a mistake of the source, not of the sender.
        """
        if raw.content_id != sha256_hex(raw.body):
            raise RefusedInput("content_id is not the SHA-256 of the body", where=f"{raw.source} {raw.topic}")
        async with self.transaction():
            new = await self._row("put_document", raw.content_id, raw.body) is not None
            broker_utc = None if raw.broker_time is None else raw.broker_time.iso
            source, topic = searchable(raw.source), searchable(raw.topic)
            road = (source, topic, raw.partition, raw.offset, stamp(raw.received), raw.received.iso, broker_utc)
            await self._row("put_delivery", raw.content_id, *road)
            await self._do("touch_source", source, stamp(raw.received), broker_utc, 0 if new else 1)
        return PutResult(raw.content_id, new)

    async def raw(self, content_id: str) -> RawAlert:
        """A document as it first came. Raises NotFound."""
        row = await self._row("raw", content_id)
        if row is None:
            raise NotFound(f"no document {content_id}")
        return raw_of(row)

    async def deliveries(self, content_id: str) -> tuple[Delivery, ...]:
        """Every road by which a content came, in order."""
        return tuple(_delivery(row) for row in await self._rows("deliveries", content_id))

    async def unparsed(self, limit: int = 100) -> list[RawAlert]:
        """The oldest documents that no handler has spoken about yet."""
        return [raw_of(row) for row in await self._rows("unparsed", limit)]

    async def record_parsed(self, content_id: str, parsed: Parsed, handler_version: str) -> bool:
        """Keep what a handler made of a document; another version of it supersedes and does not erase.

        Blobs inside a notice are kept as blobs. Of a heartbeat only the last is kept, with its source, and its document
        goes: there is one a second.

        Returns
        -------
        bool
            False when this version had been recorded before; then nothing changes.

        Raises
        ------
        NotFound
            There is no such document.
        """
        async with self.transaction():
            if isinstance(parsed, Heartbeat):
                return await self._record_heartbeat(content_id, parsed, handler_version)
            outcome = _OUTCOMES[type(parsed)]
            if await self._row("set_outcome", content_id, outcome, handler_version) is None:
                raise NotFound(f"no document {content_id}")
            stored = msgspec.structs.replace(parsed, blobs=()) if isinstance(parsed, Notice) else parsed
            columns = (outcome, *_columns(parsed), to_json(stored).decode(), RECORDS_VERSION)
            if await self._row("put_parsed", content_id, handler_version, *columns) is None:
                return False
            await self._record_parts(content_id, parsed, handler_version)
        return True

    async def parsed(self, content_id: str) -> Parsed | None:
        """What the handler that spoke last made of a document, blobs included; None before any spoke."""
        row = await self._row("parsed", content_id)
        if row is None:
            return None
        found: Parsed = from_json(row["record"], Parsed)  # type: ignore[arg-type]
        return await self._with_blobs(content_id, row["handler_version"], found)

    async def notices(self, origin: str, event_id: str) -> AsyncIterator[tuple[str, Notice, Instant]]:
        """Content id, notice and time of receipt of every notice of an event, in the order they came."""
        for row in await self._rows("notices", searchable(origin), searchable(event_id)):
            notice = await self._with_blobs(row["content_id"], row["handler_version"], from_json(row["record"], Notice))
            assert isinstance(notice, Notice)
            yield row["content_id"], notice, Instant.parse(row["received_utc"])

    async def reparse(self, content_id: str) -> None:
        """Have a document parsed again. Raises NotFound."""
        if await self._row("clear_outcome", content_id) is None:
            raise NotFound(f"no document {content_id}")

    async def refused(self, limit: int = 100, offset: int = 0) -> tuple[RefusedAlert, ...]:
        """Documents not taken, newest first."""
        return tuple(_refused(row) for row in await self._rows("refused", limit, offset))

    async def pointing_updates(self, mission: str, before: Instant, limit: int = 1) -> tuple[PointingUpdate, ...]:
        """Where a mission said it would point, latest first, up to an instant."""
        rows = await self._rows("pointings", mission, stamp(before), limit)
        return tuple(from_json(row["record"], PointingUpdate) for row in rows)

    async def _record_heartbeat(self, content_id: str, heartbeat: Heartbeat, handler_version: str) -> bool:
        if await self._row("set_outcome", content_id, "heartbeat", handler_version) is None:
            raise NotFound(f"no document {content_id}")
        await self._do("put_heartbeat", content_id, to_json(heartbeat).decode())
        await self._do("drop_deliveries", content_id)
        await self._do("drop_document", content_id)
        return True

    async def _record_parts(self, content_id: str, parsed: Parsed, handler_version: str) -> None:
        if isinstance(parsed, Notice):
            for position, blob in enumerate(parsed.blobs):
                await self.put_blob(blob.data, blob.media_type)
                await self._do("put_parsed_blob", content_id, handler_version, position, blob.blob_id)
        elif isinstance(parsed, PointingUpdate):
            await self._do("put_pointing", content_id, parsed.mission, stamp(parsed.time), to_json(parsed).decode())
        elif isinstance(parsed, Refusal):
            await self._tell("refused")

    async def _with_blobs(self, content_id: str, handler_version: str, parsed: Parsed) -> Parsed:
        if not isinstance(parsed, Notice):
            return parsed
        rows = await self._rows("parsed_blobs", content_id, handler_version)
        blobs = tuple(Blob(blob_id=row["blob_id"], media_type=row["media_type"], data=row["data"]) for row in rows)
        return msgspec.structs.replace(parsed, blobs=blobs)


def _columns(parsed: Parsed) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """kind, origin, event_id, role, reason."""
    match parsed:
        case Notice():
            found: tuple[str | None, ...] = (parsed.kind, parsed.origin, parsed.event_id, parsed.role, None)
        case Refusal():
            found = (parsed.kind, None, None, None, parsed.reason)
        case PointingUpdate():
            found = (parsed.kind, None, None, parsed.role, None)
        case CircularLink():
            found = (parsed.kind, None, parsed.event_id, None, None)
        case Heartbeat():
            found = (parsed.kind, None, None, None, None)
    kind, origin, event_id, role, reason = (searchable(text) for text in found)
    return kind, origin, event_id, role, reason


def _time(text: str | None) -> Instant | None:
    return None if text is None else Instant.parse(text)


def raw_of(row: Any) -> RawAlert:
    """An alert of a row with its document and one delivery."""
    return RawAlert(
        content_id=row["content_id"],
        body=row["body"],
        source=row["source"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        received=Instant.parse(row["received_utc"]),
        broker_time=_time(row["broker_utc"]),
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        source=row["source"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        received=Instant.parse(row["received_utc"]),
        broker_time=_time(row["broker_utc"]),
        times=row["times"],
    )


def _refused(row: Any) -> RefusedAlert:
    refusal = from_json(row["record"], Refusal)
    return RefusedAlert(
        content_id=row["content_id"],
        source=row["source"],
        topic=row["topic"],
        received=Instant.parse(row["received_utc"]),
        reason=refusal.reason,
        message=refusal.message,
        kind=refusal.kind,
    )

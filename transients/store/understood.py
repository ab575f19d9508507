"""What handlers made of documents: one row for each thing a version of them said, so that a better one supersedes and erases nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence

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
    Refusal,
    from_json,
    to_json,
)
from schemas.errors import NotFound

from .circular_links import CircularLinks
from .database import searchable, stamp

_OUTCOMES: dict[type, str] = {
    Notice: "notice",
    PointingUpdate: "pointing",
    CircularLink: "circular",
    Refusal: "refusal",
    Heartbeat: "heartbeat",
}


@dataclasses.dataclass(frozen=True)
class _Saying:
    """What is to be kept of one document, and under which name of a version."""

    content_id: str
    parsed: Parsed
    record: str
    version: str


class Understood(CircularLinks):
    """Keeping and reading what documents mean."""

    async def record_parsed(self, content_id: str, parsed: Parsed, handler_version: str) -> bool:
        """`record_parsed_many` of one document: whether this is new."""
        return content_id in await self.record_parsed_many([(content_id, parsed)], handler_version)

    async def record_parsed_many(self, found: Sequence[tuple[str, Parsed]], handler_version: str) -> frozenset[str]:
        """Keep what handlers made of documents, all or nothing; what they said before is superseded, not erased.

        Blobs inside a notice are kept as blobs. Of a heartbeat only the last is kept, with its source, and its document
        goes: there is one a second.

        Parameters
        ----------
        found : sequence of (str, Parsed)
            Content id, each once, and what was made of it.
        handler_version : str
            Of the handlers. Where the same version says something else than before (a plug-in came), it is kept as
            "VERSION+2" and so on.

        Returns
        -------
        frozenset of str
            Documents of which this was not the last word already; for the others nothing changes.

        Raises
        ------
        NotFound
            There is no such document.
        """
        async with self.transaction():
            rows = await self._rows("lock_documents", [content_id for content_id, _ in found])
            if len(rows) < len(found):
                missing = {content_id for content_id, _ in found}.difference(row["content_id"] for row in rows)
                raise NotFound(f"no document {', '.join(sorted(missing))}")
            said = await self._said([row["content_id"] for row in rows if row["handler_version"] is not None], handler_version)
            sayings = [_saying(content_id, parsed, handler_version, said.get(content_id, ())) for content_id, parsed in found]
            await self._set_outcomes(sayings)
            new = [saying for saying in sayings if (saying.version, saying.record) not in said.get(saying.content_id, ())]
            await self._record_new([saying for saying in new if not isinstance(saying.parsed, Heartbeat)])
            await self._record_heartbeats([saying for saying in new if isinstance(saying.parsed, Heartbeat)])
        return frozenset(saying.content_id for saying in new)

    async def parsed(self, content_id: str) -> Parsed | None:
        """What the handler that spoke last made of a document, blobs included; None before any spoke."""
        row = await self._row("parsed", content_id)
        if row is None:
            return None
        found: Parsed = from_json(row["record"], Parsed)  # type: ignore[arg-type]
        return await self._with_blobs(content_id, row["handler_version"], found)

    async def sayings(self, content_id: str) -> tuple[tuple[str, Parsed], ...]:
        """All that was ever made of a document: version of the handlers and record, blobs left out, the last word last."""
        rows = await self._rows("sayings", content_id)
        return tuple((row["handler_version"], from_json(row["record"], Parsed)) for row in rows)  # type: ignore[arg-type]

    async def notices(self, origin: str, event_id: str) -> AsyncIterator[tuple[str, Notice, Instant]]:
        """Content id, notice and time of receipt of every notice of an event, in the order they came."""
        for row in await self._rows("notices", searchable(origin), searchable(event_id)):
            notice = await self._with_blobs(row["content_id"], row["handler_version"], from_json(row["record"], Notice))
            assert isinstance(notice, Notice)
            yield row["content_id"], notice, Instant.parse(row["received_utc"])

    async def reparse(self, content_id: str) -> None:
        """Have a document parsed again by whoever sweeps next. Raises NotFound, also where its bytes went by policy."""
        if await self._row("clear_outcome", content_id) is None:
            raise NotFound(f"no bytes of a document {content_id}")

    async def pointing_updates(self, mission: str, before: Instant, limit: int = 1) -> tuple[PointingUpdate, ...]:
        """Where a mission said it would point, latest first, up to an instant."""
        rows = await self._rows("pointings", mission, stamp(before), limit)
        return tuple(from_json(row["record"], PointingUpdate) for row in rows)

    async def pointings_between(self, mission: str, start: Instant, stop: Instant) -> tuple[PointingUpdate, ...]:
        """Where a mission said it would point in an interval of time, in order."""
        rows = await self._rows("pointings_between", mission, stamp(start), stamp(stop))
        return tuple(from_json(row["record"], PointingUpdate) for row in rows)

    async def _said(self, content_ids: list[str], version: str) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By document, what this version said of it: name of the version with its count, and record; the last word last."""
        said: dict[str, list[tuple[str, str]]] = {}
        if content_ids:
            for row in await self._rows("said", content_ids, version):
                said.setdefault(row["content_id"], []).append((row["handler_version"], row["record"]))
        return said

    async def _set_outcomes(self, sayings: Sequence[_Saying]) -> None:
        columns = zip(*((each.content_id, _OUTCOMES[type(each.parsed)], each.version) for each in sayings), strict=True)
        await self._do("set_outcomes", *map(list, columns))

    async def _record_new(self, sayings: Sequence[_Saying]) -> None:
        if not sayings:
            return
        rows = [
            (each.content_id, each.version, _OUTCOMES[type(each.parsed)], *_columns(each.parsed), each.record) for each in sayings
        ]
        await self._do("put_parsed", *map(list, zip(*rows, strict=True)), RECORDS_VERSION)
        await self._record_blobs([(each, each.parsed.blobs) for each in sayings if isinstance(each.parsed, Notice)])
        pointings = [(each.content_id, each.parsed) for each in sayings if isinstance(each.parsed, PointingUpdate)]
        if pointings:
            columns = zip(*((key, at.mission, stamp(at.time), to_json(at).decode()) for key, at in pointings), strict=True)
            await self._do("put_pointings", *map(list, columns))
        await self.put_circular_links(
            [(each.content_id, each.parsed) for each in sayings if isinstance(each.parsed, CircularLink)]
        )
        if any(isinstance(each.parsed, Refusal) for each in sayings):
            await self._tell("refused")

    async def _record_blobs(self, found: Sequence[tuple[_Saying, Sequence[Blob]]]) -> None:
        """Keep the blobs of notices, each blob once, in the order of their names: two who keep the same never wait for each other."""
        every = {blob.blob_id: blob for _, blobs in found for blob in blobs}
        if not every:
            return
        for _, blob in sorted(every.items()):
            await self.put_blob(blob.data, blob.media_type)
        places = [
            (saying.content_id, saying.version, position, blob.blob_id)
            for saying, blobs in found
            for position, blob in enumerate(blobs)
        ]
        await self._do("put_parsed_blobs", *map(list, zip(*places, strict=True)))

    async def _record_heartbeats(self, sayings: Sequence[_Saying]) -> None:
        if not sayings:
            return
        documents = [each.content_id for each in sayings]
        await self._do("put_heartbeats", documents, [each.record for each in sayings])
        await self._do("drop_deliveries", documents)
        await self._do("drop_documents", documents)

    async def _with_blobs(self, content_id: str, handler_version: str, parsed: Parsed) -> Parsed:
        if not isinstance(parsed, Notice):
            return parsed
        rows = await self._rows("parsed_blobs", content_id, handler_version)
        blobs = tuple(Blob(blob_id=row["blob_id"], media_type=row["media_type"], data=row["data"]) for row in rows)
        return msgspec.structs.replace(parsed, blobs=blobs)


def _saying(content_id: str, parsed: Parsed, version: str, said: Sequence[tuple[str, str]]) -> _Saying:
    """What to keep: the last word of this version if it says the same again, else one more of it."""
    stored = msgspec.structs.replace(parsed, blobs=()) if isinstance(parsed, Notice) else parsed
    record = to_json(stored).decode()
    if said and said[-1][1] != record:
        version = f"{version}+{len(said) + 1}"
    elif said:
        version = said[-1][0]
    return _Saying(content_id, parsed, record, version)


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

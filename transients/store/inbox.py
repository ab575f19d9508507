"""The inbox: bytes first, meaning later."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from schemas import Instant, RawAlert, from_json, sha256_hex, to_json
from schemas.errors import NotFound, RefusedInput

from .blobs import Blobs
from .database import searchable, stamp
from .records import Delivery

#: Bytes sent to the server in one statement; a document that is larger goes alone.
_STATEMENT_BYTES = 16_000_000


@dataclasses.dataclass(frozen=True)
class PutResult:
    """What became of a delivery. `new`: the content was not known before."""

    content_id: str
    new: bool


class Inbox(Blobs):
    """Documents and their deliveries."""

    async def put_raw(self, raw: RawAlert) -> PutResult:
        """`put_raw_many` of one alert."""
        return (await self.put_raw_many([raw]))[0]

    async def put_raw_many(self, raws: Sequence[RawAlert]) -> list[PutResult]:
        """Keep the bytes of alerts, once for ever, and note their deliveries, in one transaction.

        Any bytes are taken. The same content again, by whatever road, is one document with one more delivery; the same
        offset read again is the same delivery, counted.

        Returns
        -------
        list of PutResult
            One for each alert, in order; of a content that comes several times here the first is the new one.

        Raises
        ------
        RefusedInput
            A `content_id` is not the SHA-256 of the body: a mistake of the source, not of the sender. Nothing is kept then.
        """
        for raw in raws:
            if raw.content_id != sha256_hex(raw.body):
                raise RefusedInput("content_id is not the SHA-256 of the body", where=f"{raw.source} {raw.topic}")
        parts = list(_parts(raws))
        if len(parts) == 1:
            # One statement is a transaction by itself.
            return await self._put(parts[0])
        async with self.transaction():
            return [result for part in parts for result in await self._put(part)]

    async def _put(self, raws: Sequence[RawAlert]) -> list[PutResult]:
        rows = await self._rows(
            "put_documents",
            *_columns(3, _documents(raws)),
            *_columns(10, _roads(raws)),
            *_columns(5, _positions(raws)),
            *_columns(4, _sources(raws)),
        )
        new = {row["content_id"] for row in rows}
        results = []
        for raw in raws:
            results.append(PutResult(raw.content_id, raw.content_id in new))
            new.discard(raw.content_id)
        return results

    async def tests_among(self, content_ids: Sequence[str]) -> list[str]:
        """Those of the documents that are notices of role "test", as a handler said last."""
        return [row["content_id"] for row in await self._rows("tests_among", list(content_ids))]

    async def raw(self, content_id: str) -> RawAlert:
        """A document as it first came. Raises NotFound, also where its bytes went by policy."""
        rows = await self._rows("raw", [content_id])
        if not rows:
            raise NotFound(f"no document {content_id}")
        if rows[0]["body"] is None:
            raise NotFound(f"the bytes of {content_id} went by the inbox's retention")
        return raw_of(rows[0])

    async def raws(self, content_ids: Sequence[str]) -> list[RawAlert]:
        """Documents as they first came, in any order; those are left out that are not there or whose bytes went by policy."""
        return [raw_of(row) for row in await self._rows("raw", list(content_ids)) if row["body"] is not None]

    async def deliveries(self, content_id: str) -> tuple[Delivery, ...]:
        """Every road by which a content came, in order."""
        return tuple(_delivery(row) for row in await self._rows("deliveries", content_id))

    async def unparsed(self, limit: int = 100, *, older_than_s: float = 0.0) -> list[RawAlert]:
        """The oldest documents that no handler has spoken about yet, stored at least so long ago."""
        return [raw_of(row) for row in await self._rows("unparsed", limit, older_than_s)]


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
        headers=_headers(row["headers"]),
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        source=row["source"],
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        received=Instant.parse(row["received_utc"]),
        broker_time=_time(row["broker_utc"]),
        headers=_headers(row["headers"]),
        times=row["times"],
    )


def _headers(text: str | None) -> dict[str, str]:
    return {} if text is None else from_json(text, dict[str, str])


def _parts(raws: Sequence[RawAlert]) -> Iterator[Sequence[RawAlert]]:
    """The alerts in order, in parts that the server takes at once."""
    begin = size = 0
    for end, raw in enumerate(raws):
        if end > begin and size + len(raw.body) > _STATEMENT_BYTES:
            yield raws[begin:end]
            begin, size = end, 0
        size += len(raw.body)
    if raws:
        yield raws[begin:]


def _columns(width: int, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, which is how the server takes many at once."""
    return [[row[column] for row in rows] for column in range(width)]


def _documents(raws: Sequence[RawAlert]) -> list[tuple[Any, ...]]:
    """Each content once."""
    found: dict[str, tuple[Any, ...]] = {}
    for raw in raws:
        found.setdefault(raw.content_id, (raw.content_id, raw.body, searchable(raw.source)))
    return list(found.values())


def _roads(raws: Sequence[RawAlert]) -> list[tuple[Any, ...]]:
    """Each delivery once, as it was first read, and how often it is there."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    times: collections.Counter[tuple[Any, ...]] = collections.Counter()
    for raw in raws:
        road = (raw.content_id, searchable(raw.source), searchable(raw.topic), raw.partition, raw.offset)
        headers = to_json(raw.headers).decode() if raw.headers else None
        broker_utc = None if raw.broker_time is None else raw.broker_time.iso
        found.setdefault(road, (stamp(raw.received), raw.received.iso, broker_utc, headers))
        times[road] += 1
    return [(*road, *rest, times[road]) for road, rest in found.items()]


def _positions(raws: Sequence[RawAlert]) -> list[tuple[Any, ...]]:
    """The last alert of each partition, in one order for everybody."""
    last: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for raw in raws:
        if raw.partition is not None and raw.offset is not None:
            place = (searchable(raw.source), searchable(raw.topic), raw.partition)
            last[place] = (raw.offset, None if raw.broker_time is None else raw.broker_time.iso)
    return [(*place, *read) for place, read in sorted(last.items())]


def _sources(raws: Sequence[RawAlert]) -> list[tuple[Any, ...]]:
    """What is new of each source, in one order for everybody."""
    found: dict[str, tuple[Any, ...]] = {}
    for raw in raws:
        source = searchable(raw.source) or ""
        received, broker_utc, count = found.get(source, (stamp(raw.received), None, 0))
        told = broker_utc if raw.broker_time is None else raw.broker_time.iso
        found[source] = (max(received, stamp(raw.received)), told, count + 1)
    return [(source, *rest) for source, rest in sorted(found.items())]

"""The inbox on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import gc

import msgspec
import pytest

from schemas import (
    Blob,
    CircularLink,
    Heartbeat,
    Instant,
    Notice,
    PointingUpdate,
    RawAlert,
    Refusal,
    SkyMapRef,
    sha256_hex,
    to_json,
)
from schemas.errors import NotFound, RefusedInput, ServiceUnreachable
from transients.store import Store

NOW = Instant(utc="2026-11-22T16:00:00", ns=123_456_789)


def raw(body: bytes, *, offset: int | None = 0, topic: str = "igwn.gwalert", source: str = "gcn") -> RawAlert:
    return RawAlert(
        content_id=sha256_hex(body),
        body=body,
        source=source,
        topic=topic,
        partition=None if offset is None else 0,
        offset=offset,
        received=NOW,
    )


def notice(event_id: str = "S1", **more: object) -> Notice:
    fields = {"kind": "k", "messenger": "neutrino", "origin": "IceCube", "event_id": event_id, "revision": "1"}
    return Notice(**{**fields, "role": "observation", **more})


async def test_bytes_come_back_as_they_were(store: Store) -> None:
    body = bytes(range(256)) * 40
    alert = raw(body)
    result = await store.put_raw(alert)
    assert (result.content_id, result.new) == (sha256_hex(body), True)
    assert await store.raw(alert.content_id) == alert
    assert await store.unparsed() == [alert]


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff\xfe", b"{" * 1000])
async def test_any_bytes_are_taken(store: Store, body: bytes) -> None:
    assert (await store.put_raw(raw(body, topic="odd\x00topic"))).new
    assert (await store.raw(sha256_hex(body))).body == body


async def test_a_storm_of_duplicates_is_one_document(store: Store) -> None:
    results = await asyncio.gather(*(store.put_raw(raw(b"circular 44963", offset=n)) for n in range(140)))
    assert sum(result.new for result in results) == 1
    assert len(await store.unparsed(1000)) == 1
    roads = await store.deliveries(results[0].content_id)
    assert sorted(road.offset for road in roads if road.offset is not None) == list(range(140))
    (state,) = await store.source_states()
    assert (state.deliveries, state.duplicates) == (140, 139)


async def test_the_same_offset_again_is_the_same_delivery(store: Store) -> None:
    for _ in range(3):
        await store.put_raw(raw(b"x", offset=7))
    (road,) = await store.deliveries(sha256_hex(b"x"))
    assert (road.offset, road.times) == (7, 3)


async def test_a_file_without_offset_is_one_delivery(store: Store) -> None:
    for _ in range(2):
        await store.put_raw(raw(b"x", offset=None, topic="a.xml", source="archive"))
    await store.put_raw(raw(b"x", offset=None, topic="b.xml", source="archive"))
    roads = await store.deliveries(sha256_hex(b"x"))
    assert [(road.topic, road.times) for road in roads] == [("a.xml", 2), ("b.xml", 1)]


async def test_a_wrong_content_id_is_refused(store: Store) -> None:
    with pytest.raises(RefusedInput):
        await store.put_raw(msgspec.structs.replace(raw(b"x"), body=b"y"))


async def test_a_notice_comes_back_whole_with_its_blobs(store: Store) -> None:
    data = b"SIMPLE  = T" * 999
    blob = Blob(blob_id=sha256_hex(data), media_type="application/fits", data=data)
    exact = {"far": 1e-300, "big": 1e22, "minus_zero": -0.0}
    given = notice(blobs=(blob,), region=SkyMapRef(blob_id=blob.blob_id), properties=exact, fields={"text": "nul \x00 here"})
    await store.put_raw(raw(b"doc"))
    content_id = sha256_hex(b"doc")
    assert await store.parsed(content_id) is None
    assert await store.record_parsed(content_id, given, "v1")
    assert not await store.record_parsed(content_id, given, "v1")
    found = await store.parsed(content_id)
    assert to_json(found) == to_json(given)
    assert await store.get_blob(blob.blob_id) == data
    assert await store.unparsed() == []
    assert [(i, n) async for i, n, _ in store.notices("IceCube", "S1")] == [(content_id, found)]


async def test_another_handler_version_supersedes(store: Store) -> None:
    await store.put_raw(raw(b"doc"))
    content_id = sha256_hex(b"doc")
    await store.record_parsed(content_id, Refusal(reason="unknown-kind", message="what is this", kind="odd\x00"), "v1")
    (refused,) = await store.refused()
    assert (refused.content_id, refused.reason, refused.message) == (content_id, "unknown-kind", "what is this")
    await store.reparse(content_id)
    assert [alert.content_id for alert in await store.unparsed()] == [content_id]
    await store.record_parsed(content_id, notice(), "v2")
    assert await store.parsed(content_id) == notice()
    assert await store.refused() == ()


async def test_pointings_and_links(store: Store) -> None:
    for hour in range(3):
        body = b"%d" % hour
        await store.put_raw(raw(body))
        at = Instant(utc=f"2026-11-22T0{hour}:00:00")
        update = PointingUpdate(kind="POINTDIR", mission="INTEGRAL", time=at, ra_deg=0.0, dec_deg=float(hour))
        await store.record_parsed(sha256_hex(body), update, "v1")
    (latest,) = await store.pointing_updates("INTEGRAL", Instant(utc="2026-11-22T01:30:00"))
    assert latest.dec_deg == 1.0
    first, last = Instant(utc="2026-11-22T01:00:00"), Instant(utc="2026-11-22T02:00:00")
    assert [each.dec_deg for each in await store.pointings_between("INTEGRAL", first, last)] == [1.0, 2.0]
    assert await store.pointings_between("Swift", first, last) == ()
    await store.put_raw(raw(b"link"))
    link = CircularLink(kind="gcn.circulars", circular_id="33411", subject="s")
    assert await store.record_parsed(sha256_hex(b"link"), link, "v1")
    assert await store.parsed(sha256_hex(b"link")) == link


async def test_of_heartbeats_only_the_last_is_kept(store: Store) -> None:
    for n in range(5):
        await store.put_raw(raw(b"beat %d" % n, offset=n, topic="gcn.heartbeat"))
        beat = Heartbeat(kind="gcn.heartbeat", time=NOW)
        assert await store.record_parsed(sha256_hex(b"beat %d" % n), beat, "v1")
    (state,) = await store.source_states()
    assert state.heartbeats == 5
    assert state.deliveries == 5
    assert await store.unparsed() == []
    with pytest.raises(NotFound):
        await store.raw(sha256_hex(b"beat 0"))


async def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.raw("0" * 64)
    with pytest.raises(NotFound):
        await store.get_blob("0" * 64)
    with pytest.raises(NotFound):
        await store.record_parsed("0" * 64, notice(), "v1")


async def test_a_transaction_stands_or_falls_as_one(store: Store) -> None:
    with contextlib.suppress(KeyError):
        async with store.transaction():
            await store.put_raw(raw(b"x"))
            await store.put_blob(b"y")
            raise KeyError
    assert await store.unparsed() == []
    with pytest.raises(NotFound):
        await store.get_blob(sha256_hex(b"y"))


async def test_another_task_cannot_join_a_transaction(store: Store) -> None:
    async with store.transaction():
        with pytest.raises(RuntimeError, match="another task"):
            await asyncio.create_task(store.put_blob(b"y"))
    await asyncio.create_task(store.put_blob(b"y"))


async def test_no_server_is_a_retriable_error() -> None:
    with pytest.raises(ServiceUnreachable):
        await Store.open("postgresql://nobody@127.0.0.1:1/nothing")
    gc.collect()


async def test_errors_of_the_work_in_a_transaction_pass_as_they_are(store: Store) -> None:
    for error in (TimeoutError, OSError, ValueError):
        with pytest.raises(error):
            await _failing(store, error)
    assert await store.unparsed() == []


async def _failing(store: Store, error: type[Exception]) -> None:
    async with store.transaction():
        await store.put_raw(raw(b"x"))
        raise error

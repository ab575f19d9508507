"""Bytes go by policy; what was understood, and what a result rests on, stays."""

from __future__ import annotations

import asyncio

import outgoing_samples
import pytest

import handlers
from schemas import Instant, Notice, RawAlert, Refusal, sha256_hex
from schemas.errors import NotFound
from transients.service.upkeep import expire, upkeep
from transients.store import Folding, InboxQuery, Store

OLD, NOW = Instant(utc="2020-01-01T00:00:00"), Instant(utc="2100-01-01T00:00:00")
EVERYTHING = [("*", NOW)]


def raw(body: bytes, topic: str = "gcn.classic.text.X", received: Instant = OLD, offset: int = 0) -> RawAlert:
    """A document that came long ago."""
    return RawAlert(
        content_id=sha256_hex(body), body=body, source="gcn", topic=topic, partition=0, offset=offset, received=received
    )


def notice(event_id: str) -> Notice:
    """One of an event."""
    return Notice(
        kind="FERMI_GBM_FLT_POS", messenger="gamma-ray", origin="Fermi-GBM", event_id=event_id, revision="1", role="observation"
    )


async def refuse(store: Store, *alerts: RawAlert) -> None:
    """They came, and were not taken."""
    await store.put_raw_many(alerts)
    for content_id in dict.fromkeys(alert.content_id for alert in alerts):
        await store.record_parsed(content_id, Refusal(reason="unknown-kind", message="?"), "v")


async def kept(store: Store) -> set[bytes]:
    """Bodies that are there."""
    return {alert.body async for alert in store.select(InboxQuery())}


async def test_only_the_bytes_go(store: Store) -> None:
    await refuse(store, raw(b"12345"))
    content_id = sha256_hex(b"12345")
    assert await store.expire(EVERYTHING) == (1, 5)
    assert await store.expire(EVERYTHING) == (0, 0)
    with pytest.raises(NotFound, match="retention"):
        await store.raw(content_id)
    assert await store.raws([content_id]) == []
    with pytest.raises(NotFound):
        await store.reparse(content_id)
    assert await kept(store) == set()
    (refused,) = await store.refused()
    assert (refused.reason, refused.size, refused.expired) == ("unknown-kind", 5, True)
    assert len(await store.deliveries(content_id)) == 1
    (part,) = await store.inbox_parts()
    assert (part.documents, part.bytes_came, part.bytes_kept, part.expired) == (1, 5, 0, 1)
    # It comes again: known.
    assert [result.new for result in await store.put_raw_many([raw(b"12345", offset=9)])] == [False]
    assert await store.unparsed() == []


async def test_the_first_pattern_that_fits_counts_and_none_keeps_for_ever(store: Store) -> None:
    await refuse(
        store,
        raw(b"a", "gcn.classic.text.POINTDIR"),
        raw(b"b", "gcn.classic.text.POS"),
        raw(b"c", "igwn.gwalert"),
        raw(b"d", "a_b"),
        raw(b"e", "aXb"),
        raw(b"f", "percent%"),
    )
    assert await store.expire([("gcn.*.POINTDIR", OLD), ("gcn.classic.*", NOW), ("a_?", NOW), ("per%", NOW)]) == (2, 2)
    assert await kept(store) == {b"a", b"c", b"e", b"f"}
    assert await store.expire([]) == (0, 0)


async def test_a_document_of_several_topics_stays_as_long_as_one_keeps_it(store: Store) -> None:
    await refuse(store, raw(b"x", "short"), raw(b"x", "ever"), raw(b"y", "short"), raw(b"y", "long"))
    assert await store.expire([("short", NOW), ("long", OLD)]) == (0, 0)
    assert await store.expire([("short", NOW), ("long", NOW)]) == (1, 1)
    assert await kept(store) == {b"x"}


async def test_what_waits_and_what_a_result_rests_on_stays(store: Store) -> None:
    await store.put_raw_many([raw(b"waits"), raw(b"assessed"), raw(b"recorded only")])
    for body, event_id in ((b"assessed", "1"), (b"recorded only", "2")):
        await store.record_parsed(sha256_hex(body), notice(event_id), "v")
        await store.fold_many([Folding(f"Fermi-GBM:{event_id}", sha256_hex(body), notice(event_id), OLD)], handlers.fold)
    await store.save_assessment(outgoing_samples.assessment(event_key="Fermi-GBM:1"))
    assert await store.expire(EVERYTHING) == (1, len(b"recorded only"))
    assert await kept(store) == {b"waits", b"assessed"}
    assert (await store.event("Fermi-GBM:2")).history[0].content_id == sha256_hex(b"recorded only")


async def test_the_service_does_it_by_its_settings(store: Store) -> None:
    await refuse(store, raw(b"old", received=OLD), raw(b"new", received=Instant(utc="2095-01-01T00:00:00"), offset=1))
    at = Instant(utc="2100-01-01T00:00:00")
    assert await expire(store, {"nothing.*": 1.0}, at) == (0, 0)
    stopping = asyncio.Event()
    running = asyncio.create_task(upkeep(store, {"gcn.*": 3653.0}, stopping, lambda: at, interval_s=0.01))
    async with asyncio.timeout(20):
        while await kept(store) != {b"new"}:  # noqa: ASYNC110 -- there is nothing to wait on but the rows
            await asyncio.sleep(0.02)
    stopping.set()
    await running
    assert await kept(store) == {b"new"}

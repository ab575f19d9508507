"""Many documents at once: the same as one after the other, all or nothing, and never two who wait for each other."""

from __future__ import annotations

import asyncio
import contextlib
import random

import msgspec
import pytest

import handlers
from schemas import Event, Heartbeat, Instant, Notice, PointingUpdate, RawAlert, Refusal, sha256_hex
from schemas.errors import NotFound, RefusedInput
from transients.store import Folding, Store, Wanted

NOW = Instant(utc="2026-11-22T16:00:00", ns=123_456_789)


def raw(body: bytes, offset: int | None = 0, **changes: object) -> RawAlert:
    """An alert of partition 0 of a topic."""
    plain = {"source": "gcn", "topic": "igwn.gwalert", "partition": 0, "received": NOW}
    return RawAlert(**{"content_id": sha256_hex(body), "body": body, "offset": offset, **plain, **changes})


def notice(event_id: str, revision: int = 1, **changes: object) -> Notice:
    """A notice of GBM's."""
    plain = {"kind": "FERMI_GBM_FLT_POS", "messenger": "gamma-ray", "origin": "Fermi-GBM", "role": "observation"}
    order = {"revision": str(revision), "revision_order": (1, revision)}
    return Notice(**{**plain, **order, "event_id": event_id, **changes})


async def test_each_content_is_new_once_and_each_delivery_counted(store: Store) -> None:
    batch = [raw(b"a", 0), raw(b"b", 1), raw(b"a", 2), raw(b"b", 1), raw(b"c", 3, source="hop")]
    assert [result.new for result in await store.put_raw_many(batch)] == [True, True, False, False, True]
    assert [result.new for result in await store.put_raw_many(batch)] == [False] * 5
    assert [alert.body for alert in await store.unparsed()] == [b"a", b"b", b"c"]
    assert [(road.offset, road.times) for road in await store.deliveries(sha256_hex(b"a"))] == [(0, 2), (2, 2)]
    assert [(road.offset, road.times) for road in await store.deliveries(sha256_hex(b"b"))] == [(1, 4)]
    states = {state.source: (state.deliveries, state.duplicates) for state in await store.source_states()}
    assert states == {"gcn": (8, 6), "hop": (2, 1)}
    assert await store.put_raw_many([]) == []


async def test_the_carriers_words_come_back_with_the_bytes(store: Store) -> None:
    alert = raw(b"x", headers={"_test": "true", "_id": "nul \x00 and é"}, broker_time=NOW)
    await store.put_raw_many([alert, raw(b"y", 1)])
    assert await store.raw(alert.content_id) == alert
    assert (await store.unparsed())[0].headers == alert.headers
    assert (await store.deliveries(alert.content_id))[0].headers == alert.headers
    assert (await store.raw(sha256_hex(b"y"))).headers == {}


async def test_documents_wait_in_the_order_they_came(store: Store) -> None:
    bodies = [b"document %d" % n for n in random.Random(7).sample(range(1000), 300)]
    for begin in (0, 100, 200):
        await store.put_raw_many([raw(body, begin + n) for n, body in enumerate(bodies[begin : begin + 100])])
    assert [alert.body for alert in await store.unparsed(1000)] == bodies
    assert await store.unparsed(1000, older_than_s=60.0) == []


async def test_one_wrong_content_id_keeps_the_batch_out(store: Store) -> None:
    with pytest.raises(RefusedInput):
        await store.put_raw_many([raw(b"x"), msgspec.structs.replace(raw(b"y", 1), body=b"z")])
    assert await store.unparsed() == []
    assert await store.source_states() == ()


async def test_large_documents_are_sent_apart_and_kept_together(store: Store) -> None:
    bodies = [bytes([n]) * 6_000_000 for n in range(4)]
    assert all(result.new for result in await store.put_raw_many([raw(body, n) for n, body in enumerate(bodies)]))
    assert [alert.body for alert in await store.unparsed()] == bodies
    (state,) = await store.source_states()
    assert (state.deliveries, state.duplicates) == (4, 0)


async def test_brokers_that_bring_the_same_in_any_order_never_block_each_other(store: Store) -> None:
    bodies = [b"shared %d" % n for n in range(60)]

    async def bring(source: str) -> int:
        order = random.Random(source).sample(bodies, len(bodies))
        results = []
        for begin in range(0, 60, 20):
            batch = [raw(body, begin + n, source=source) for n, body in enumerate(order[begin : begin + 20])]
            results += await store.put_raw_many(batch)
        return sum(result.new for result in results)

    async with asyncio.timeout(30):
        assert sum(await asyncio.gather(*(bring(f"broker {n}") for n in range(4)))) == 60
    assert {len(await store.deliveries(sha256_hex(body))) for body in bodies} == {4}


async def test_what_was_understood_is_kept_together_or_not_at_all(store: Store) -> None:
    bodies = [b"notice", b"pointing", b"refusal", b"beat 1", b"beat 2"]
    await store.put_raw_many([raw(body, n) for n, body in enumerate(bodies)])
    ids = [sha256_hex(body) for body in bodies]
    pointing = PointingUpdate(kind="POINTDIR", mission="INTEGRAL", time=NOW, ra_deg=0.0, dec_deg=0.0)
    beats = [Heartbeat(kind="gcn.heartbeat", time=Instant(utc=f"2026-11-22T16:00:0{n}")) for n in (1, 2)]
    found = list(zip(ids, (notice("1"), pointing, Refusal(reason="empty", message="nothing"), *beats), strict=True))
    with pytest.raises(NotFound, match="0000"):
        await store.record_parsed_many([*found, ("0" * 64, notice("2"))], "v1")
    assert len(await store.unparsed()) == 5
    assert await store.record_parsed_many(found, "v1") == set(ids)
    assert await store.record_parsed_many(found[:3], "v1") == frozenset()
    assert await store.unparsed() == []
    assert await store.parsed(ids[0]) == notice("1")
    assert await store.pointing_updates("INTEGRAL", NOW) == (pointing,)
    assert [alert.content_id for alert in await store.refused()] == [ids[2]]
    (state,) = await store.source_states()
    assert (state.heartbeats, state.last_pulse) == (2, beats[1].time)
    with pytest.raises(NotFound):
        await store.raw(ids[3])


async def test_all_that_was_ever_said_of_a_document_stays(store: Store) -> None:
    await store.put_raw(raw(b"x"))
    content_id = sha256_hex(b"x")
    refusal, other = Refusal(reason="unknown-kind", message="?"), Refusal(reason="no-identity", message="?")
    for version, parsed, new in (
        ("1.0", refusal, True),
        ("1.0", refusal, False),
        # The same version with a plug-in more.
        ("1.0", notice("1"), True),
        ("1.0", notice("1"), False),
        ("1.10", other, True),
        ("1.0", notice("1"), False),
        ("1.0", refusal, True),
    ):
        assert await store.record_parsed(content_id, parsed, version) is new, (version, parsed)
    assert await store.parsed(content_id) == refusal
    versions = [version for version, _ in await store.sayings(content_id)]
    assert versions == ["1.0", "1.0+2", "1.10", "1.0+3"]


def _same_history(event: Event) -> tuple[object, ...]:
    return (msgspec.structs.replace(event, history=()), sorted(entry.content_id for entry in event.history))


async def test_notices_folded_together_are_as_folded_one_by_one(store: Store) -> None:
    foldings = [
        Folding(f"Fermi-GBM:{n % 3}", f"c{n}", notice(str(n % 3), revision=1 + n, aliases=(f"GRB 24050{n}A",)), NOW)
        for n in random.Random(1).sample(range(12), 12)
    ]
    together = await store.fold_many([*foldings, foldings[0]], handlers.fold)
    assert together[-1] is None
    assert [event.revision for event in together[:-1] if event is not None] == [
        1 + sum(other.event_key == each.event_key for other in foldings[:n]) for n, each in enumerate(foldings)
    ]
    for key in {each.event_key for each in foldings}:
        alone: Event | None = None
        for each in foldings:
            if each.event_key == key:
                alone = handlers.fold(alone, each.notice, content_id=each.content_id, received=NOW)
        assert await store.event(key) == alone
        assert [event.revision for event in await store.event_revisions(key)] == [1, 2, 3, 4]
    assert await store.event_keys("GRB240500A") == ("Fermi-GBM:0",)
    assert await store.fold_many(foldings, handlers.fold) == [None] * 12
    assert await store.fold_many([], handlers.fold) == []


async def test_batches_of_shared_events_never_block_each_other(store: Store) -> None:
    async def bring(worker: int) -> None:
        events = random.Random(worker).sample(range(8), 8)
        for turn in range(3):
            batch = [Folding(f"Fermi-GBM:{n}", f"{worker} {turn} {n}", notice(str(n), 1 + turn), NOW) for n in events]
            await store.fold_many(batch, handlers.fold)

    async with asyncio.timeout(30):
        await asyncio.gather(*(bring(worker) for worker in range(4)))
    revisions = {event.event_key: event.revision for event in await store.events()}
    assert revisions == {f"Fermi-GBM:{n}": 12 for n in range(8)}


async def test_jobs_are_queued_together_each_key_once(store: Store) -> None:
    first = await store.enqueue("assess", "event", {"n": 0}, dedupe_key="known")
    wanted = [
        Wanted("assess", "a", {"n": 1}, dedupe_key="k", priority=5),
        Wanted("assess", "a", {"n": 2}, dedupe_key="known"),
        Wanted("tell", None),
        Wanted("assess", "b", {"n": 3}, dedupe_key="k"),
        Wanted("tell", None, not_before=Instant(utc="2050-01-01T00:00:00")),
    ]
    numbers = await store.enqueue_many(wanted)
    assert [number is not None for number in numbers] == [True, False, True, False, True]
    made = [number for number in numbers if number is not None]
    assert made == sorted(made)
    assert first not in made
    jobs = {job.job_id: job for job in await store.jobs()}
    assert len(jobs) == 4
    assert (jobs[made[0]].event_key, jobs[made[0]].payload, jobs[made[0]].priority) == ("a", {"n": 1}, 5)
    assert jobs[made[2]].not_before == Instant(utc="2050-01-01T00:00:00")
    assert await store.enqueue_many([]) == []


async def test_jobs_of_a_transaction_that_fails_are_none(store: Store) -> None:
    with contextlib.suppress(KeyError):
        async with store.transaction():
            await store.enqueue_many([Wanted("tell"), Wanted("tell")])
            raise KeyError
    assert await store.jobs() == ()

"""Many documents at once through the intake: one event whatever the form, the order and the batch; one bad document harms no other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import handler_samples
import msgspec
import packet_samples
import pytest

import handlers
from handlers.sniff import read_document
from schemas import CircularLink, Event, Heartbeat, Instant, Notice, RawAlert, SkyMapRef, sha256_hex
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

NOW = Instant(utc="2024-05-06T07:10:00")
BURST = {"TrigID": "700000001", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Pkt_Ser_Num": "3"}
GRB = "Fermi-GBM:700000001"


def raws(bodies: Sequence[bytes], topic: str = "t") -> list[RawAlert]:
    """The documents as one topic brings them."""
    return [
        RawAlert(content_id=sha256_hex(body), body=body, source="test", topic=topic, partition=0, offset=n, received=NOW)
        for n, body in enumerate(bodies)
    ]


def four_forms() -> list[bytes]:
    """One burst as VOEvent, packet, text and JSON."""
    voevent = handler_samples.voevent(112, BURST)
    document = read_document(voevent, None)
    packet = packet_samples.pack(document)  # type: ignore[arg-type]
    assert packet is not None
    text = packet_samples.text_notice(
        "FERMI", "Fermi-GBM Final Position", "RECORD_NUM:      8", "TRIGGER_NUM:     700000001", *packet_samples.BURST_LINES,
        "GRB_ERROR:       1.20 [deg radius, statistical only]",
    )  # fmt: skip
    return [voevent, packet, text, handler_samples.every_sample()["gbm-json"]]


def wave(kind: str, created: str, skymap: bytes | None = None) -> bytes:
    """An alert of one gravitational wave."""
    event: dict[str, Any] = {} if skymap is None else {"skymap": handler_samples.FITS + skymap.ljust(2880)}
    return handler_samples.gwalert("S240506xy", kind, created=f"2024-05-06T{created}Z", **event)


#: Two preliminary alerts with different maps, an update, the end.
WAVE = [
    wave("PRELIMINARY", "07:01:00", b"A"),
    wave("PRELIMINARY", "07:05:00", b"B"),
    wave("INITIAL", "07:30:00", b"C"),
    wave("UPDATE", "08:30:00", b"D"),
]
RETRACTION = wave("RETRACTION", "09:00:00")
GW = "LIGO Virgo KAGRA:S240506xy"


def unordered(event: Event) -> Event:
    """Without what may differ by the order of arrival: the order of the history."""
    return msgspec.structs.replace(event, history=tuple(sorted(event.history, key=lambda entry: entry.content_id)))


async def taken(store: Store, bodies: Sequence[bytes], at_once: int) -> list[Event]:
    """Every event after the documents came in batches of some."""
    intake = Intake(store, Settings())
    alerts = raws(bodies)
    for begin in range(0, len(alerts), at_once):
        await intake.put_many(alerts[begin : begin + at_once])
    return sorted(await store.events(), key=lambda event: event.event_key)


@pytest.mark.parametrize("at_once", [1, 2, 4])
async def test_four_forms_of_one_burst_are_one_event(store: Store, at_once: int) -> None:
    bodies = four_forms()
    (event,) = await taken(store, bodies, at_once)
    assert event.event_key == GRB
    assert [entry.content_id for entry in event.history] == [sha256_hex(body) for body in bodies]
    assert {entry.kind for entry in event.history} == {"FERMI_GBM_GND_POS", "FERMI_GBM_FIN_POS", "gcn.notices.fermi.gbm.trigger"}
    assert event.region_from == sha256_hex(bodies[2])
    assert [each.revision for each in await store.event_revisions(GRB)] == [1, 2, 3, 4]
    assert [notice.event_id async for _, notice, _ in store.notices("Fermi-GBM", "700000001")] == ["700000001"] * 4


@pytest.mark.parametrize("seed", range(4))
async def test_order_and_batches_make_no_difference(store: Store, seed: int) -> None:
    every = [*four_forms(), *WAVE, RETRACTION, *four_forms()]
    dice = random.Random(seed)
    found = await taken(store, dice.sample(every, len(every)), dice.choice((1, 3, 5, 13)))
    expected: dict[str, Event | None] = {}
    for body in every:
        notice = handlers.parse(body)
        assert isinstance(notice, Notice)
        key = handlers.event_key(notice)
        expected[key] = handlers.fold(expected.get(key), notice, content_id=sha256_hex(body), received=NOW)
    assert [unordered(event) for event in found] == [unordered(expected[key]) for key in sorted(expected)]  # type: ignore[arg-type]
    totals = await store.totals()
    assert (totals.events, totals.notices, totals.refused) == (2, 9, 0)


async def test_140_times_the_same_is_one_document_one_notice_one_job(store: Store) -> None:
    intake = Intake(store, Settings())
    body = handler_samples.voevent(112, BURST)
    alerts = [msgspec.structs.replace(alert, offset=n) for n, alert in enumerate(raws([body] * 140))]
    for begin in (0, 1, 50, 100):
        await intake.put_many(alerts[begin : begin + 50])
    totals = await store.totals()
    assert (totals.events, totals.notices, totals.jobs) == (1, 1, 1)
    assert len(await store.deliveries(sha256_hex(body))) == 140
    assert (await store.event(GRB)).revision == 1


async def test_a_second_preliminary_with_another_map_is_dropped_nowhere(store: Store) -> None:
    first, second = WAVE[:2]
    await Intake(store, Settings()).put_many(raws([first, second]))
    event = await store.event(GW)
    assert [entry.revision for entry in event.history] == ["PRELIMINARY", "PRELIMINARY"]
    assert event.region_from == sha256_hex(second)
    maps = [notice.region async for _, notice, _ in store.notices("LIGO Virgo KAGRA", "S240506xy")]
    blobs = [found.blob_id for found in maps if isinstance(found, SkyMapRef) and found.blob_id is not None]
    assert len(set(blobs)) == 2
    assert [await store.get_blob(blob) for blob in blobs] == [
        handler_samples.FITS + letter.ljust(2880) for letter in (b"A", b"B")
    ]
    # One look for both: the job of an older revision has nothing to do.
    (job,) = await store.jobs()
    assert job.payload == {"stage": "geometry", "event_revision": 2}


async def test_a_retraction_may_come_before_its_event(store: Store) -> None:
    intake = Intake(store, Settings())
    await intake.put_many(raws([RETRACTION]))
    event = await store.event(GW)
    assert (event.state, event.revision, event.region) == ("retracted", 1, None)
    await intake.put_many(raws(WAVE[:1]))
    event = await store.event(GW)
    assert (event.state, event.revision) == ("retracted", 2)


async def test_an_update_that_comes_after_the_retraction_brings_nothing_back(store: Store) -> None:
    intake = Intake(store, Settings())
    await intake.put_many(raws([*WAVE[:2], RETRACTION]))
    assert (await store.event(GW)).state == "retracted"
    await intake.put_many(raws(WAVE[2:]))
    event = await store.event(GW)
    assert (event.state, event.revision, len(event.history)) == ("retracted", 5, 5)
    assert [each.state for each in await store.event_revisions(GW)] == ["active", "active", "retracted", "retracted", "retracted"]


async def test_one_bad_document_harms_no_other_of_its_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fold = handlers.fold

    def faulty(event: Event | None, notice: Notice, **options: Any) -> Event:
        if notice.event_id in ("700000013", "700000042"):
            raise ZeroDivisionError("a fault of ours \ud800")
        return fold(event, notice, **options)

    monkeypatch.setattr(handlers, "fold", faulty)
    numbers = [str(700000000 + n) for n in range(60)]
    bodies = [handler_samples.voevent(112, {**BURST, "TrigID": number}) for number in numbers]
    bodies[30:30] = [b"", b"\xff\xfe", b"{" * 3000, b'{"$schema": "https://example.org/\\ud800"}']
    await Intake(store, Settings()).put_many(raws(bodies))
    assert await store.backlog() == 0
    assert {event.event_id for event in await store.events(1000)} == set(numbers) - {"700000013", "700000042"}
    refused = {alert.content_id: alert for alert in await store.refused()}
    assert len(refused) == 6
    for number in ("700000013", "700000042"):
        alert = refused[sha256_hex(handler_samples.voevent(112, {**BURST, "TrigID": number}))]
        assert (alert.reason, alert.kind) == ("fold-failed", "FERMI_GBM_GND_POS")
        assert "a fault of ours" in alert.message
    assert len(await store.jobs()) == 58


async def test_a_batch_of_everything_is_understood_in_one_go(store: Store) -> None:
    samples = handler_samples.every_sample()
    await Intake(store, Settings()).put_many(raws(list(samples.values())))
    assert await store.backlog() == 0
    expected = {name: handlers.parse(body, topic="t") for name, body in samples.items()}
    beats = {name for name, parsed in expected.items() if isinstance(parsed, Heartbeat)}
    for name in samples.keys() - beats:
        assert await store.parsed(sha256_hex(samples[name])) == expected[name], name
    (state,) = await store.source_states()
    assert state.heartbeats == len(beats) > 0
    assert (await store.totals()).notices == sum(isinstance(parsed, Notice) for parsed in expected.values())


@pytest.mark.parametrize("first", ["circular", "notice"])
async def test_a_circular_is_linked_to_its_event(store: Store, first: str) -> None:
    circular = (
        b'{"circularId": 36400, "subject": "GRB 240506A: Fermi GBM detection", "createdOn": 1714979289000, "submitter": "A. Nother",'
        b' "body": "At 07:08:09 UT GBM triggered on GRB 240506A (trigger 700000001/240506297)."}'
    )
    bodies = [circular, handler_samples.voevent(112, BURST)]
    await taken(store, bodies if first == "circular" else bodies[::-1], at_once=1)
    (link,) = await store.circulars_of(GRB)
    assert isinstance(link, CircularLink)
    assert (link.circular_id, link.submitter) == ("36400", "A. Nother")
    assert await store.event_keys("GRB 240506A") == (GRB,)


async def test_another_process_may_understand_the_same_at_once(store: Store, postgres_url: str) -> None:
    bodies = [*four_forms(), *WAVE, b"poison"]
    await store.put_raw_many(raws(bodies))
    other = await Store.open(postgres_url, pool_size=2)
    try:
        sweeps = (Intake(each, Settings()).sweep() for each in (store, other, store))
        assert sum(await asyncio.gather(*sweeps)) >= len(bodies)
    finally:
        await other.aclose()
    assert {event.event_key: event.revision for event in await store.events()} == {GRB: 4, GW: 4}
    assert len(await store.jobs()) == 2


@pytest.mark.parametrize("together", [True, False])
async def test_a_copy_marked_as_a_test_hides_no_real_alert(store: Store, together: bool) -> None:
    body = handler_samples.voevent(112, {"TrigID": "700000001", "Burst_TJD": "20436", "Burst_SOD": "25689.10"})
    roads = [("house", "a.test.b", {}), ("hop", "t", {"_test": "true"}), ("gcn", "gcn.classic.voevent.FERMI_GBM_GND_POS", {})]
    raws = [
        RawAlert(
            content_id=sha256_hex(body), body=body, source=source, topic=topic, headers=headers,
            received=Instant(utc="2024-05-06T07:08:30"),
        )
        for source, topic, headers in roads
    ]  # fmt: skip
    intake = Intake(store, Settings())
    for batch in [raws] if together else [[raw] for raw in raws]:
        await intake.put_many(batch)
    events = {event.event_key: event.revision for event in await store.events()}
    assert events == {"Fermi-GBM:700000001": 1, "Fermi-GBM:700000001:test": 1}
    due = [job.event_key for job in await store.jobs()]
    assert due == ["Fermi-GBM:700000001"]
    # Once more by any road: nothing new.
    await intake.put_many(raws)
    assert {event.event_key: event.revision for event in await store.events()} == events
    assert len(await store.jobs()) == 1

"""The canary goes the whole way, once whoever lets it fly; one that does not come through is told once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from journey_samples import SaidSource, mission
from service_samples import running, settings, worked

import handlers
from handlers.canary import KIND, ORIGIN
from schemas import Circle, Instant, Notice, Refusal
from schemas.errors import NoData
from transients.config import CanarySettings, NotifySettings
from transients.missions import shift
from transients.service.canary import CanarySource, canary_bytes, look, slot_of
from transients.service.intake import Intake
from transients.service.parts import utc_now
from transients.store import EventQuery, Store

SLOT = Instant(utc="2026-11-28T03:00:00")


def test_a_canary_follows_from_its_moment_alone() -> None:
    assert slot_of(Instant(utc="2026-11-28T03:59:59", ns=999_999_999), 3600.0) == SLOT
    assert slot_of(SLOT, 3600.0) == SLOT
    assert slot_of(Instant(utc="2026-11-28T03:00:07"), 5.0) == Instant(utc="2026-11-28T03:00:05")
    assert canary_bytes(SLOT) == canary_bytes(SLOT) != canary_bytes(shift(SLOT, 3600.0))
    notice = handlers.parse(canary_bytes(SLOT), topic=KIND)
    assert isinstance(notice, Notice)
    assert (notice.role, notice.origin, notice.issued) == ("test", ORIGIN, SLOT)
    assert notice.time == Instant(utc="2026-11-28T02:50:00")
    assert isinstance(notice.region, Circle)
    assert handlers.policies["canary"].roles == ("test",)


@pytest.mark.parametrize(("body", "reason"), [
    (b'{"t0": "2026-11-28T02:50:00", "issued": "2026-11-28T02:50:00"}', "no-identity"),
    (b'{"canary": "x", "t0": "soon", "issued": "2026-11-28T02:50:00"}', "bad-time"),
])  # fmt: skip
def test_what_is_no_canary_is_refused(body: bytes, reason: str) -> None:
    refused = handlers.parse(body, topic=KIND)
    assert isinstance(refused, Refusal)
    assert refused.reason == reason
    # The same bytes on any other topic are nobody's.
    assert isinstance(handlers.parse(canary_bytes(SLOT), topic="igwn.gwalert"), Refusal)


async def test_a_source_gives_one_at_once_and_then_each_in_its_time() -> None:
    source = CanarySource(0.5)
    found = []
    async with asyncio.timeout(20):
        async for raw in source:
            found.append(raw)
            await source.commit([raw])
            if len(found) == 3:
                await source.aclose()
    assert len({raw.content_id for raw in found}) == 3
    assert {raw.topic for raw in found} == {KIND}


async def test_the_whole_way_once_whoever_lets_it_fly(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path, canary=CanarySettings(interval_s=86400.0))
    data = SaidSource({"light_curve": NoData("none")})
    begun = utc_now()
    async with (
        running(made, ("ingest", "worker"), data=data, alerts=None, mission=mission()),
        running(made, ("ingest",), data=data, alerts=None, mission=mission()),
    ):
        async with asyncio.timeout(60):
            while not (await store.find_events(EventQuery(origin=ORIGIN))).items:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await worked(store)
        page = await store.find_events(EventQuery(origin=ORIGIN))
        assert await look(store, made, begun, shift(utc_now(), 5000.0))
    (listed,) = page.items
    assert listed.assessment is not None
    assert listed.assessment.role == "test"
    assert listed.assessment.geometry is not None
    assert listed.assessment.geometry.orientation is not None
    assert await store.circular(listed.event.event_key) is not None
    assert await store.messages() == ()
    assert await store.publications(listed.event.event_key) == ()
    # It is in nobody's way.
    assert (await store.find_events(EventQuery())).total == 0
    assert (await store.find_events(EventQuery(role="test"))).total == 0
    assert (await store.check()).violations == ()


async def test_one_that_does_not_come_through_is_told_once(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(
        postgres_url, tmp_path, canary=CanarySettings(tell=("mail:operator@example.org",)),
        notify=NotifySettings(always=("mail:always@example.org",)),
    )  # fmt: skip
    now = shift(slot_of(utc_now(), 3600.0), 1800.0)
    started = shift(now, -7200.0)
    # Nothing was ever let fly, and that for long.
    assert await look(store, made, shift(now, -800.0), now)
    assert not await look(store, made, started, now)
    assert sorted(message.contact.address for message in await store.messages()) == ["always@example.org", "operator@example.org"]
    assert not await look(store, made, started, now)
    assert len(await store.messages()) == 2
    assert {message.state for message in await store.messages()} == {"recorded"}
    # Stored just now, and nobody works on it: it has its time.
    slot = slot_of(now, 3600.0)
    raw = await anext(aiter(CanarySource(3600.0)))
    await Intake(store, made).put(msgspec.structs.replace(raw, received=shift(slot, 5.0)))
    assert await look(store, made, started, shift(slot, 800.0))
    assert not await look(store, made, started, shift(slot, 910.0))
    assert len(await store.messages()) == 2
    assert not await look(store, made, started, shift(slot, 3600.0 + 910.0))
    assert len(await store.messages()) == 4
    # While everything is held, nobody is told.
    await store.set_hold(True, "a person")
    assert not await look(store, made, started, shift(slot, 2 * 3600.0 + 910.0))
    assert len(await store.messages()) == 4
    assert (await store.check()).violations == ()

"""The dashboard over the real store: the same pages, the same lists, changes as they happen."""

from __future__ import annotations

import asyncio
import contextlib
import typing
from collections.abc import AsyncIterator

import dashboard_samples as samples
import httpx2
import msgspec
import outgoing_samples
import pytest
from litestar import Litestar

from schemas import Event, Instant, Notice, Refusal, from_json
from transients.config import Settings, WebSettings
from transients.store import EventQuery, Store
from transients.store.assessments import File
from transients.web import DashboardStore, create_app, serve_app
from transients.web.api import EventAnswer
from transients.web.keys import key_to_segment
from transients.web.memory import MemoryStore

RECEIVED = Instant.parse("2023-05-18T13:30:10")
HOSTILE = samples.hostile()[0]


@contextlib.asynccontextmanager
async def serving(store: Store) -> AsyncIterator[tuple[Litestar, httpx2.AsyncClient]]:
    """The dashboard on a port of its own, on this event loop: the store's connections belong to it."""
    app = create_app(store, Settings(), status=samples.status, clock=lambda: samples.NOW)
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(serve_app(app, WebSettings(port=0), stop, started=address.set_result))
    try:
        async with httpx2.AsyncClient(base_url=await asyncio.wait_for(address, 10), timeout=10) as client:
            yield app, client
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


async def put(store: Store, event: Event) -> Event:
    """Bring an event in by its front door: bytes, notice, folding."""
    raw = samples.raw(event.event_key.encode())
    await store.put_raw(raw)
    notice = Notice(
        kind="k",
        messenger=event.messenger,
        origin=event.origin,
        event_id=event.event_id,
        revision="1",
        role=event.role,
        time=event.t0,
    )
    await store.record_parsed(raw.content_id, notice, "1")
    made = msgspec.structs.replace(
        event, revision=1, history=(msgspec.structs.replace(event.history[0], content_id=raw.content_id),)
    )
    folded = await store.fold(raw.content_id, notice, RECEIVED, lambda *_, **__: made, event_key=event.event_key)
    assert folded == made
    return made


async def everything() -> list[Event]:
    page = await samples.filled_store().find_events(EventQuery(limit=100))
    return [item.event for item in page.items]


@pytest.fixture
async def filled(store: Store) -> Store:
    for event in [*await everything(), HOSTILE]:
        await put(store, event)
    for found in (outgoing_samples.assessment(), samples.hostile()[1]):
        files = {name: File(body, kind) for name, (kind, body) in samples.files().items()}
        saved, _ = await store.save_assessment(found, files)
        await store.save_circular(samples.circular(saved))
    broken = samples.raw(b"<broken", "t")
    await store.put_raw(broken)
    await store.record_parsed(broken.content_id, Refusal(reason="malformed-xml", message="<b>no</b>"), "1")
    return store


def test_the_store_has_everything_the_dashboard_asks() -> None:
    wanted = [name for name in vars(DashboardStore) if not name.startswith("_")]
    assert wanted
    assert all(callable(getattr(Store, name)) for name in wanted)
    accepted: DashboardStore = typing.cast(Store, None)
    del accepted


@pytest.mark.parametrize(
    "query",
    [
        EventQuery(limit=100),
        EventQuery(limit=2, offset=1),
        EventQuery(messenger="neutrino"),
        EventQuery(origin="fermi"),
        EventQuery(origin="%"),
        EventQuery(role="test"),
        EventQuery(text="s230518"),
        EventQuery(text="_"),
        EventQuery(text="%"),
        EventQuery(text="\\"),
        EventQuery(text="<script>"),
        EventQuery(messenger="gravitational-wave", role="test"),
    ],
)
async def test_the_store_in_memory_lists_as_postgres_does(filled: Store, query: EventQuery) -> None:
    memory = MemoryStore()
    for event in [*await everything(), HOSTILE]:
        memory.put_event(event)
    real, like = await filled.find_events(query), await memory.find_events(query)
    assert [item.event.event_key for item in real.items] == [item.event.event_key for item in like.items]
    assert real.total == like.total


async def test_pages_over_postgres(filled: Store) -> None:
    async with serving(filled) as (_, client):
        assert (await client.get("/health/ready")).json() == {"status": "OK", "checks": {"database": None}}
        board = (await client.get("/")).text
        assert "S230518h" in board
        assert "NO COUNTERPART" in board
        address = f"/events/{key_to_segment(samples.S230518H)}"
        page = (await client.get(address)).text
        for words in ("NO COUNTERPART", "Line 11 of the draft", "lightcurve-SPI-ACS.png", "3.8 × 10⁻⁷"):
            assert words in page
        assert (await client.get(f"{address}/files/allsky.png")).content == samples.png()
        assert (await client.get(f"{address}/curves/lightcurve-SPI-ACS.fits")).json()["bin_s"] == 0.5
        assert (await client.get(f"{address}?revision=7")).status_code == 404
        assert (await client.get("/events/none")).status_code == 404
        hostile = await client.get(f"/events/{key_to_segment(HOSTILE.event_key)}")
        assert hostile.status_code == 200
        assert "<script>alert" not in hostile.text
        refused = (await client.get("/quarantine")).text
        assert "malformed-xml" in refused
        assert "<b>no</b>" not in refused
        event = from_json((await client.get(f"/api/v1{address}")).content, EventAnswer)
        assert (await client.get(f"/raw/{event.history[0].content_id}")).text == samples.S230518H
        for strange in ("/raw/x", "/raw/%00", "/events/%00", "/?q=%00", "/events/%F0%9F%92%A5", f"{address}/files/%00"):
            assert (await client.get(strange)).status_code in (200, 400, 404), strange


async def test_changes_of_another_process_reach_the_hub(filled: Store) -> None:
    async with serving(filled) as (app, client):
        with app.state.hub.subscribe() as queue:
            # The listener is up when the first change gets through.
            async with asyncio.timeout(10):
                while queue.empty():
                    await filled.set_hold(True, "test")
                    await asyncio.sleep(0.02)
                change = await queue.get()
            assert change is not None
            assert change.what in ("hold", "reconnected")
        assert (await client.get("/api/v1/status")).json()["totals"]["refused"] == 1

"""Changes reach every open stream, a slow one harms nobody, and stopping ends them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import dashboard_samples as samples
import httpx2
import pytest

from schemas.errors import ConfigurationError
from transients.config import Settings, WebSettings
from transients.store import Change
from transients.web import create_app, serve_app
from transients.web.hub import BACKLOG, Hub
from transients.web.memory import MemoryStore


async def _settled(hub: Hub) -> None:
    hub.start()
    await asyncio.sleep(0)


async def test_each_stream_hears_each_change() -> None:
    store = MemoryStore()
    hub = Hub(store.changes)
    await _settled(hub)
    with hub.subscribe() as one, hub.subscribe() as two:
        await asyncio.sleep(0)
        store.put_event(samples.event("a:1", "a", "neutrino", "2023-01-01T00:00:00"))
        for queue in (one, two):
            change = await asyncio.wait_for(queue.get(), 2)
            assert change is not None
            assert change.event_key == "a:1"
        assert len(hub) == 2
    assert len(hub) == 0
    await hub.close()


async def test_a_stream_that_is_not_read_does_not_grow() -> None:
    hub = Hub(MemoryStore().changes)
    with hub.subscribe() as queue:
        for _ in range(3 * BACKLOG):
            hub._tell(Change(event_key="a:1"))
        assert queue.qsize() == BACKLOG
        await hub.close()
        assert queue.get_nowait() is None


async def test_listening_starts_again_and_says_so(monkeypatch) -> None:
    monkeypatch.setattr("transients.web.hub.RETRY_S", 0.01)
    tries = 0

    async def breaking() -> AsyncIterator[Change]:
        nonlocal tries
        tries += 1
        yield Change(event_key=f"try:{tries}")
        raise ConnectionError("gone")

    hub = Hub(breaking)
    hub.start()
    with hub.subscribe() as queue:
        seen = [await asyncio.wait_for(queue.get(), 2) for _ in range(4)]
    await hub.close()
    assert [c.what for c in seen if c is not None].count("reconnected") >= 1
    assert tries >= 2


async def test_stream_over_http_and_stop_ends_it() -> None:
    store = samples.filled_store()
    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    app = create_app(store, Settings(), status=samples.status)
    serving = asyncio.create_task(serve_app(app, WebSettings(port=0), stop, started=address.set_result))
    base = await asyncio.wait_for(address, 10)
    async with (
        httpx2.AsyncClient(base_url=base, timeout=10) as client,
        client.stream("GET", "/api/v1/stream", headers={"last-event-id": "7"}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        first = [await anext(lines) for _ in range(8)]
        assert "event: ready" in first
        # One that returns may have missed something, so it is told at once.
        assert "event: changed" in first
        store.put_event(samples.event("new:1", "new", "neutrino", "2023-05-18T13:39:59"))
        async with asyncio.timeout(5):
            async for line in lines:
                if "new:1" in line:
                    break
        stop.set()
        async with asyncio.timeout(5):
            assert all("new:1" not in line for line in [line async for line in lines])
    await asyncio.wait_for(serving, 5)


async def test_a_taken_port_is_an_error() -> None:
    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    make = lambda: create_app(MemoryStore(), Settings(), status=samples.status)  # noqa: E731
    serving = asyncio.create_task(serve_app(make(), WebSettings(port=0), stop, started=address.set_result))
    port = int((await asyncio.wait_for(address, 10)).rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port}: .*in use"):
        await serve_app(make(), WebSettings(port=port), asyncio.Event())
    stop.set()
    await asyncio.wait_for(serving, 5)

"""Alerts that others send: stored before they are answered, by the real service on PostgreSQL; and what is not taken."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from journey_samples import SaidSource
from service_samples import running, script, settings

from schemas import sha256_hex
from schemas.errors import ServiceUnreachable
from transients.config import HttpSettings, Secret, WebSettings
from transients.missions.integral import Integral
from transients.sources import load_response
from transients.store import Store

TOKEN, OTHER = "a-token-of-32-characters-or-more", "another-token-for-another-sender"
HTTP = HttpSettings(tokens={"observatory": Secret(TOKEN), "robot": Secret(OTHER)})
AUTHORISED = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def integral() -> Integral:
    return Integral(load_response())


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
    return number


@contextlib.asynccontextmanager
async def serving(url: str, folder: Path, integral: Integral, port: int, http: HttpSettings) -> AsyncIterator[httpx2.AsyncClient]:
    made = settings(url, folder, web=WebSettings(port=port), http=http)
    async with (
        running(made, ("web",), data=SaidSource(), mission=integral) as service,
        httpx2.AsyncClient(trust_env=False, base_url=service.url, timeout=20.0) as client,
    ):
        async with asyncio.timeout(20.0):
            while True:
                try:
                    await client.get("/health/live")
                    break
                except httpx2.TransportError:
                    await asyncio.sleep(0.02)
        yield client


async def test_an_alert_is_stored_before_it_is_answered_and_understood(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, port: int
) -> None:
    message = script()[0]
    async with serving(postgres_url, tmp_path, integral, port, HTTP) as client:
        headers = {**AUTHORISED, "x-topic": message.topic, "content-type": "application/json; charset=utf-8"}
        answer = await client.post("/api/alerts", content=message.body, headers=headers)
        assert answer.status_code == 202
        assert answer.json() == {"content_id": sha256_hex(message.body), "new": True}
        raw = await store.raw(sha256_hex(message.body))
        assert (raw.body, raw.source, raw.topic) == (message.body, "http:observatory", message.topic)
        assert raw.headers == {"content-type": "application/json; charset=utf-8"}
        assert await store.unparsed() == []
        assert (await store.totals()).notices == 1
        # Again, by another sender: known by its content, and seen to have come by two roads.
        again = await client.post("/api/alerts", content=message.body, headers={"authorization": f"bearer {OTHER}"})
        assert again.json() == {"content_id": raw.content_id, "new": False}
        assert [delivery.source for delivery in await store.deliveries(raw.content_id)] == ["http:observatory", "http:robot"]


async def test_any_bytes_are_taken_and_what_is_no_alert_is_refused_in_the_inbox(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, port: int
) -> None:
    bodies = [b"\x00\xff", b"%PDF", b"<VOEvent", b"x" * 3_000_000]
    async with serving(postgres_url, tmp_path, integral, port, HTTP) as client:
        for body in bodies:
            answer = await client.post("/api/alerts", content=body, headers=AUTHORISED)
            assert answer.status_code == 202
    assert (await store.totals()).refused == len(bodies)


async def test_without_any_token_configured_there_is_no_such_address(
    postgres_url: str, tmp_path: Path, integral: Integral, port: int
) -> None:
    async with serving(postgres_url, tmp_path, integral, port, HttpSettings()) as client:
        assert (await client.post("/api/alerts", content=b"<a/>", headers=AUTHORISED)).status_code == 404
        assert "/api/alerts" not in (await client.get("/schema/openapi.json")).json()["paths"]


async def test_an_inbox_that_is_away_is_said_and_when_to_try_again(
    postgres_url: str, tmp_path: Path, integral: Integral, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ServiceUnreachable("the database is away", where="secret-host")

    async with serving(postgres_url, tmp_path, integral, port, HTTP) as client:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "put_raw", away)
            answer = await client.post("/api/alerts", content=b"<a/>", headers=AUTHORISED)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert "secret-host" not in answer.text
        assert (await client.post("/api/alerts", content=b"<a/>", headers=AUTHORISED)).status_code == 202


async def test_a_fault_in_understanding_does_not_deny_that_it_is_stored(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ServiceUnreachable

    monkeypatch.setattr("transients.service.intake.Intake.understand", broken)
    async with serving(postgres_url, tmp_path, integral, port, HTTP) as client:
        answer = await client.post("/api/alerts", content=b"<later/>", headers=AUTHORISED)
        assert (answer.status_code, answer.json()["new"]) == (202, True)
    assert [raw.body for raw in await store.unparsed()] == [b"<later/>"]


async def test_a_process_that_only_listens_has_no_such_address(
    postgres_url: str, tmp_path: Path, integral: Integral, port: int
) -> None:
    made = settings(postgres_url, tmp_path, web=WebSettings(port=port), http=HTTP)
    async with running(made, ("ingest",), data=SaidSource(), mission=integral):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

"""The route that takes alerts, on a server on loopback: who may send what, how much, and how slowly."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import dashboard_samples as samples
import httpx2
import pytest

from ingest.documents import MAX_DOCUMENT_BYTES
from schemas import RawAlert
from transients.config import HttpSettings, Secret, Settings, WebSettings
from transients.web import alert_routes, create_app, serve_app

TOKEN, OTHER = "a-token-of-32-characters-or-more", "another-token-for-another-sender"
HTTP = HttpSettings(tokens={"observatory": Secret(TOKEN), "robot": Secret(OTHER)})
AUTHORISED = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _quick_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that a test left half spoken keeps no server for long."""
    monkeypatch.setattr("transients.web.server.GRACE_S", 1)


@contextlib.asynccontextmanager
async def app_of(http: HttpSettings, **options: Any) -> AsyncIterator[tuple[httpx2.AsyncClient, list[RawAlert]]]:
    """The route on a server on loopback; `wait` is waited for before an alert is taken."""
    wait: asyncio.Event | None = options.pop("wait", None)
    taken: list[RawAlert] = []

    async def take(raw: RawAlert) -> bool:
        if wait is not None:
            await wait.wait()
        taken.append(raw)
        return True

    app = create_app(samples.filled_store(), Settings(), status=samples.status, routes=alert_routes(http, take, **options))
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    running_app = asyncio.create_task(serve_app(app, WebSettings(port=0), stop, started=address.set_result))
    try:
        async with httpx2.AsyncClient(trust_env=False, base_url=await asyncio.wait_for(address, 10), timeout=20.0) as client:
            yield client, taken
    finally:
        stop.set()
        await asyncio.wait_for(running_app, 15)


async def spoken(client: httpx2.AsyncClient, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """What the server answers to these bytes, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    try:
        for part in parts:
            with contextlib.suppress(ConnectionError):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause_s)
        async with asyncio.timeout(10):
            with contextlib.suppress(ConnectionError):
                return await reader.read(4096)
        return b""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def head(*lines: str) -> bytes:
    given = ("POST /api/alerts HTTP/1.1", "Host: localhost", f"Authorization: Bearer {TOKEN}", *lines)
    return "\r\n".join([*given, "", ""]).encode()


async def test_without_a_valid_token_nothing_is_taken() -> None:
    given: list[dict[str, Any]] = [
        {},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": b"Bearer \xff\xfe"},
    ]
    async with app_of(HTTP) as (client, taken):
        for headers in given:
            answer = await client.post("/api/alerts", content=b"<a/>", headers=headers)
            assert answer.status_code == 401, headers
            assert answer.headers["www-authenticate"] == "Bearer"
            assert TOKEN not in answer.text
        assert taken == []


async def test_a_length_too_large_is_refused_before_a_byte_of_the_body_came() -> None:
    async with app_of(HTTP) as (client, taken):
        for length in (MAX_DOCUMENT_BYTES + 1, 2**32, 10**18):
            assert b" 413 " in await spoken(client, head(f"Content-Length: {length}"))
        assert taken == []


async def test_a_body_without_a_length_is_refused_while_it_is_read() -> None:
    async with app_of(HTTP, max_bytes=1000) as (client, taken):
        chunk = b"%x\r\n%s\r\n" % (400, b"x" * 400)
        # The last chunk never comes: the answer does not wait for it.
        assert b" 413 " in await spoken(client, head("Transfer-Encoding: chunked"), chunk, chunk, chunk)
        assert b" 202 " in await spoken(client, head("Transfer-Encoding: chunked"), chunk, chunk, b"0\r\n\r\n")
        assert [len(raw.body) for raw in taken] == [800]


async def test_a_body_that_drips_is_not_waited_for() -> None:
    async with app_of(HTTP, body_timeout_s=0.3) as (client, taken):
        drips = [b"x"] * 4
        assert b" 408 " in await spoken(client, head("Content-Length: 1000"), *drips, pause_s=0.05)
        assert taken == []
        # Its place is free again.
        assert (await client.post("/api/alerts", content=b"<a/>", headers=AUTHORISED)).status_code == 202


async def test_a_body_that_breaks_off_is_not_taken() -> None:
    async with app_of(HTTP) as (client, taken):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(head("Content-Length: 1000") + b"<half")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        del reader
        assert (await client.post("/api/alerts", content=b"<a/>", headers=AUTHORISED)).status_code == 202
        assert [raw.body for raw in taken] == [b"<a/>"]


async def test_one_sender_takes_no_more_than_its_share_at_once_and_the_other_has_its_own() -> None:
    wait = asyncio.Event()
    http = HttpSettings(tokens=HTTP.tokens, concurrent=2)
    async with app_of(http, wait=wait) as (client, taken):
        held = [
            asyncio.create_task(client.post("/api/alerts", content=b"%d" % number, headers=AUTHORISED)) for number in range(2)
        ]
        await asyncio.sleep(0.2)
        refused = await client.post("/api/alerts", content=b"more", headers=AUTHORISED)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        other = asyncio.create_task(client.post("/api/alerts", content=b"other", headers={"authorization": f"Bearer {OTHER}"}))
        await asyncio.sleep(0.1)
        wait.set()
        assert [(await task).status_code for task in (*held, other)] == [202, 202, 202]
        assert len(taken) == 3


async def test_one_sender_takes_no_more_than_its_share_of_a_minute() -> None:
    async with app_of(HttpSettings(tokens=HTTP.tokens, per_minute=3)) as (client, taken):
        codes = [(await client.post("/api/alerts", content=b"%d" % n, headers=AUTHORISED)).status_code for n in range(5)]
        assert codes == [202, 202, 202, 429, 429]
        assert len(taken) == 3


async def test_a_dripping_client_without_a_token_is_sent_away_at_once() -> None:
    async with app_of(HTTP) as (client, taken):
        request = b"POST /api/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
        assert b" 401 " in await spoken(client, request, b"x")
        assert taken == []


async def test_what_cannot_be_kept_as_said_is_refused() -> None:
    given: list[tuple[dict[str, Any], bytes]] = [
        ({"x-topic": "x" * 201}, b"a"),
        ({"x-topic": "a\tb"}, b"a"),
        ({"x-topic": b"\xff"}, b"a"),
        ({}, b""),
    ]
    async with app_of(HTTP) as (client, taken):
        for headers, body in given:
            answer = await client.post("/api/alerts", content=body, headers=AUTHORISED | headers)
            assert answer.status_code == 400, headers
            assert json.loads(answer.content)["error"]["message"]
        assert taken == []


async def test_from_elsewhere_only_where_the_settings_say_so() -> None:
    # A proxy on this machine says for whom it speaks.
    elsewhere = AUTHORISED | {"x-forwarded-for": "192.0.2.7"}
    async with app_of(HTTP) as (client, taken):
        assert (await client.post("/api/alerts", content=b"<a/>", headers=elsewhere)).status_code == 403
        assert taken == []
    async with app_of(HttpSettings(tokens=HTTP.tokens, remote=True)) as (client, taken):
        assert (await client.post("/api/alerts", content=b"<a/>", headers=elsewhere)).status_code == 202


async def test_only_posting() -> None:
    async with app_of(HTTP) as (client, _):
        assert (await client.get("/api/alerts", headers=AUTHORISED)).status_code == 405

"""VOEvents over TCP against a broker on loopback: as it should be, as it goes wrong, and as somebody may mean it badly."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from vtp_broker import IDENTITY, Peer, VtpBroker, event, transport

import handlers
from ingest.vtp import VtpSource
from schemas import Gap, RawAlert, Refusal
from schemas.errors import ConfigurationError, ServiceUnreachable

US = "ivo://us.example/subscriber"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.vtp._FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr("ingest.vtp._MAX_PAUSE_S", 0.1)


@pytest.fixture
async def broker() -> AsyncIterator[VtpBroker]:
    async with VtpBroker() as listening:
        yield listening


class Gaps:
    """Keeps the gaps it is told of; `away` is how often it cannot."""

    def __init__(self, away: int = 0) -> None:
        self.told: list[Gap] = []
        self.away = away

    async def put(self, gap: Gap) -> None:
        if self.away:
            self.away -= 1
            raise ServiceUnreachable
        self.told.append(gap)


@contextlib.asynccontextmanager
async def subscribed(broker: VtpBroker, **options: object) -> AsyncIterator[tuple[VtpSource, asyncio.Queue[RawAlert]]]:
    """A source that listens; what it gives is in the queue."""
    source = VtpSource("127.0.0.1", broker.port, identity=US, **options)  # type: ignore[arg-type]
    given: asyncio.Queue[RawAlert] = asyncio.Queue()

    async def read() -> None:
        async for raw in source:
            given.put_nowait(raw)

    reading = asyncio.create_task(read())
    try:
        yield source, given
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        await source.aclose()
        await source.aclose()


async def next_of(given: asyncio.Queue[RawAlert]) -> RawAlert:
    return await asyncio.wait_for(given.get(), 10)


async def until(said: list[object], count: int) -> None:
    async with asyncio.timeout(10):
        while len(said) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_it_answers_that_it_lives_and_who_it_is(broker: VtpBroker) -> None:
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        for role in ("authenticate", "iamalive"):
            peer.send(transport(role))
            assert await peer.answer() == (role, IDENTITY, US, "")
        peer.send(transport("iamalive", namespace="http://www.telescope-networks.org/xml/Transport/v1.1"))
        assert (await peer.answer())[0] == "iamalive"
        assert source.line.condition == "connected"
        assert source.line.last_pulse is not None
        assert given.empty()


async def test_an_alert_is_acknowledged_when_it_is_stored_and_not_before(broker: VtpBroker) -> None:
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(event(1), event(2))
        first, second = await next_of(given), await next_of(given)
        assert (first.body, second.body) == (event(1), event(2))
        assert first.topic == f"127.0.0.1:{broker.port}"
        peer.send(transport("iamalive"))
        # Had it been acknowledged at once, that would have come first.
        assert (await peer.answer())[0] == "iamalive"
        await source.commit([first, second])
        assert await peer.answer() == ("ack", "ivo://sender.example/event#1", US, "")
        assert await peer.answer() == ("ack", "ivo://sender.example/event#2", US, "")


async def test_the_same_alert_twice_is_acknowledged_twice(broker: VtpBroker) -> None:
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(event(1), event(1))
        first, again = await next_of(given), await next_of(given)
        await source.commit([first])
        await source.commit([again])
        assert [(await peer.answer())[0] for _ in range(2)] == ["ack", "ack"]


async def test_whatever_is_not_about_the_line_is_an_alert_and_what_has_no_identity_is_not_answered(broker: VtpBroker) -> None:
    strange = [b"", b"garbage \x00\xff", b"rubbish before <VOEvent ivorn='ivo://x/y#1'/>", b"<VOEvent/>", b"<a" * 50_000]
    declared = b"<!DOCTYPE x [<!ENTITY a 'b'>]><VOEvent ivorn='&a;'/>"
    utf16 = "<VOEvent ivorn='ivo://x/y#2'/>".encode("utf-16")
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(*strange, declared, utf16)
        alerts = [await next_of(given) for _ in range(len(strange) + 2)]
        assert [raw.body for raw in alerts] == [*strange, declared, utf16]
        await source.commit(alerts)
        # Broken behind its root: it has an identity all the same, and the handlers refuse it.
        broken = b"\xef\xbb\xbf\n<VOEvent ivorn='ivo://x/y#3'><Who>"
        peer.send(broken)
        await source.commit([await next_of(given)])
        assert await peer.answer() == ("ack", "ivo://x/y#3", US, "")


async def test_transport_messages_of_any_kind_are_no_alerts(broker: VtpBroker) -> None:
    async with subscribed(broker) as (_, given):
        peer = await broker.peer()
        peer.send(*(transport(role) for role in ("ack", "nak", "unheard-of")), b"<Transport role='iamalive'>", event(1))
        assert (await next_of(given)).body == event(1)
        assert await peer.answer() == ("iamalive", "", US, "")


async def test_a_broker_that_hangs_up_is_asked_again_and_the_gap_is_told(broker: VtpBroker) -> None:
    gaps = Gaps()
    async with subscribed(broker, on_gap=gaps.put) as (source, given):
        peer = await broker.peer()
        peer.send(event(1))
        await next_of(given)
        # In the middle of a message, as a crash does it.
        peer.writer.write(b"\x00\x00\x00\x64half of")
        await peer.writer.drain()
        await asyncio.sleep(0.05)
        peer.reset()
        await until(gaps.told, 1)
        assert source.line.condition == "waiting"
        assert gaps.told[0].until is None
        assert gaps.told[0].reason == "silence"
        again = await broker.peer()
        again.send(event(2))
        assert (await next_of(given)).body == event(2)
        await until(gaps.told, 2)
        opened, closed = gaps.told
        assert (closed.since, closed.topic) == (opened.since, opened.topic)
        assert closed.since is not None
        assert closed.until is not None
        assert closed.since <= closed.until
        assert source.line.condition == "connected"


async def test_what_came_on_a_line_of_before_is_not_acknowledged_on_the_new_one(broker: VtpBroker) -> None:
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(event(1))
        first = await next_of(given)
        peer.reset()
        again = await broker.peer()
        await source.commit([first])
        again.send(transport("iamalive"))
        assert (await again.answer())[0] == "iamalive"


async def test_a_broker_that_is_away_from_the_start_is_waited_for(broker: VtpBroker) -> None:
    await broker.close()
    gaps = Gaps(away=1)
    async with subscribed(broker, on_gap=gaps.put) as (source, given):
        async with asyncio.timeout(10):
            while not source.line.reason:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert "no connection" in source.line.reason
        await broker.listen()
        (await broker.peer()).send(event(1))
        assert (await next_of(given)).body == event(1)
        # What could not be told at first is told with what follows.
        await until(gaps.told, 2)
        assert [gap.until is None for gap in gaps.told] == [True, False]


async def test_a_silent_line_is_made_anew_also_when_single_bytes_drip(broker: VtpBroker) -> None:
    gaps = Gaps()
    async with subscribed(broker, on_gap=gaps.put, silence_s=0.3) as (source, given):
        peer = await broker.peer()
        peer.send(transport("iamalive"))
        began_s = time.monotonic()
        peer.writer.write(b"\x00\x00\x10\x00")
        with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
            async with asyncio.timeout(5):
                while not peer.writer.is_closing() and not gaps.told:
                    peer.writer.write(b"<")
                    await asyncio.sleep(0.05)
        assert time.monotonic() - began_s < 3.0
        await until(gaps.told, 1)
        assert gaps.told[0].remark == "no message within 0.3 s"
        (await broker.peer()).send(event(1))
        assert (await next_of(given)).body == event(1)
        assert source.line.condition == "connected"


@pytest.mark.parametrize(
    ("prefix", "length"),
    [(b"\xff\xff\xff\xff", 2**32 - 1), (b"\x80\x00\x00\x00", 2**31), (b"HTTP/1.1 400 Bad Request\r\n\r\n", 0x48545450)],
)
async def test_a_lying_length_is_refused_before_it_is_read_and_seen_in_the_inbox(
    broker: VtpBroker, prefix: bytes, length: int
) -> None:
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(transport("iamalive"))
        await peer.answer()
        peer.writer.write(prefix)
        raw = await next_of(given)
        role, origin, _, why = await peer.answer()
        assert (role, origin) == ("nak", IDENTITY)
        assert str(length) in why
        await peer.gone()
        parsed = handlers.parse(raw.body, topic=raw.topic)
        assert isinstance(parsed, Refusal)
        assert parsed.reason == "too-large"
        assert str(length) in parsed.message
        await source.commit([raw])
        (await broker.peer()).send(event(1))
        assert (await next_of(given)).body == event(1)


async def test_a_peer_that_takes_no_answers_is_left(broker: VtpBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.vtp_line._MAX_UNSENT_BYTES", 1)

    async with subscribed(broker):
        peer = await broker.peer()
        peer.writer.transport.pause_reading()
        message = transport("iamalive", "ivo://" + "x" * 50_000)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10):
                while not peer.writer.is_closing():
                    peer.send(message)
                    await peer.writer.drain()
                    await asyncio.sleep(0)
        assert isinstance(await broker.peer(), Peer)


async def test_leaving_with_alerts_in_hand_is_told(broker: VtpBroker) -> None:
    gaps = Gaps()
    async with subscribed(broker, on_gap=gaps.put) as (source, given):
        peer = await broker.peer()
        peer.send(event(1), event(2), b"")
        first = await next_of(given)
        await next_of(given)
        await next_of(given)
        await source.commit([first])
    assert [gap.remark for gap in gaps.told] == ["2 alerts had come and were not stored when we left"]


async def test_a_big_message_comes_whole(broker: VtpBroker) -> None:
    body = b"<VOEvent ivorn='ivo://x/big#1'>" + b"x" * 3_000_000 + b"</VOEvent>"
    async with subscribed(broker) as (source, given):
        peer = await broker.peer()
        peer.send(body)
        raw = await next_of(given)
        assert raw.body == body
        await source.commit([raw])
        assert (await peer.answer())[1] == "ivo://x/big#1"


@pytest.mark.parametrize(("host", "port"), [("", 8099), ("a", 0), ("a", 65536)])
def test_no_place_to_connect_to_is_a_mistake_of_the_settings(host: str, port: int) -> None:
    with pytest.raises(ConfigurationError, match="no place"):
        VtpSource(host, port)
    with pytest.raises(ConfigurationError, match="no identity"):
        VtpSource("localhost", identity="ivo://a\x00b")


async def test_a_name_that_cannot_be_one_is_waited_for_like_one_that_is_not_known() -> None:
    source = VtpSource("x" * 300, 8099)
    reading = asyncio.ensure_future(anext(aiter(source)))
    async with asyncio.timeout(10):
        while not source.line.reason:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not reading.done()
    reading.cancel()
    await source.aclose()


async def test_an_address_that_leads_nowhere_keeps_no_other_from_being_asked(
    broker: VtpBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def addresses(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, broker.port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
    async with subscribed(broker) as (_, given):
        (await broker.peer()).send(event(1))
        assert (await next_of(given)).body == event(1)

"""Alerts given again keep their order and their pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ingest import ReplaySource
from schemas import Instant, RawAlert, sha256_hex


def alert(second: float) -> RawAlert:
    body = f"{second}".encode()
    received = Instant.parse(f"2024-05-06T07:08:{second:06.3f}")
    return RawAlert(content_id=sha256_hex(body), body=body, source="gcn", topic="t", received=received)


async def each(*seconds: float) -> AsyncIterator[RawAlert]:
    for second in seconds:
        yield alert(second)


async def test_the_pace_is_that_of_receipt_divided_by_the_speed() -> None:
    source, started = ReplaySource(each(1.0, 1.2, 9.0), speed=40.0), time.monotonic()
    came = [(raw.body, time.monotonic() - started) async for raw in source]
    assert [body for body, _ in came] == [b"1.0", b"1.2", b"9.0"]
    # Never early; how late is the machine's affair.
    assert came[1][1] >= 0.2 / 40.0
    assert came[2][1] >= 8.0 / 40.0
    assert source.given == 3


async def test_without_a_speed_nothing_is_waited_for() -> None:
    source = ReplaySource(each(1.0, 59.0))
    async with asyncio.timeout(20.0):
        assert [raw.body async for raw in source] == [b"1.0", b"59.0"]


async def test_closing_ends_a_wait() -> None:
    source = ReplaySource(each(1.0, 59.0), speed=0.001)
    alerts = aiter(source)
    assert (await anext(alerts)).body == b"1.0"
    waiting = asyncio.ensure_future(anext(alerts))
    await asyncio.sleep(0)
    assert not waiting.done()
    await source.aclose()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 20.0)
    assert source.given == 1


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_is_above_zero(speed: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        ReplaySource(each(), speed=speed)

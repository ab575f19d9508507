"""The loop alone, on a source of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest import run
from ingest.base import raw_alert
from schemas import RawAlert
from schemas.errors import ConfigurationError, ServiceRefused, ServiceUnreachable


class Listed:
    """Gives these bodies, remembers what was committed, and can refuse that."""

    name = "listed"

    def __init__(self, *bodies: bytes, end: Exception | None = None, commits: bool = True) -> None:
        self._bodies, self._end, self._commits = bodies, end, commits
        self.done: list[str] = []
        self.closed = 0

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        for offset, body in enumerate(self._bodies):
            yield raw_alert(body, source=self.name, topic="t", partition=0, offset=offset)
        if self._end is not None:
            raise self._end

    async def commit(self, raw: RawAlert) -> None:
        if not self._commits:
            raise ServiceRefused("rebalanced")
        self.done.append(f"commit {raw.body.decode()}")

    async def aclose(self) -> None:
        self.closed += 1


async def test_stored_then_committed_one_after_the_other() -> None:
    source = Listed(b"1", b"2")

    async def put(raw: RawAlert) -> None:
        source.done.append(f"put {raw.body.decode()}")

    stats = await run(source, put, asyncio.Event())
    assert source.done == ["put 1", "commit 1", "put 2", "commit 2"]
    assert (stats.received, stats.stored, stats.committed, stats.failed) == (2, 2, 2, 0)
    assert source.closed == 1


async def test_a_lost_commit_loses_nothing() -> None:
    kept: list[bytes] = []

    async def put(raw: RawAlert) -> None:
        kept.append(raw.body)

    stats = await run(Listed(b"1", b"2", commits=False), put, asyncio.Event())
    assert kept == [b"1", b"2"]
    assert (stats.stored, stats.committed) == (2, 0)


async def test_what_the_source_says_at_its_end_is_heard() -> None:
    source = Listed(b"1", end=ConfigurationError("wrong login"))

    async def put(raw: RawAlert) -> None: ...

    with pytest.raises(ConfigurationError, match="wrong login"):
        await run(source, put, asyncio.Event())
    assert source.closed == 1


async def test_an_error_of_nobodys_is_tried_a_few_times_and_then_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.loop._FIRST_PAUSE_S", 0.001)
    source, calls = Listed(b"odd", b"good"), []

    async def put(raw: RawAlert) -> None:
        calls.append(raw.body)
        if raw.body == b"odd":
            raise KeyError("surprise")

    stats = await run(source, put, asyncio.Event())
    assert calls == [b"odd"] * 5 + [b"good"]
    assert source.done == ["commit good"]
    assert (stats.failed, stats.retries) == (1, 4)


async def test_stopping_while_the_store_is_away_commits_nothing() -> None:
    source, stop = Listed(b"1", b"2"), asyncio.Event()

    async def put(raw: RawAlert) -> None:
        stop.set()
        raise ServiceUnreachable

    stats = await asyncio.wait_for(run(source, put, stop), 5)
    assert source.done == []
    assert (stats.received, stats.stored) == (1, 0)


@pytest.mark.parametrize(("milliseconds", "expected"), [(0, "1970-01-01T00:00:00.000"), (1, "1970-01-01T00:00:00.001")])
def test_the_brokers_time(milliseconds: int, expected: str) -> None:
    alert = raw_alert(b"", source="s", topic="t", broker_ms=milliseconds)
    assert alert.broker_time is not None
    assert alert.broker_time.iso == expected


@pytest.mark.parametrize("nonsense", [None, -1, 2**62])
def test_a_nonsense_time_of_a_broker_is_no_time(nonsense: int | None) -> None:
    assert raw_alert(b"", source="s", topic="t", broker_ms=nonsense).broker_time is None

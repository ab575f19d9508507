"""The loop alone, on a source of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from ingest import LineState, SourceStats, one_by_one, run
from ingest.base import raw_alert
from ingest.batches import MOST_ALERTS, MOST_BYTES, Batches
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

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        if not self._commits:
            raise ServiceRefused("rebalanced")
        self.done.append(f"commit {_text(raws)}")

    async def aclose(self) -> None:
        self.closed += 1


def _text(raws: Sequence[RawAlert]) -> str:
    return " ".join(raw.body.decode() for raw in raws)


async def nothing(raws: Sequence[RawAlert]) -> None:
    """Store nothing, and say it was."""


async def test_what_is_there_is_stored_together_and_then_committed() -> None:
    source = Listed(b"1", b"2")

    async def put_many(raws: Sequence[RawAlert]) -> None:
        source.done.append(f"put {_text(raws)}")

    stats = await run(source, put_many, asyncio.Event())
    assert source.done == ["put 1 2", "commit 1 2"]
    assert (stats.received, stats.stored, stats.committed, stats.failed) == (2, 2, 2, 0)
    assert source.closed == 1


async def test_an_alert_that_comes_alone_is_stored_at_once() -> None:
    gate, stop = asyncio.Queue[bytes](), asyncio.Event()

    class Slow(Listed):
        async def __aiter__(self) -> AsyncIterator[RawAlert]:
            while True:
                yield raw_alert(await gate.get(), source=self.name, topic="t")

    source, stored = Slow(), asyncio.Queue[str]()

    async def put_many(raws: Sequence[RawAlert]) -> None:
        stored.put_nowait(_text(raws))

    task = asyncio.create_task(run(source, put_many, stop))
    for body in (b"1", b"2"):
        gate.put_nowait(body)
        assert await asyncio.wait_for(stored.get(), 5) == body.decode()
    stop.set()
    stats = await asyncio.wait_for(task, 5)
    assert source.done == ["commit 1", "commit 2"]
    assert (stats.received, stats.stored) == (2, 2)


async def test_what_comes_while_others_are_stored_is_stored_together_and_never_too_much() -> None:
    bodies = [b"%d" % n for n in range(3 * MOST_ALERTS)]
    source, sizes, kept = Listed(*bodies), [], []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        sizes.append(len(raws))
        kept.extend(raw.body for raw in raws)
        await asyncio.sleep(0)

    stats = await run(source, put_many, asyncio.Event())
    assert kept == bodies
    assert max(sizes) <= MOST_ALERTS
    assert len(sizes) <= 4
    assert stats.committed == len(bodies)


async def test_a_lost_commit_loses_nothing() -> None:
    kept: list[bytes] = []

    async def put(raw: RawAlert) -> None:
        kept.append(raw.body)

    stats = await run(Listed(b"1", b"2", commits=False), one_by_one(put), asyncio.Event())
    assert kept == [b"1", b"2"]
    assert (stats.stored, stats.committed) == (2, 0)


async def test_what_the_source_says_at_its_end_is_heard_after_what_it_gave_is_stored() -> None:
    source = Listed(b"1", end=ConfigurationError("wrong login"))
    with pytest.raises(ConfigurationError, match="wrong login"):
        await run(source, nothing, asyncio.Event())
    assert source.done == ["commit 1"]
    assert source.closed == 1


async def test_an_error_of_nobodys_is_tried_a_few_times_and_then_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.loop._FIRST_PAUSE_S", 0.001)
    source, calls = Listed(b"before", b"odd", b"good"), []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        calls.append(_text(raws))
        if "odd" in calls[-1]:
            raise KeyError("surprise")

    stats = await run(source, put_many, asyncio.Event())
    assert calls == ["before odd good", "before", *["odd"] * 5, "good"]
    assert source.done == ["commit before good"]
    assert (stats.failed, stats.retries, stats.stored, stats.committed) == (1, 4, 2, 2)


async def test_one_bad_alert_keeps_no_other_out() -> None:
    source, kept = Listed(b"a", b"bad", b"b"), []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        if any(raw.body == b"bad" for raw in raws):
            raise ConfigurationError("never")
        kept.extend(raw.body for raw in raws)

    stats = await run(source, put_many, asyncio.Event())
    assert kept == [b"a", b"b"]
    assert source.done == ["commit a b"]
    assert (stats.failed, stats.stored) == (1, 2)


async def test_what_the_inbox_cannot_take_is_set_aside() -> None:
    source, aside = Listed(b"a", b"bad", b"b"), []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        if any(raw.body == b"bad" for raw in raws):
            raise ConfigurationError("never")

    stats = await run(source, put_many, asyncio.Event(), set_aside=aside.append)
    assert [raw.body for raw in aside] == [b"bad"]
    assert (stats.failed, stats.stored) == (1, 2)


async def test_a_full_disk_for_what_is_set_aside_stops_nothing() -> None:
    source = Listed(b"bad", b"b")

    async def put_many(raws: Sequence[RawAlert]) -> None:
        if any(raw.body == b"bad" for raw in raws):
            raise ConfigurationError("never")

    def full(raw: RawAlert) -> None:
        raise OSError("No space left on device")

    stats = await run(source, put_many, asyncio.Event(), set_aside=full)
    assert (stats.failed, stats.stored) == (1, 1)


async def test_a_store_that_is_away_gets_the_same_alerts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.loop._FIRST_PAUSE_S", 0.001)
    source, calls = Listed(b"1", b"2"), []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        calls.append(_text(raws))
        if len(calls) < 4:
            raise ServiceUnreachable

    stats = await run(source, put_many, asyncio.Event())
    assert calls == ["1 2"] * 4
    assert (stats.failed, stats.retries, stats.stored) == (0, 3, 2)


async def test_stopping_while_the_store_is_away_commits_nothing() -> None:
    source, stop = Listed(b"1", b"2"), asyncio.Event()

    async def put_many(raws: Sequence[RawAlert]) -> None:
        stop.set()
        raise ServiceUnreachable

    stats = await asyncio.wait_for(run(source, put_many, stop), 5)
    assert source.done == []
    assert (stats.received, stats.stored) == (2, 0)


async def test_stopping_finishes_what_is_being_stored() -> None:
    source, stop = Listed(*[b"x"] * (MOST_ALERTS + 5)), asyncio.Event()

    async def put_many(raws: Sequence[RawAlert]) -> None:
        stop.set()
        await asyncio.sleep(0.01)

    stats = await asyncio.wait_for(run(source, put_many, stop), 5)
    assert (stats.stored, stats.committed) == (MOST_ALERTS, MOST_ALERTS)


async def test_the_state_of_the_line_is_with_the_counts() -> None:
    class OnLine(Listed):
        line = LineState()

    source, stats = OnLine(b"1"), SourceStats()
    await run(source, nothing, asyncio.Event(), stats)
    assert stats.line is source.line
    assert (await run(Listed(b"1"), nothing, asyncio.Event())).line is None


def test_a_line_says_since_when_it_is_so() -> None:
    line = LineState()
    line.turn("connected")
    since = line.since
    line.turn("connected", "still")
    assert (line.since, line.reason) == (since, "still")
    line.turn("silent", "no pulse")
    assert (line.condition, line.reason) == ("silent", "no pulse")
    assert line.since >= since


async def test_the_reader_waits_while_there_is_much() -> None:
    large = raw_alert(b"x" * MOST_BYTES, source="s", topic="t")
    batches = Batches()
    await batches.put(large)
    waiting = asyncio.create_task(batches.put(large))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    assert len(await batches.take()) == 1
    await asyncio.wait_for(waiting, 5)
    batches.end()
    assert len(await batches.take()) == 1
    assert await batches.take() == []


@pytest.mark.parametrize(("milliseconds", "expected"), [(0, "1970-01-01T00:00:00.000"), (1, "1970-01-01T00:00:00.001")])
def test_the_brokers_time(milliseconds: int, expected: str) -> None:
    alert = raw_alert(b"", source="s", topic="t", broker_ms=milliseconds)
    assert alert.broker_time is not None
    assert alert.broker_time.iso == expected


@pytest.mark.parametrize("nonsense", [None, -1, 2**62])
def test_a_nonsense_time_of_a_broker_is_no_time(nonsense: int | None) -> None:
    assert raw_alert(b"", source="s", topic="t", broker_ms=nonsense).broker_time is None


class Endless:
    """Always has one more, and counts how many were asked of it."""

    name = "endless"

    def __init__(self) -> None:
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        while True:
            self.given += 1
            yield raw_alert(b"%d" % self.given, source=self.name, topic="t")

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nothing to commit."""

    async def aclose(self) -> None:
        """Nothing to close."""


async def test_while_storing_is_slow_no_more_is_read() -> None:
    source, stop, go_on = Endless(), asyncio.Event(), asyncio.Event()
    sizes: list[int] = []

    async def put_many(raws: Sequence[RawAlert]) -> None:
        sizes.append(len(raws))
        await go_on.wait()

    running = asyncio.create_task(run(source, put_many, stop))
    for _ in range(20 * MOST_ALERTS):
        await asyncio.sleep(0)
    # Those that are being stored, those that wait, and the one that the reader holds.
    assert sizes == [MOST_ALERTS]
    assert source.given == 2 * MOST_ALERTS + 1
    go_on.set()
    for _ in range(20 * MOST_ALERTS):
        await asyncio.sleep(0)
    assert source.given > 3 * MOST_ALERTS
    stop.set()
    await asyncio.wait_for(running, 5)

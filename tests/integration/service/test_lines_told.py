"""How each line is: said by the process that listens, and seen by who asks the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from command_line import ask
from journey_samples import SaidSource
from service_samples import running, settings

from ingest import LineState
from schemas import Gap, Instant, RawAlert
from transients.service.lines import line_status
from transients.store import SourceState, Store, ToldLine

AT = Instant(utc="2024-05-06T07:08:09")


class Line:
    """A source whose line a test turns as it likes."""

    name = "sample line"

    def __init__(self) -> None:
        self.line = LineState()
        self._left = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        await self._left.wait()
        return
        yield

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nothing came."""

    async def aclose(self) -> None:
        """Leave."""
        self._left.set()


async def told(store: Store, condition: str) -> ToldLine:
    """The line once it is so."""
    async with asyncio.timeout(20):
        while True:
            for line in await store.told_lines():
                if line.condition == condition:
                    return line
            await asyncio.sleep(0.02)


async def test_a_line_is_told_while_it_is_listened_to(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transients.service.app.tell_lines", _often())
    source = Line()
    async with running(settings(postgres_url, tmp_path), ("ingest",), alerts=(source,), data=SaidSource()):
        assert (await told(store, "waiting")).source == "sample line"
        source.line.turn("connected")
        source.line.last_pulse = AT
        assert (await told(store, "connected")).last_pulse == AT
        source.line.turn("refused", "SASL authentication error")
        line = await told(store, "refused")
        assert (line.reason, line.since, line.last_pulse) == ("SASL authentication error", source.line.since, AT)
    card = await asyncio.to_thread(ask, "status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=postgres_url)
    shown = card["lines"]["sample line"]
    assert (shown["state"], shown["reason"]) == ("refused", "SASL authentication error")
    assert shown["last_pulse"] == AT.iso
    assert card["ingest"] == {"sample line": None}


async def test_the_pulse_ends_a_silence_that_a_dead_process_left_open(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transients.service.app.tell_lines", _often())
    before, after = Instant(utc="2024-05-06T07:00:00"), Instant(utc="2024-05-06T07:10:00")
    silence = Gap(source="sample line", topic="pulse", reason="silence", since=before)
    still = Gap(source="sample line", topic="pulse", reason="silence", since=after)
    lost = Gap(source="sample line", topic="t", partition=0, reason="retention", since=before)
    other = Gap(source="another line", topic="pulse", reason="silence", since=before)
    for gap in (silence, still, lost, other):
        await store.put_gap(gap)
    source = Line()
    async with running(settings(postgres_url, tmp_path), ("ingest",), alerts=(source,), data=SaidSource()):
        source.line.turn("connected")
        await told(store, "connected")
        assert [kept.gap.until for kept in await store.gaps()] == [None] * 4
        source.line.last_pulse = AT
        async with asyncio.timeout(20):
            while all(kept.gap.until is None for kept in await store.gaps()):  # noqa: ASYNC110 (the service ends it)
                await asyncio.sleep(0.02)
    ends = {(kept.gap.source, kept.gap.reason, kept.gap.since): kept.gap.until for kept in await store.gaps()}
    assert ends == {
        ("sample line", "silence", before): AT,
        ("sample line", "silence", after): None,
        ("sample line", "retention", before): None,
        ("another line", "silence", before): None,
    }


def _often():  # type: ignore[no-untyped-def]
    from transients.service.lines import tell_lines

    async def often(*arguments):  # type: ignore[no-untyped-def]
        await tell_lines(*arguments, interval_s=0.02)

    return often


HEARD = SourceState(source="s", lag_s=1.0, last_received=AT, deliveries=1, duplicates=0, heartbeats=0)
GAP = SourceState(source="s", lag_s=1.0, last_received=AT, deliveries=1, duplicates=0, heartbeats=0, gaps=1)
SILENT = SourceState(source="s", lag_s=1.0, last_received=AT, deliveries=1, duplicates=0, heartbeats=0, gaps=1, silent=True)


def line(condition: str, age_s: float = 1.0) -> ToldLine:
    """As it was told."""
    return ToldLine(source="s", condition=condition, since=AT, age_s=age_s)


@pytest.mark.parametrize(
    ("state", "said", "word"),
    [
        (HEARD, None, "heard"),
        (GAP, None, "gap"),
        (SILENT, None, "silent"),
        (HEARD, line("connected"), "connected"),
        (GAP, line("connected"), "gap"),
        (GAP, line("refused"), "refused"),
        (GAP, line("connected", 100.0), "not listened to"),
        (None, line("waiting"), "waiting"),
        (None, None, "never heard"),
    ],
)
def test_the_worst_that_is_known_is_said(state: SourceState | None, said: ToldLine | None, word: str) -> None:
    assert line_status(state, said).state == word


async def test_a_line_that_is_only_known_by_its_gap_is_there(store: Store) -> None:
    await store.put_gap(Gap(source="vtp", topic="t", reason="silence", since=AT))
    await store.tell_lines([])
    assert await store.told_lines() == ()
    assert [state.source for state in await store.source_states()] == ["vtp"]

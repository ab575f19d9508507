"""The measurements with a PostgreSQL of their own beside them, where none is named. Used by .ci/nightly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog

from schemas.errors import TransientsError
from transients.embedded import EmbeddedPostgres

VARIABLE = "TRANSIENTS_DATABASE__URL"


def main() -> int:
    # Standard output belongs to the measurements' lines.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if os.environ.get(VARIABLE):
        return _measured(os.environ[VARIABLE])
    folder = Path(tempfile.mkdtemp(prefix="transients-bench-"))
    # The server runs as an unprivileged user when this is root's.
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder / "data") as server:
            return _measured(server.url)
    except TransientsError as error:
        print(f"no PostgreSQL to measure with: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(url: str) -> int:
    bench = [sys.executable, "-m", "transients.cli", "bench", "--long", "--json"]
    return subprocess.run(bench, env={**os.environ, VARIABLE: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

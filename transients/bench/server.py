"""The PostgreSQL that is measured on."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from transients.config import ENVIRONMENT_PREFIX
from transients.embedded import EmbeddedPostgres

VARIABLE = f"{ENVIRONMENT_PREFIX}DATABASE__URL"


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[str]:
    """Address of the server that TRANSIENTS_DATABASE__URL names, or of one that is started here and flushes to disk."""
    named = os.environ.get(VARIABLE, "")
    if named:
        yield named
        return
    folder = _folder()
    try:
        async with EmbeddedPostgres(folder / "postgres") as started:
            yield started.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    """A new one, which the server's unprivileged user can reach when this is root's."""
    folder = Path(tempfile.mkdtemp(prefix="transients-bench-"))
    folder.chmod(0o711)
    return folder

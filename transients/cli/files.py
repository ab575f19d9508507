"""Reading the files a command was given."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import RefusedInput


def read_file(path: Path) -> bytes:
    """The bytes of a file; one that cannot be read is refused by name."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedInput(error.strerror or str(error), where=str(path)) from error

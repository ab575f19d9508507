"""Logs while something is measured: written, as a service writes them, to where nobody reads them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import structlog


@contextlib.contextmanager
def logs_written() -> Iterator[None]:
    """Lines of JSON from the level "info" on, into nothing; afterwards as before."""
    before = structlog.get_config()
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(
            processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger("info"),
            logger_factory=structlog.PrintLoggerFactory(nowhere),
        )
        try:
            yield
        finally:
            structlog.configure(**before)

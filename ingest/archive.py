"""Alerts that were kept: files, folders and tar archives, once through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import structlog

from schemas import RawAlert, Refusal

from .base import raw_alert
from .documents import Document, iter_documents
from .standin import printable_path, refused_document


class ArchiveSource:
    """Every document under the paths, in the order of their names; then it ends.

    In the place of what cannot be taken comes a stand-in that the inbox shows as refused.

    Parameters
    ----------
    paths : iterable of path
        Files, folders, tar archives (plain or compressed).
    name : str
        Name of the source in the inbox.
    """

    def __init__(self, paths: Iterable[Path | str], *, name: str = "archive") -> None:
        self._paths = tuple(paths)
        self._name = name
        self._closed = False
        self._log = structlog.get_logger("ingest.archive").bind(source=name)

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        documents = iter_documents(self._paths)
        while not self._closed:
            document: Document | None = await asyncio.to_thread(next, documents, None)
            if document is None:
                return
            if isinstance(document.data, Refusal):
                reason = document.data.reason
                self._log.warning("a file is not taken", action="file-refused", path=document.name, reason=reason)
                body = refused_document(document)
            else:
                body = document.data
            yield raw_alert(body, source=self._name, topic=printable_path(document.name))

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nothing to note: the inbox knows documents by their content."""

    async def aclose(self) -> None:
        """Read no more."""
        self._closed = True

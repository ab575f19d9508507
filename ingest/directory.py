"""Alerts from a folder that others write into."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import structlog

from schemas import RawAlert, Refusal
from schemas.errors import ConfigurationError

from .base import raw_alert
from .documents import MAX_DOCUMENT_BYTES, Document, iter_documents
from .standin import printable_path, refused_document

#: Names under which programs write what is not finished yet.
_UNFINISHED = (".part", ".tmp", ".swp", "~")


@dataclasses.dataclass(frozen=True)
class _Look:
    size: int
    changed_ns: int


class DirectorySource:
    """Every file that comes into a folder, as an alert each; of a tar archive, plain or compressed, each member.

    Files stay where they are, unmarked. A file is taken once it has kept size and time for one look; written again with other
    content it is taken again. What was taken is remembered while this runs; at the next start every file comes once more, and
    the inbox knows it by its content.

    In the place of a file that is too large, cannot be read, or is a broken archive comes a stand-in that the inbox shows as
    refused; one that cannot be read is tried again at each look.

    Parameters
    ----------
    path : path
        The folder.
    name : str
        Name of the source in the inbox.
    interval_s : float
        Time between looks.
    max_bytes : int
        A larger file, or member of an archive, is no alert.
    subfolders : bool
        Whether folders in it are looked into.

    Raises
    ------
    ConfigurationError
        While iterating: the folder is not there. One that goes later is waited for.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        name: str = "directory",
        interval_s: float = 2.0,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        subfolders: bool = True,
    ) -> None:
        self._folder = Path(path)
        self._name = name
        self._interval_s = interval_s
        self._max_bytes = max_bytes
        self._subfolders = subfolders
        self._there = False
        #: Folders in it that cannot be looked into, and why; of which it was not said yet.
        self._closed_folders: dict[Path, str] = {}
        self._untold: list[Path] = []
        self._seen: dict[Path, _Look] = {}
        self._taken: dict[Path, _Look] = {}
        #: Those of which it was said that they cannot be read.
        self._unreadable: dict[Path, _Look] = {}
        self._closed = asyncio.Event()
        self._log = structlog.get_logger("ingest.directory").bind(source=name)

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        while not self._closed.is_set():
            for path, look in await asyncio.to_thread(self._ready):
                self._taken[path] = look
                documents = iter_documents([path], max_bytes=self._max_bytes)
                while not self._closed.is_set() and (document := await asyncio.to_thread(next, documents, None)) is not None:
                    body = self._body(document, path, look)
                    if body is not None:
                        yield raw_alert(body, source=self._name, topic=printable_path(document.name))
            for document in self._closed_told():
                yield raw_alert(refused_document(document), source=self._name, topic=printable_path(document.name))
            try:
                await asyncio.wait_for(self._closed.wait(), self._interval_s)
            except TimeoutError:
                continue

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Nothing to note: the inbox knows files by their content."""

    async def aclose(self) -> None:
        """Look no more."""
        self._closed.set()

    def _ready(self) -> list[tuple[Path, _Look]]:
        """Files that have come to rest and were not taken as they are, in the order they were written."""
        if not self._folder.is_dir():
            return self._away()
        self._there = True
        looks = dict(self._looks())
        old_ns = time.time_ns() - int(2e9 * max(self._interval_s, 1.0))
        at_rest = {path: look for path, look in looks.items() if self._seen.get(path) == look or look.changed_ns < old_ns}
        self._seen = looks
        # What is gone may come back with the same size and time and another content.
        self._taken = {path: look for path, look in self._taken.items() if path in looks}
        self._unreadable = {path: look for path, look in self._unreadable.items() if path in looks}
        ready = [(path, look) for path, look in at_rest.items() if self._taken.get(path) != look]
        return sorted(ready, key=lambda item: (item[1].changed_ns, str(item[0])))

    def _away(self) -> list[tuple[Path, _Look]]:
        """No folder: at the start a mistake of the settings, later a disk that comes back. What was taken is remembered."""
        if not self._there:
            raise ConfigurationError("there is no such folder", where=str(self._folder))
        if self._seen:
            self._log.error("the folder is gone", action="folder-gone", path=str(self._folder))
            self._seen = {}
        return []

    def _looks(self) -> Iterator[tuple[Path, _Look]]:
        root = self._folder.resolve()
        for where, folders, names in os.walk(self._folder, onerror=self._note_closed):
            self._closed_folders.pop(Path(where), None)
            folders[:] = [name for name in folders if self._subfolders and not name.startswith(".")]
            for name in names:
                path = Path(where, name)
                if name.startswith(".") or name.endswith(_UNFINISHED):
                    continue
                try:
                    # A link may lead anywhere on this machine, and what is taken is shown.
                    if path.is_file() and path.resolve().is_relative_to(root):
                        status = path.stat()
                        yield path, _Look(status.st_size, status.st_mtime_ns)
                except OSError:
                    # Gone between listing and looking, or not ours to read: the next look tells.
                    continue

    def _note_closed(self, error: OSError) -> None:
        """A folder in it that cannot be looked into; said once, until it can."""
        path = Path(error.filename)
        if path not in self._closed_folders:
            self._closed_folders[path] = error.strerror or str(error)
            self._untold.append(path)

    def _closed_told(self) -> Iterator[Document]:
        while self._untold:
            path = self._untold.pop(0)
            refusal = Refusal(reason="unreadable", message=f"a folder: {self._closed_folders.get(path, 'it was closed')}")
            self._log.warning("a folder cannot be looked into", action="folder-refused", path=str(path))
            yield Document(str(path), refusal)

    def _body(self, document: Document, path: Path, look: _Look) -> bytes | None:
        """What goes to the inbox: the document, or what stands in its place; None: that stands there already."""
        if not isinstance(document.data, Refusal):
            self._unreadable.pop(path, None)
            return document.data
        refusal, whole = document.data, document.name == str(path)
        if refusal.reason == "unreadable" and whole:
            # Rights are given without a trace in size and time.
            del self._taken[path]
            if self._unreadable.get(path) == look:
                return None
            self._unreadable[path] = look
        self._log.warning("a file is not taken", action="file-refused", path=document.name, reason=refusal.reason)
        return refused_document(document, size_bytes=look.size if whole else None)

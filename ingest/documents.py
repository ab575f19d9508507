"""Documents from files, folders and archives, one after another: only bytes and names, streamed, with limits."""

from __future__ import annotations

import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemas import Refusal

from .unpacking import open_archive

#: Largest single document taken, bytes: alerts have at most a few million.
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
#: Members of one archive: months of alerts have some ten thousands.
MAX_MEMBERS = 10_000_000
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
#: What a broken archive or file raises while it is read.
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Document:
    """A document's name (path, or archive and member) and its bytes, or why there are none."""

    name: str
    data: bytes | Refusal


def iter_documents(paths: Iterable[Path | str], *, max_bytes: int = MAX_DOCUMENT_BYTES) -> Iterator[Document]:
    """Yield every document under the paths.

    Parameters
    ----------
    paths : iterable of Path or str
        Files, folders (walked recursively, in the order of their names; hidden names are left out), and tar archives,
        plain or compressed (read as a stream: nothing is unpacked to disk, no member is skipped).
    max_bytes : int
        A larger document is refused ("too-large") and not read.

    Yields
    ------
    Document
        A path that is missing, a file that cannot be read and an archive that is broken are refusals ("no-such-file",
        "unreadable", "broken-archive"); all other documents still come.
    """
    for path in map(Path, paths):
        if path.is_dir():
            for file in _walk(path):
                yield from _file(file, max_bytes)
        elif path.exists():
            yield from _file(path, max_bytes)
        else:
            yield _refused(str(path), "no-such-file", "there is no such file")


def _walk(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif not entry.is_dir():
            yield entry


def _refused(name: str, reason: str, message: str) -> Document:
    return Document(name, Refusal(reason=reason, message=message))


def _file(path: Path, max_bytes: int) -> Iterator[Document]:
    if path.name.lower().endswith(_TAR_SUFFIXES):
        yield from _archive(path, max_bytes)
        return
    try:
        if not path.is_file():
            yield _refused(str(path), "unreadable", "not a regular file")
            return
        with path.open("rb") as stream:
            # Said before a byte is read; the reading is bounded as well, for a file that grows or does not know its size.
            if (size := os.fstat(stream.fileno()).st_size) > max_bytes:
                yield _refused(str(path), "too-large", f"{size} bytes are more than the {max_bytes} taken")
                return
            yield _taken(str(path), stream, max_bytes)
    except OSError as error:
        yield _refused(str(path), "unreadable", error.strerror or str(error))


def _taken(name: str, stream: IO[bytes], max_bytes: int) -> Document:
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        return _refused(name, "too-large", f"more than the {max_bytes} bytes taken")
    return Document(name, data)


def _archive(path: Path, max_bytes: int) -> Iterator[Document]:
    """Members of an archive. After a broken header nothing behind it can be found: one refusal says so."""
    name = "(start)"
    try:
        opened = path.open("rb")
    except OSError as error:
        yield _refused(str(path), "unreadable", error.strerror or str(error))
        return
    try:
        with opened as raw, open_archive(raw) as archive:
            for count, member in enumerate(archive):
                name = member.name
                if count >= MAX_MEMBERS:
                    yield _refused(str(path), "too-large", f"more than {MAX_MEMBERS} members")
                    return
                if member.isdir():
                    continue
                yield _member(archive, member, f"{path}:{member.name}", max_bytes)
                # A stream keeps every header it has passed; a month of alerts is many.
                archive.members = []  # type: ignore[attr-defined]
    except _BROKEN as error:
        yield _refused(str(path), "broken-archive", f"cannot be read beyond {name}: {error}")


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str, max_bytes: int) -> Document:
    if not member.isfile():
        return _refused(name, "unreadable", "not a regular file")
    if member.size > max_bytes:
        return _refused(name, "too-large", f"{member.size} bytes are more than the {max_bytes} taken")
    stream = archive.extractfile(member)
    return _taken(name, stream if stream is not None else io.BytesIO(), max_bytes)

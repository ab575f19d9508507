"""The index of an archive: a line of JSON for each file, so that a scan knows them without opening any."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from schemas import ArchiveFile, from_json, to_json
from schemas.errors import RefusedInput

from .reader import ArchiveReader
from .truth import TRUTH

#: Its name in the archive's folder.
INDEX = "index.jsonl"


def note_file(root: Path, entry: ArchiveFile) -> None:
    """Add a file to the index; of several lines for one file the last counts."""
    with (root / INDEX).open("ab") as index:
        index.write(to_json(entry) + b"\n")


def list_archive(root: Path) -> tuple[list[ArchiveFile], dict[str, str]]:
    """The files of an archive by instrument and time, and those that cannot be read, with the reason.

    A file that the index does not list as it is now (by size and date) is opened; the index is only a memory of headings.

    Raises
    ------
    RefusedInput
        No such folder, or no FITS file in it.
    """
    if not root.is_dir():
        raise RefusedInput("no such folder", where=str(root))
    known = _known(root)
    found: list[ArchiveFile] = []
    broken: dict[str, str] = {}
    for name, stat in sorted(_files(root).items()):
        entry = known.get(name)
        if entry is None or (entry.size, entry.modified_ns) != (stat.st_size, stat.st_mtime_ns):
            try:
                with ArchiveReader(root / name, name) as reader:
                    entry = reader.entry(name)
            except RefusedInput as error:
                broken[name] = error.message
                continue
        found.append(entry)
    if not found and not broken:
        raise RefusedInput("no FITS file in it", where=str(root))
    return sorted(found, key=lambda entry: (entry.mission, entry.instrument, entry.start, entry.path)), broken


def write_index(root: Path, entries: list[ArchiveFile]) -> None:
    """Write the index anew: a line for each file."""
    part = root / f".{INDEX}.{os.getpid()}.part"
    part.write_bytes(b"".join(to_json(entry) + b"\n" for entry in entries))
    part.replace(root / INDEX)


def _known(root: Path) -> dict[str, ArchiveFile]:
    try:
        lines = (root / INDEX).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    known: dict[str, ArchiveFile] = {}
    for line in lines:
        try:
            entry = from_json(line, ArchiveFile)
        except msgspec.DecodeError:
            continue  # half a line of a writer that died: the file is opened instead
        known[entry.path] = entry
    return known


def _files(root: Path) -> dict[str, os.stat_result]:
    """The FITS files below a folder, by name; what is hidden, or half written, is not looked at."""
    return {
        path.relative_to(root).as_posix(): path.stat()
        for path in root.rglob("*.fits")
        if path.is_file() and path != root / TRUTH and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }

"""What lies in folders and files: each file is read once, by every reader that its form may be of."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import handlers
from ingest.documents import iter_documents
from schemas import LightCurve, Pointing, PointingUpdate, RevolutionWindow
from schemas.errors import RefusedInput, TransientsError

from ..gunzip import unpacked
from ..missions.attitude_table import AttitudeTable
from ..missions.integral import index_attitude, read_attitude, read_index, read_orbit, read_timeline
from ..missions.oem import is_oem, read_oem
from ..missions.orbit_csv import is_orbit_csv, read_orbit_csv
from ..missions.orbit_table import OrbitTable
from ..missions.tle import TleOrbit, read_tles
from .formats import read_lightcurve

#: Files larger than this are not looked into: a year of native bins is about 600 MB.
_MAX_BYTES = 1_000_000_000
#: Archives of alerts: of what is in them only pointing notices are taken.
_ARCHIVE = re.compile(r"\.(tar|tgz|tbz2|txz|tar\.(gz|bz2|xz))$")
#: One of these stands in every notice of a pointing that is text; a packet has 160 bytes.
_POINTING_MARKS = (b"POINTDIR", b"Point_Dir", b"pointing_direction")
_PACKET_BYTES = 160
#: A timeline's file is named after its revolution: TSF_2641_….INT.
_TIMELINE_NAME = re.compile(r"TSF_(\d{4})_", re.ASCII)
#: The first line of two-line elements: 69 columns, the last a checksum.
_TLE_LINE = re.compile(r"^1 [0-9A-Z ]{5}[UCS ] [^\n]{59}\d\s*$", re.ASCII | re.MULTILINE)


@dataclasses.dataclass(eq=False)
class Recorded:
    """Everything that was found, and what was not taken: (path, why)."""

    light_curves: list[LightCurve] = dataclasses.field(default_factory=list)
    attitudes: list[AttitudeTable] = dataclasses.field(default_factory=list)
    orbits: list[OrbitTable] = dataclasses.field(default_factory=list)
    elements: list[TleOrbit] = dataclasses.field(default_factory=list)
    pointings: list[Pointing] = dataclasses.field(default_factory=list)
    updates: list[PointingUpdate] = dataclasses.field(default_factory=list)
    windows: list[RevolutionWindow] = dataclasses.field(default_factory=list)
    refused: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def read_recorded(paths: Sequence[Path]) -> Recorded:
    """Read files, and folders at any depth.

    Raises
    ------
    RefusedInput
        A path given by itself is of no known form; in a folder such a file is listed as refused.
    """
    found = Recorded()
    for path, wanted in _listed(paths):
        if _ARCHIVE.search(path.name):
            _read_archive(path, found)
            continue
        reason = _read_file(_bytes(path), str(path), found)
        if reason is not None:
            if wanted:
                raise RefusedInput(reason, where=str(path))
            found.refused.append((str(path), reason))
    return found


def _read_file(data: bytes, name: str, found: Recorded) -> str | None:
    """Take what the file holds; the reason when it holds nothing that is known."""
    try:
        plain = unpacked(data, name, _MAX_BYTES)
    except RefusedInput as error:
        return error.message
    kept, reason = False, ""
    for read, keep in _readers(plain, found):
        try:
            # A light curve's identity is that of its bytes as they lie there.
            keep(read(data if read is read_lightcurve else plain, name))
            kept = True
        except TransientsError as error:
            reason = error.message
    return None if kept else reason


Reader = tuple[Callable[[bytes, str], Any], Callable[[Any], None]]


def _readers(plain: bytes, found: Recorded) -> tuple[Reader, ...]:
    """A FITS file may hold several things; a text is of one form, that which it shows."""
    light_curve: Reader = (read_lightcurve, found.light_curves.append)
    if plain.startswith(b"SIMPLE"):
        return (*_fits_readers(found), light_curve)
    return (_text_reader(plain, found) or light_curve,)


def _fits_readers(found: Recorded) -> tuple[Reader, ...]:
    return (
        (read_attitude, found.attitudes.append),
        (read_orbit, found.orbits.append),
        (read_index, found.pointings.extend),
        (index_attitude, found.attitudes.append),
    )


def _text_reader(plain: bytes, found: Recorded) -> Reader | None:
    """The reader of the form that a text, or a packet, shows; None: it may be a light curve."""
    text = plain[:1_000_000].decode("utf-8", "replace")
    if is_oem(text):
        return _of_text(read_oem), found.orbits.extend
    if is_orbit_csv(text):
        return _of_text(read_orbit_csv), found.orbits.append
    if _TLE_LINE.search(text):
        return _of_text(read_tles), found.elements.extend
    if _may_be_pointing(plain):
        return _pointing_update, found.updates.append
    if "SPI_START" in text or "IBIS_START" in text:
        return _of_text(_timeline_window), found.windows.append
    return None


def _of_text(read: Callable[[str, str], Any]) -> Callable[[bytes, str], Any]:
    def decoded(data: bytes, name: str) -> Any:
        try:
            return read(data.decode("utf-8"), name)
        except UnicodeDecodeError as error:
            raise RefusedInput("a text that is not UTF-8", where=name) from error

    return decoded


def _may_be_pointing(plain: bytes) -> bool:
    return (len(plain) == _PACKET_BYTES and b"\0" in plain) or any(mark in plain for mark in _POINTING_MARKS)


def _pointing_update(data: bytes, name: str) -> PointingUpdate:
    parsed = handlers.parse(data)
    if not isinstance(parsed, PointingUpdate):
        raise RefusedInput("an alert that is no notice of a pointing", where=name)
    return parsed


def _timeline_window(text: str, name: str) -> RevolutionWindow:
    number = _TIMELINE_NAME.search(Path(name).name)
    if number is None:
        raise RefusedInput("a timeline whose name does not say its revolution (TSF_2641_….INT)", where=name)
    return read_timeline(text).window(int(number[1]))


def _read_archive(path: Path, found: Recorded) -> None:
    for document in iter_documents([path]):
        if not isinstance(document.data, bytes):
            found.refused.append((document.name, document.data.message))
        elif _may_be_pointing(document.data):
            parsed = handlers.parse(document.data)
            if isinstance(parsed, PointingUpdate):
                found.updates.append(parsed)


def _listed(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    listed: list[tuple[Path, bool]] = []
    for path in paths:
        if path.is_dir():
            listed.extend((file, False) for file in sorted(path.rglob("*")) if file.is_file())
        else:
            listed.append((path, True))
    return listed


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RefusedInput(f"larger than {_MAX_BYTES} bytes", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise RefusedInput(f"cannot be read: {error.strerror}", where=str(path)) from error

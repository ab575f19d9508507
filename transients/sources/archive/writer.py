"""Writing an archive: light curves cut at midnight UTC, a file a day, each whole or not there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from schemas import ArchiveFile, Instant, LightCurve

from ..clock import seconds_between, shift
from ..formats import write_lightcurve
from .index import note_file
from .reader import ArchiveReader


class ArchiveWriter:
    """Puts light curves into a folder.

    Parameters
    ----------
    root
        The archive's folder; made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, lc: LightCurve) -> list[ArchiveFile]:
        """Write a light curve, a file for each day (UTC) that a bin of it starts in, and note each in the index.

        A day's file that is there is replaced: give whole days.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        return [self._put_day(day, part) for day, part in by_day(lc)]

    def _put_day(self, day: str, lc: LightCurve) -> ArchiveFile:
        name = file_name(lc.info.mission, lc.info.instrument, day)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads meanwhile sees the old file or the new one.
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(write_lightcurve(lc))
        part.replace(path)
        with ArchiveReader(path, name) as reader:
            entry = reader.entry(name)
        note_file(self.root, entry)
        return entry


def file_name(mission: str, instrument: str, day: str) -> str:
    """Where a day's file lies in an archive.

    Examples
    --------
    >>> file_name("INTEGRAL", "IBIS/Veto", "2023-05-18")
    'integral/ibis-veto/2023/2023-05-18.fits'
    """
    return f"{slug(mission)}/{slug(instrument)}/{day[:4]}/{day}.fits"


def slug(name: str) -> str:
    """A name as part of a path: "IBIS/Veto" is "ibis-veto"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def by_day(lc: LightCurve) -> Iterator[tuple[str, LightCurve]]:
    """The parts of a light curve by the day (UTC) their bins start in, each on a reference of its own."""
    first = 0
    while first < len(lc):
        # Rounding must not put the first bin of a day into the day before.
        day = shift(lc.info.reference, float(lc.start_s[first]) + 1e-6).utc[:10]
        end_s = seconds_between(Instant(utc=f"{_next_day(day)}T00:00:00"), lc.info.reference)
        stop = max(int(np.searchsorted(lc.start_s, end_s - 1e-6)), first + 1)
        yield day, _part(lc, first, stop)
        first = stop


def _next_day(day: str) -> str:
    return shift(Instant(utc=f"{day}T12:00:00"), 86400.0).utc[:10]


def _part(lc: LightCurve, first: int, stop: int) -> LightCurve:
    origin_s = float(lc.start_s[first])
    info = msgspec.structs.replace(lc.info, reference=shift(lc.info.reference, origin_s))
    part = slice(first, stop)
    return LightCurve(
        start_s=lc.start_s[part] - origin_s, width_s=lc.width_s[part].copy(), counts=lc.counts[part].copy(), info=info
    )

"""A file of an archive, read in pieces: memory does not grow with the file."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from schemas import ArchiveFile, FloatArray, LightCurve, LightCurveInfo
from schemas.errors import RefusedInput, TransientsError

from ..clock import shift
from ..formats.archive import MARK, TILE_BINS, counts_bytes, read_heading, read_stretch

#: Bins a piece: half an hour at 50 ms, a whole tile.
PIECE_BINS = TILE_BINS
#: Filters of warnings are the process's: threads (of a Dask worker) take turns.
_FILTERS = threading.RLock()


class ArchiveReader:
    """One file, open.

    Parameters
    ----------
    path
        Of the file.
    name
        What it is called in errors and as `info.source`; None: the path.

    Raises
    ------
    RefusedInput
        It cannot be read, or is no file of our form.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or str(path)
        try:
            self._stream = path.open("rb")
        except OSError as error:
            raise RefusedInput(f"cannot be read: {error.strerror}", where=self.name) from error
        try:
            with _strict():
                self._hdus = fits.open(self._stream, memmap=False, lazy_load_hdus=False)
        except (OSError, AstropyWarning, ValueError, TypeError, KeyError) as error:
            self._stream.close()
            raise RefusedInput(f"cannot be read as FITS: {_reason(error)}", where=self.name) from error
        try:
            self._header = self._hdus[0].header
            if MARK not in self._header:
                raise ValueError(f"it has no {MARK}")
            heading = read_heading(self._header)
            self.bins = int(np.asarray(self._hdus["SEGMENTS"].data["NBINS"], dtype=np.int64).sum())
            self.info = LightCurveInfo(
                mission=heading.mission,
                instrument=heading.instrument or "",
                tier="simulated" if heading.simulated else heading.tier,
                time_frame=heading.time_frame,
                reference=heading.reference,
                bin_s=heading.bin_s,
                content_id=str(self._header.get("COUNTSID", "")),
                source=self.name,
                simulated=heading.simulated,
                energy_kev=heading.energy_kev,
                ephemeris=heading.ephemeris,
                remarks=tuple(heading.remarks),
            )
        except (ValueError, KeyError, TypeError, IndexError, OSError, msgspec.ValidationError) as error:
            self.close()
            raise RefusedInput(f"not a light curve of the archive: {_reason(error)}", where=self.name) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._hdus.close()
        self._stream.close()

    def entry(self, path: str) -> ArchiveFile:
        """The file as the index lists it, under this path."""
        info, header = self.info, self._header
        if "TSTART" in header:
            start_s, stop_s, live_s = (float(header[name]) for name in ("TSTART", "TSTOP", "LIVETIME"))
        else:  # version 1 of the form
            start, width, _ = self._stretch(0, self.bins)
            start_s, stop_s, live_s = float(start[0]), float(start[-1] + width[-1]), float(width.sum())
        found = self.path.stat()
        return ArchiveFile(
            path=path,
            mission=info.mission,
            instrument=info.instrument,
            time_frame=info.time_frame,
            tier=info.tier,
            simulated=info.simulated,
            start=shift(info.reference, start_s),
            stop=shift(info.reference, stop_s),
            bin_s=info.bin_s,
            bins=self.bins,
            live_s=live_s,
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            counts_id=info.content_id,
        )

    def pieces(self, bins: int = PIECE_BINS, between_s: tuple[float, float] | None = None) -> Iterator[LightCurve]:
        """The file in pieces of at most so many bins, in time order, all on the file's reference.

        Parameters
        ----------
        between_s
            Only bins that start between these times, s from the reference.

        Raises
        ------
        RefusedInput
            At once, when bins cannot be read; after the last piece of a whole file, when its counts were not those written.
        """
        begin, end = (0, self.bins) if between_s is None else self._between(*between_s)
        digest = hashlib.sha256()
        for first in range(begin, end, bins):
            piece = self.part(first, min(first + bins, end))
            digest.update(counts_bytes(piece.counts))
            yield piece
        whole = (begin, end) == (0, self.bins)
        if whole and self.info.content_id and digest.hexdigest() != self.info.content_id:
            raise RefusedInput("the counts are not those that were written", where=self.name)

    def _between(self, low_s: float, high_s: float) -> tuple[int, int]:
        """First and stop of the bins that start between two times, found by their segments."""
        table = self._hdus["SEGMENTS"].data
        origin = np.asarray(table["START"], dtype=np.float64)
        first, size = (np.asarray(table[name], dtype=np.int64) for name in ("FIRST", "NBINS"))

        def at(time_s: float) -> int:
            k = max(int(np.searchsorted(origin, time_s, side="right")) - 1, 0)
            # A thousandth of a bin: stamps leave the grid by nanoseconds.
            inside = int(np.ceil((time_s - origin[k]) / self.info.bin_s - 1e-3))
            return int(first[k]) + min(max(inside, 0), int(size[k]))

        return at(low_s), at(high_s)

    def part(self, first: int, stop: int) -> LightCurve:
        """Bins first .. stop - 1."""
        start, width, counts = self._stretch(first, stop)
        return LightCurve(start_s=start, width_s=width, counts=counts, info=self.info)

    def _stretch(self, first: int, stop: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        try:
            with _strict():
                return read_stretch(self._hdus, first, stop, self.info.bin_s)
        except (OSError, AstropyWarning, ValueError, KeyError, TypeError, IndexError, TransientsError) as error:
            raise RefusedInput(f"bins {first} to {stop - 1} cannot be read: {_reason(error)}", where=self.name) from error


@contextlib.contextmanager
def _strict() -> Iterator[None]:
    """A file that is cut short or broken is an error, not a warning."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("error", AstropyWarning)
        warnings.simplefilter("ignore", fits.verify.VerifyWarning)
        yield


def _reason(error: BaseException) -> str:
    """The error in words: some of astropy's have none."""
    return str(error).strip() or type(error).__name__

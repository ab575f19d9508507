"""A simulated archive: days of an observatory's counts, with bursts and spikes in them, and the truth beside."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from schemas import ArchiveFile, Injection, Instant, LightCurve, sha256_hex
from schemas.errors import BadRequest, NoData, RefusedInput

from ..clock import seconds_between, shift
from ..joined import join
from ..simulator import SimulatedObservatory, injected_bursts, injected_spikes
from ..simulator.counters import BINS_S
from .index import list_archive, write_index
from .truth import TRUTH, write_truth
from .writer import ArchiveWriter

#: Counts are drawn in pieces of this many seconds: some 200 000 bins and their scratch space at a time.
_PIECE_S = 10_800.0
_DAY_S = 86_400.0


@dataclasses.dataclass(frozen=True)
class SimulatedArchive:
    """What was written."""

    files: int
    bins: int
    live_s: float
    bursts: int
    spikes: int
    truth: Path


def simulate_archive(
    root: Path,
    observatory: SimulatedObservatory,
    instrument: str,
    start: Instant,
    stop: Instant,
    told: Callable[[float], None] = lambda share: None,
) -> SimulatedArchive:
    """Write the counts of an instrument in [start, stop), and `truth.fits`: what the observatory's bursts and spikes gave.

    Days without data have no file. Written again, the archive is the same, byte for byte.

    Parameters
    ----------
    root
        The archive's folder: a new one, or one that holds such an archive.
    told
        Called with the share that is done, from 0 to 1.

    Raises
    ------
    RefusedInput
        `stop` is not after `start`.
    BadRequest
        The instrument is not simulated.
    NoData
        There is none at all between them.
    """
    if stop <= start:
        raise RefusedInput(f"{stop} is not after {start}")
    if instrument not in BINS_S:
        raise BadRequest(f"{instrument} is not simulated: there are {', '.join(BINS_S)}")
    writer = ArchiveWriter(root)
    written: list[ArchiveFile] = []
    truth: list[Injection] = [
        injection for injection in injected_bursts(observatory, instrument) if start <= injection.start < stop
    ]
    bursts = len(truth)
    for begin, end in _days(start, stop):
        told(seconds_between(begin, start) / seconds_between(stop, start))
        day = _counts(observatory, instrument, begin, end)
        truth += injected_spikes(observatory, instrument, begin, end)
        if day is not None:
            written += writer.put(day)
    if not written:
        raise NoData(f"nothing is observed from {start} to {stop}")
    write_index(root, list_archive(root)[0])
    path = root / TRUTH
    write_truth(path, instrument, f"simulation, seed {observatory.seed}", sorted(truth, key=lambda each: each.start))
    told(1.0)
    live_s = sum(entry.live_s for entry in written)
    return SimulatedArchive(len(written), sum(entry.bins for entry in written), live_s, bursts, len(truth) - bursts, path)


def _days(start: Instant, stop: Instant) -> Iterator[tuple[Instant, Instant]]:
    begin = start
    while begin < stop:
        midnight = Instant(utc=f"{shift(Instant(utc=f'{begin.utc[:10]}T12:00:00'), _DAY_S).utc[:10]}T00:00:00")
        yield begin, min(midnight, stop)
        begin = midnight


def _counts(observatory: SimulatedObservatory, instrument: str, begin: Instant, end: Instant) -> LightCurve | None:
    """One day's bins; None where there are none."""
    pieces = []
    length_s = seconds_between(end, begin)
    edges = [*np.arange(0.0, length_s, _PIECE_S).tolist(), length_s]
    for low, high in itertools.pairwise(edges):
        try:
            pieces.append(observatory.light_curve(instrument, shift(begin, 0.5 * (low + high)), 0.5 * (high - low)))
        except NoData:
            continue
    if not pieces:
        return None
    whole = join(pieces)
    # Of the counts, so that the pieces do not show.
    info = msgspec.structs.replace(whole.info, content_id=sha256_hex(whole.counts.tobytes()))
    # The grid is the counters' own: what joining rounded is put back.
    start_s = np.round(whole.start_s / whole.info.bin_s) * whole.info.bin_s
    return LightCurve(start_s=start_s, width_s=whole.width_s, counts=whole.counts, info=info)

"""Blind search of an archive: how fast it goes through bins, what 22 years take, and that memory does not grow."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from schemas import Instant
from schemas.errors import TransientsError
from transients.missions import shift
from transients.service.scanning import ScanOrders, scan_archive
from transients.service.scanning.units import Unit, plan_units
from transients.service.scanning.work import search_unit
from transients.sources.archive import ArchiveReader, list_archive, simulate_archive

from .curves import INSTRUMENT, observatory
from .lines import Line, line
from .sizes import Sizes

#: Data in all of it: a revolution's begins on the 27th at 12 h and lasts till the 29th.
_BEGIN = Instant(utc="2022-02-27T12:00:00")
_WORKERS = 2
#: INTEGRAL's 22 years in bins of 50 ms.
_ALL_BINS = 1.4e10
_DAY_S = 86400.0
_READING = "reading alone, every bin decompressed and checked"


def measure(sizes: Sizes) -> Iterator[Line]:
    """A simulated archive, read, and searched; then a process's memory."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "archive"
        simulate_archive(root, observatory(), INSTRUMENT, _BEGIN, shift(_BEGIN, sizes.scan_days * _DAY_S))
        yield from _speed(root, Path(folder))
        yield from _memory(root)


def _speed(root: Path, folder: Path) -> Iterator[Line]:
    orders = ScanOrders()
    files, _ = list_archive(root)
    # Compiled code is kept for every process: not measured.
    search_unit(root, plan_units(files, orders)[0], orders)
    # Processor time: the work of one core, whatever else runs.
    begin = time.process_time()
    read = sum(_read(root / each.path) for each in files)
    reading_s = time.process_time() - begin
    begin = time.process_time()
    outcome = scan_archive(root, folder / "one", orders)
    scanning_s = time.process_time() - begin
    if outcome.run.bins != read:
        raise TransientsError(f"{outcome.run.bins} bins were searched of {read}")
    per_bin_s = scanning_s / outcome.run.bins
    ratio = reading_s / scanning_s
    days = f"{outcome.run.live_s / _DAY_S:.2g} d of a simulated archive"
    yield line(f"scan: {days}, one core", 1.0 / per_bin_s / 1e6, "million bins/s", _READING, ratio)
    hours = per_bin_s * _ALL_BINS / _WORKERS / 3600.0
    name = f"scan: 22 years (1.4e10 bins) on {_WORKERS} cores, extrapolated"
    yield line(name, hours, "h", f"{_READING}, extrapolated", ratio)


def _read(path: Path) -> int:
    with ArchiveReader(path) as reader:
        return sum(len(piece) for piece in reader.pieces())


def _memory(root: Path) -> Iterator[Line]:
    orders = ScanOrders()
    units = plan_units(list_archive(root)[0], orders)
    one, all_of_them = (_peak_mb(root, part, orders) for part in (units[:1], units))
    name = f"scan: memory of a process that searched {len(units)} days' files"
    yield line(name, all_of_them, "MB", "the same after the first of them", one / all_of_them)


def _peak_mb(root: Path, units: Sequence[Unit], orders: ScanOrders) -> float:
    """Most memory that a process of its own ever had."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return max(pool.submit(search_unit, root, unit, orders).result().peak_memory_mb for unit in units)

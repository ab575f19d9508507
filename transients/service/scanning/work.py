"""One unit searched: read in pieces, searched as a stream, nothing kept but what was found."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from schemas import FloatArray, Record, Spike
from schemas.errors import ConfigurationError, RefusedInput
from transients.missions import seconds_between
from transients.missions.known import known_instrument
from transients.search.scan import ScanExcess, Scanner
from transients.sources.archive import ArchiveReader

from .orders import ScanOrders, engine_id
from .units import Unit

#: Excesses that begin this little outside a day, s, are given too: rounding may put one on the other side of midnight.
_SLACK_S = 1.0


class Found(Record, frozen=True, kw_only=True):
    """An excess of a unit; times in s from the start of its day."""

    start_s: float
    duration_s: float
    peak_s: float
    counts: float
    background_cts_s: float
    snr: float
    octave: int
    first_s: float
    last_s: float
    windows: int
    spike: Spike | None
    saturated: bool
    #: Which of the unit's files holds it.
    file: int

    @property
    def excess(self) -> ScanExcess:
        """As the search gives it."""
        fields = {name: getattr(self, name) for name in ScanExcess.__dataclass_fields__}
        return ScanExcess(**fields)


class UnitResult(Record, frozen=True, kw_only=True):
    """What the search of a unit gave."""

    unit: str
    fingerprint: str
    found: tuple[Found, ...]
    #: Of the day itself.
    bins: int
    live_s: float
    searched_s: float
    #: Bins that another file had already.
    doubled: int = 0
    #: Files that could not be read, with the reason.
    broken: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: float
    peak_memory_mb: float


def search_unit(root: Path, unit: Unit, orders: ScanOrders) -> UnitResult:
    """Search a day. A file that cannot be read is left out and named; the day is then searched without it."""
    if orders.engine != engine_id():
        raise ConfigurationError("a worker has other code of the search than who asks: install the same version", where=unit.name)
    began = time.perf_counter()
    broken: dict[str, str] = {}
    while True:
        files = [(k, each.path) for k, each in enumerate(unit.files) if each.path not in broken]
        try:
            day = _Day(unit, orders)
            for number, path in files:
                day.read(number, root / path, path)
            found = day.finish()
            break
        except _Broken as error:
            broken[error.path] = error.reason
    return UnitResult(
        unit=unit.name,
        fingerprint=unit.fingerprint(orders),
        found=tuple(found),
        bins=day.bins,
        live_s=day.live_s,
        searched_s=day.scanner.searched_s,
        doubled=day.doubled,
        broken=broken,
        seconds=time.perf_counter() - began,
        # Linux gives kB.
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    )


class _Broken(Exception):  # noqa: N818
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason


class _Day:
    """The stream of a unit."""

    def __init__(self, unit: Unit, orders: ScanOrders) -> None:
        instrument = known_instrument(unit.mission, unit.instrument)
        spikes = instrument is not None and instrument.particle_hits
        self.unit, self.orders = unit, orders
        self.length_s = seconds_between(unit.stop, unit.start)
        half_s = 0.5 * unit.bin_s
        self.own_s = (-half_s, self.length_s - half_s)
        self.scanner = Scanner(unit.bin_s, orders.settings(spikes=spikes), self.own_s)
        self.bins, self.live_s, self.doubled = 0, 0.0, 0
        self._end_s = -np.inf
        self._starts: list[tuple[float, int]] = []
        self._excesses: list[ScanExcess] = []

    def read(self, number: int, path: Path, name: str) -> None:
        """Search what a file has of the day and of its sides."""
        low, high = -self.orders.lead_s, self.length_s + self.orders.trail_s
        try:
            with ArchiveReader(path, name) as reader:
                origin_s = seconds_between(reader.info.reference, self.unit.start)
                for piece in reader.pieces(between_s=(low - origin_s, high - origin_s)):
                    self._take(number, piece.start_s + origin_s, piece.width_s, piece.counts)
        except RefusedInput as error:
            raise _Broken(name, error.message) from error

    def _take(self, number: int, start_s: FloatArray, width_s: FloatArray, counts: FloatArray) -> None:
        # Files with other zeros of time differ by a nanosecond: to 0.1 µs they are the same, and the results to the last bit.
        start_s, width_s = np.round(start_s, 7), np.round(width_s, 7)
        keep = start_s > self._end_s - 0.5 * self.unit.bin_s
        self.doubled += int((~keep).sum())
        if not keep.any():
            return
        start_s, width_s, counts = start_s[keep], width_s[keep], counts[keep]
        self._starts.append((float(start_s[0]), number))
        self._end_s = float(start_s[-1] + width_s[-1])
        own = (start_s >= self.own_s[0]) & (start_s < self.own_s[1])
        self.bins += int(own.sum())
        self.live_s += float(width_s[own].sum())
        self._excesses += self.scanner.push(start_s, width_s, counts)

    def finish(self) -> Iterator[Found]:
        """The excesses that begin in the day."""
        self._excesses += self.scanner.finish()
        for each in self._excesses:
            if -_SLACK_S <= each.start_s < self.length_s + _SLACK_S:
                fields: dict[str, Any] = {name: getattr(each, name) for name in ScanExcess.__dataclass_fields__}
                yield Found(**fields, file=self._file_at(each.peak_s))

    def _file_at(self, at_s: float) -> int:
        return [number for begin_s, number in self._starts if begin_s <= at_s][-1]


def decode(data: bytes) -> UnitResult:
    """A result as it was kept. Raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=UnitResult)

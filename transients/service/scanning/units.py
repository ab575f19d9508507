"""Units of work: a day (UTC) of an instrument, with what is read on either side of it.

A unit's results depend on the archive's bins and its day alone: not on how the archive is cut into files, not on who works.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from schemas import ArchiveFile, Instant, Record, TimeFrame, sha256_hex
from transients.missions import shift
from transients.sources.archive import slug

from .orders import ScanOrders


class Unit(Record, frozen=True, kw_only=True):
    """A day of an instrument's bins."""

    mission: str
    instrument: str
    bin_s: float
    time_frame: TimeFrame
    #: "2023-05-18".
    day: str
    #: What is searched: excesses that begin in [start, stop).
    start: Instant
    stop: Instant
    #: Files that reach into it, and into what is read on either side, by their start.
    files: tuple[ArchiveFile, ...]

    @property
    def name(self) -> str:
        """For people and for file names."""
        return f"{slug(f'{self.mission} {self.instrument}')}-{self.bin_s:g}s-{self.day}"

    def fingerprint(self, orders: ScanOrders) -> str:
        """All that its results depend on: the orders, the day, and the files' counts and times."""
        parts = [orders.search_id, self.name, self.time_frame]
        parts += [f"{each.counts_id} {each.start} {each.stop} {each.size}" for each in self.files]
        return sha256_hex("\n".join(parts).encode())


def plan_units(files: Sequence[ArchiveFile], orders: ScanOrders) -> list[Unit]:
    """Every day in which a file has bins, by instrument and time."""

    def kind(each: ArchiveFile) -> tuple[str, str, float, TimeFrame]:
        return each.mission, each.instrument, each.bin_s, each.time_frame

    units: list[Unit] = []
    for (mission, instrument, bin_s, frame), group in itertools.groupby(sorted(files, key=kind), kind):
        own = sorted(group, key=lambda each: (each.start, each.stop, each.path))
        days = sorted({day for each in own for day in _days(each)})
        starts = [each.start for each in own]
        # The latest end so far: files before the first that exceeds a time all end before it.
        ends = list(itertools.accumulate((each.stop for each in own), max))
        for day in days:
            start, stop = Instant(utc=f"{day}T00:00:00"), Instant(utc=f"{_after(day)}T00:00:00")
            low, high = shift(start, -orders.lead_s), shift(stop, orders.trail_s)
            near = own[bisect.bisect_right(ends, low) : bisect.bisect_left(starts, high)]
            reaching = tuple(each for each in near if each.stop > low)
            units.append(
                Unit(
                    mission=mission, instrument=instrument, bin_s=bin_s, time_frame=frame, day=day, start=start, stop=stop,
                    files=reaching,
                )
            )  # fmt: skip
    return units


def _days(each: ArchiveFile) -> list[str]:
    days = [each.start.utc[:10]]
    # The end of the last bin may fall on the midnight after it.
    last = shift(each.stop, -0.5 * each.bin_s).utc[:10]
    while days[-1] < last:
        days.append(_after(days[-1]))
    return days


def _after(day: str) -> str:
    return shift(Instant(utc=f"{day}T12:00:00"), 86400.0).utc[:10]

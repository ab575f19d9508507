"""A small simulated archive for the tests of blind search: three hours about a midnight, with a burst on either side."""

from __future__ import annotations

import functools
from pathlib import Path

from schemas import Instant, LightCurve
from transients.missions.integral import Integral
from transients.sources import NoiseOptions, SimulatedBurst, SimulatedObservatory, load_response
from transients.sources.archive import ArchiveWriter, simulate_archive
from transients.sources.clock import seconds_between, shift

BEGIN, END = Instant(utc="2022-03-02T22:40:00"), Instant(utc="2022-03-03T01:10:00")
MIDNIGHT = Instant(utc="2022-03-03T00:00:00")
#: Onsets at Earth's centre; the second reaches over midnight.
BURSTS = (
    SimulatedBurst(Instant(utc="2022-03-02T23:20:00"), 100.0, 20.0, 6e-6, "hard", 2.0),
    SimulatedBurst(Instant(utc="2022-03-02T23:59:58"), 100.0, 20.0, 1e-5, "hard", 8.0),
    SimulatedBurst(Instant(utc="2022-03-03T00:40:00"), 100.0, 20.0, 4e-6, "hard", 0.5),
)


@functools.cache
def observatory(gaps_per_day: float = 30.0) -> SimulatedObservatory:
    """With those bursts, and more gaps than usual."""
    return SimulatedObservatory(5, Integral(load_response()), BURSTS, NoiseOptions(gaps_per_day=gaps_per_day))


@functools.cache
def counts() -> LightCurve:
    """SPI-ACS's counts of all of it."""
    half_s = 0.5 * seconds_between(END, BEGIN)
    return observatory().light_curve("SPI-ACS", shift(BEGIN, half_s), half_s)


def small_archive(root: Path) -> Path:
    """Written as the simulator does: a file a day, the index, the truth."""
    simulate_archive(root, observatory(), "SPI-ACS", BEGIN, END)
    return root


def archive_in_parts(root: Path, edges: list[int]) -> Path:
    """The same counts in other files: cut at these bins, under other names."""
    lc = counts()
    for low, high in zip([0, *edges], [*edges, len(lc)], strict=True):
        if low == high:
            continue
        part = LightCurve(
            start_s=lc.start_s[low:high].copy(),
            width_s=lc.width_s[low:high].copy(),
            counts=lc.counts[low:high].copy(),
            info=lc.info,
        )
        for entry in ArchiveWriter(root / f"part {low}").put(part):
            path = root / f"part {low}" / entry.path
            path.rename(root / f"{low:06d} {path.name}")
    return root

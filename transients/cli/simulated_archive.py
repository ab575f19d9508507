"""A simulated archive of count rates, written for `transients simulate --archive`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas import Instant

from .progress import progress_bar

if TYPE_CHECKING:
    from transients.sources import SimulatedBurst, SimulatedObservatory


def write_archive(
    folder: Path,
    seed: int,
    observatory: Callable[[Sequence[SimulatedBurst]], SimulatedObservatory],
    bursts: Sequence[SimulatedBurst],
    begin: Instant,
    end: Instant,
    instrument: str,
    bursts_per_day: float | None,
) -> dict[str, Any]:
    """Write what the observatory sees of the bursts given and drawn; what was written, in plain data."""
    from transients.sources.archive import simulate_archive
    from transients.sources.simulator import PER_DAY, draw_bursts

    began = time.perf_counter()
    drawn = draw_bursts(seed, begin, end, PER_DAY if bursts_per_day is None else bursts_per_day)
    with progress_bar("simulating") as told:
        made = simulate_archive(folder, observatory([*bursts, *drawn]), instrument, begin, end, lambda share: told(share, ""))
    return {
        "archive": str(folder),
        "instrument": instrument,
        "seed": seed,
        "from_utc": begin.iso,
        "to_utc": end.iso,
        "files": made.files,
        "bins": made.bins,
        "live_s": made.live_s,
        "bursts": made.bursts,
        "spikes": made.spikes,
        "truth": str(made.truth),
        "simulated": True,
        "seconds": time.perf_counter() - began,
    }

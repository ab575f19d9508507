"""A scan from beginning to end."""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from schemas import Candidate, ScanRun, sha256_hex, to_json
from schemas.errors import NoData
from transients.sources.archive import list_archive, slug
from transients.sources.clock import utc_now

from .candidates import candidates_of, rates_of
from .catalogue import CATALOGUE, write_catalogue
from .kept import KeptResults
from .orders import ScanOrders
from .units import Unit, plan_units
from .work import UnitResult
from .workers import results

#: What was done, and how often the background gave what: their names in the scan's folder.
RUN, RATES = "scan.json", "rates-{}.json"

Told = Callable[[float, str], None]


@dataclasses.dataclass(frozen=True)
class ScanOutcome:
    """A scan that was done.

    Attributes
    ----------
    run
        As it is kept.
    candidates
        In order of time.
    rates
        Names of the files of rates, one for each instrument.
    units, resumed, anew
        Units of work; those whose results were there; those that had a result of other settings, another version or other files.
    doubled
        Bins left out that an earlier file had already.
    seconds, search_s
        On the clock, and the workers' together.
    peak_memory_mb
        Of the worker that took most.
    """

    run: ScanRun
    candidates: tuple[Candidate, ...]
    rates: tuple[str, ...]
    units: int
    resumed: int
    anew: int
    doubled: int
    seconds: float
    search_s: float
    peak_memory_mb: float


def scan_archive(
    root: Path,
    out: Path,
    orders: ScanOrders,
    *,
    workers: int = 1,
    dask: str | None = None,
    told: Told = lambda share, note: None,
) -> ScanOutcome:
    """Search an archive, and write what was found into a folder: candidates.fits, rates-INSTRUMENT.json, scan.json.

    The results of each unit are kept there as they come: interrupted, it goes on from there.

    Parameters
    ----------
    root
        The archive.
    out
        The scan's folder.
    workers, dask
        Who works (`workers.results`).
    told
        Called with the share that is done and a word on it.

    Raises
    ------
    RefusedInput
        No archive.
    NoData
        Not a file of it can be read.
    """
    began, started = time.perf_counter(), utc_now()
    files, broken = list_archive(root)
    units = plan_units(files, orders)
    kept = KeptResults(out)
    done: dict[str, UnitResult] = {}
    waiting: list[Unit] = []
    anew = 0
    for unit in units:
        fingerprint = unit.fingerprint(orders)
        result = kept.find(unit.name, fingerprint)
        if result is None:
            waiting.append(unit)
            anew += kept.holds_others(unit.name, fingerprint)
        else:
            done[unit.name] = result
    resumed = len(done)
    for result in results(root.resolve(), waiting, orders, workers=workers, dask=dask):
        kept.put(result)
        done[result.unit] = result
        told(len(done) / len(units), result.unit)
    for result in done.values():
        broken = {**broken, **result.broken}
    ordered = [(unit, done[unit.name]) for unit in units]
    if not any(result.bins for result in done.values()):
        raise NoData(f"not a bin of it could be read: {_reasons(broken)}", where=str(root))
    candidates = candidates_of(ordered, orders)
    run = ScanRun(
        scan_id=sha256_hex("\n".join([str(orders.burst_far_hz), *(result.fingerprint for _, result in ordered)]).encode()),
        archive=str(root),
        version=orders.version,
        parameters=orders.parameters,
        started=started,
        finished=utc_now(),
        files=len(files) - sum(each.path in broken for each in files),
        broken=broken,
        bins=sum(result.bins for result in done.values()),
        live_s=sum(result.live_s for result in done.values()),
        candidates=dict(Counter(each.classification for each in candidates)),
        simulated=any(each.simulated for each in files),
    )
    write_catalogue(out / CATALOGUE, candidates, run)
    rates = {RATES.format(slug(name)): counted for name, counted in rates_of(ordered, orders).items()}
    for name, counted in rates.items():
        _write(out / name, to_json(counted))
    _write(out / RUN, to_json(run))
    return ScanOutcome(
        run=run,
        candidates=tuple(candidates),
        rates=tuple(rates),
        units=len(units),
        resumed=resumed,
        anew=anew,
        doubled=sum(result.doubled for result in done.values()),
        seconds=time.perf_counter() - began,
        search_s=sum(result.seconds for result in done.values()),
        peak_memory_mb=max(result.peak_memory_mb for result in done.values()),
    )


def _reasons(broken: dict[str, str]) -> str:
    shown = [f"{name}: {reason}" for name, reason in list(broken.items())[:3]]
    return "; ".join([*shown, *([f"and {len(broken) - 3} more"] if len(broken) > 3 else [])])


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(data + b"\n")
    part.replace(path)

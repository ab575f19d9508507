"""`transients scan`: blind search of an archive of count rates."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import POSITIVE, FiniteFloat, settings_of
from .output import emit, json_option, reports_errors
from .progress import progress_bar

if TYPE_CHECKING:
    from transients.service.scanning import ScanOutcome

_YEAR_S = 365.25 * 86400.0


@click.command("scan")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(1, 512), help="Processes of this machine. [default: one a core]")
@click.option("--dask", metavar="ADDRESS", help="A Dask cluster's scheduler (tcp://host:8786) in place of processes.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for results. [default: ARCHIVE-scan]")
@click.option("--threshold-snr", type=FiniteFloat(4.0, 100.0), default=5.0, show_default=True, help="Least S/N of an excess.")
@click.option(
    "--burst-per-year", type=POSITIVE, default=12.0, show_default=True, help="What the background gives as often is no burst."
)
@click.option("--truth", type=click.Path(dir_okay=False, path_type=Path), help="What was injected: adds completeness and purity.")
@click.option(
    "--database/--no-database", default=None, help="Keep the candidates in Postgres. [default: where one is configured]"
)
@json_option
@click.pass_context
@reports_errors
def scan_command(
    context: click.Context,
    archive: Path,
    workers: int | None,
    dask: str | None,
    out: Path | None,
    threshold_snr: float,
    burst_per_year: float,
    truth: Path | None,
    database: bool | None,
    as_json: bool,
) -> None:
    """Search every day of an archive for bursts that nobody announced.

    What is found is written to a folder: candidates.fits, the rates of the background (rates-INSTRUMENT.json), and scan.json.
    Results are kept day by day; interrupted, the same command goes on where it was.
    """
    from transients.service.scanning import CATALOGUE, ScanOrders, scan_archive

    if workers is not None and dask is not None:
        raise click.UsageError("--workers and --dask exclude each other")
    orders = ScanOrders(threshold_snr=threshold_snr, burst_far_hz=burst_per_year / _YEAR_S)
    folder = out if out is not None else archive.with_name(f"{archive.resolve().name}-scan")
    cores = len(os.sched_getaffinity(0)) if workers is None else workers
    with progress_bar("scanning") as told:
        outcome = scan_archive(archive, folder, orders, workers=cores, dask=dask, told=told)
    data = {
        **_plain(outcome, cores if dask is None else None),
        "catalogue": str(folder / CATALOGUE),
        "rates": [str(folder / name) for name in outcome.rates],
    }
    if outcome.anew:
        click.echo(f"{outcome.anew} days were searched anew: settings, version or files are others than before", err=True)
    for name, reason in outcome.run.broken.items():
        click.echo(f"left out: {name}: {reason}", err=True)
    if database or (database is None and settings_of(context).database.url is not None):
        data["new_in_database"] = asyncio.run(_store(context, outcome))
    if truth is not None:
        data["truth"] = _against(truth, outcome)
    emit(data, as_json)


def _plain(outcome: ScanOutcome, workers: int | None) -> dict[str, Any]:
    run = outcome.run
    return {
        "archive": run.archive,
        "scan_id": run.scan_id,
        "simulated": run.simulated,
        "files": run.files,
        "broken": len(run.broken),
        "bins": run.bins,
        "doubled_bins": outcome.doubled,
        "live_s": run.live_s,
        "days": outcome.units,
        "days_resumed": outcome.resumed,
        "candidates": {kind: run.candidates.get(kind, 0) for kind in ("burst", "spike", "slow", "faint")},
        "workers": workers,
        "seconds": outcome.seconds,
        "search_s": outcome.search_s,
        "peak_memory_mb": outcome.peak_memory_mb,
    }


async def _store(context: click.Context, outcome: ScanOutcome) -> int:
    from .database import database_of

    async with database_of(settings_of(context)) as store:
        await store.migrate()
        return await store.put_scan(outcome.run, outcome.candidates)


def _against(truth: Path, outcome: ScanOutcome) -> dict[str, Any]:
    from transients.search.scoring import score
    from transients.sources.archive import read_truth

    return score(read_truth(truth), outcome.candidates).plain

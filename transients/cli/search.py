"""`transients search`: a light curve searched for a counterpart."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from schemas import Instant, OffTimeRates, from_json
from schemas.errors import RefusedInput
from transients.search import search, search_report

from .curves import curve_about
from .files import read_file
from .options import POSITIVE, UTC
from .output import emit, json_option, reports_errors


@click.command("search")
@click.argument("lightcurve", type=click.Path(path_type=Path))
@click.option("--t0", type=UTC, required=True, help="Time of the event, UTC, on the light curve's clock.")
@click.option("--window", type=POSITIVE, default=300.0, show_default=True, help="Searched: T0 ± this, s.")
@click.option("--method", type=click.Choice(["both", "published", "allwindow"]), default="both", show_default=True)
@click.option(
    "--off-time", type=click.Path(path_type=Path), help="Excesses counted in an archive (JSON), for the false-alarm rates."
)
@json_option
@reports_errors
def search_command(lightcurve: Path, t0: Instant, window: float, method: str, off_time: Path | None, as_json: bool) -> None:
    """Search LIGHTCURVE (MMODA FITS, genlc, IPN, real-time JSON or dump, our archive) about T0."""
    curve = curve_about(lightcurve, t0, window)
    result = search(
        curve,
        t0,
        half_width_s=window,
        method=method,  # type: ignore[arg-type]
        time_frame=curve.info.time_frame,
        association_window_s=(-window, window),
        off_time=None if off_time is None else _off_time(off_time),
    )
    emit(search_report(result), as_json)


def _off_time(path: Path) -> OffTimeRates:
    """Read the counts of an archive."""
    try:
        return from_json(read_file(path), OffTimeRates)
    except msgspec.MsgspecError as error:
        raise RefusedInput(f"not off-time counts: {error}", where=str(path)) from error

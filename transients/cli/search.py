"""`transients search`: a light curve searched for a counterpart."""

from __future__ import annotations

from pathlib import Path

import click

from schemas import Instant
from transients.search import search, search_report
from transients.service.plugins import load_missions

from .curves import curve_about
from .options import POSITIVE, UTC
from .output import emit, json_option, reports_errors


@click.command("search")
@click.argument("lightcurve", type=click.Path(path_type=Path))
@click.option("--t0", type=UTC, required=True, help="Time of the event, UTC, on the light curve's clock.")
@click.option("--window", type=POSITIVE, default=300.0, show_default=True, help="Searched: T0 ± this, s.")
@click.option("--method", type=click.Choice(["both", "published", "allwindow"]), default="both", show_default=True)
@json_option
@reports_errors
def search_command(lightcurve: Path, t0: Instant, window: float, method: str, as_json: bool) -> None:
    """Search LIGHTCURVE (MMODA FITS, genlc, IPN, real-time JSON or dump, our archive) about T0."""
    load_missions()
    curve = curve_about(lightcurve, t0, window)
    result = search(
        curve,
        t0,
        half_width_s=window,
        method=method,  # type: ignore[arg-type]
        time_frame=curve.info.time_frame,
        association_window_s=(-window, window),
    )
    emit(search_report(result), as_json)

"""`transients exposure`: how long a region was in the field of view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from schemas import Instant, Pointing
from transients.missions import seconds_between, shift
from transients.missions.frames import direction_vector
from transients.service.parts import mission_of
from transients.sky import band_ks, coarsened, fov_exposure, pointing_history, pointing_table
from transients.sky.history import BANDS_DEG
from transients.sources import DataSource

from .options import UTC, FiniteFloat, settings_of, source_option
from .output import emit, json_option, reports_errors
from .targets import asked, direction_keys, target_of, target_options

_HALF_WINDOW_D = 10.0


@click.command("exposure")
@target_options
@click.option("--at", "at", type=UTC, help="Middle of the window (T0).")
@click.option(
    "--days", type=FiniteFloat(0.0, 10_000.0, min_open=True), help="Half width of the window about --at, d; default: 10."
)
@click.option("--from", "start", type=UTC, help="Beginning of the window, instead of --at and --days.")
@click.option("--to", "stop", type=UTC, help="End of the window.")
@source_option
@json_option
@click.pass_context
@reports_errors
def exposure_command(
    context: click.Context,
    ra: float | None,
    dec: float | None,
    radius: float | None,
    skymap: Path | None,
    at: Instant | None,
    days: float | None,
    start: Instant | None,
    stop: Instant | None,
    source: str | None,
    as_json: bool,
) -> None:
    """Time of a region in the field of view, ks: plain, live, and weighted by the imager's coded fraction; and the time at each
    off-axis angle of the region's peak."""
    middle, half_d = _window(at, days, start, stop)
    settings = settings_of(context)
    m, towards = target_of(ra, dec, radius, skymap)

    async def listed(data: DataSource) -> tuple[str, tuple[Pointing, ...]]:
        return data.name, await data.pointings(shift(middle, -half_d * 86400.0), shift(middle, half_d * 86400.0))

    name, pointings = asked(source, settings, listed)
    table = pointing_table(pointings, middle)
    found = fov_exposure(coarsened(m), table, middle, mission_of(settings), half_d, source=name)
    history = pointing_history(direction_vector(towards), table, half_d, source=name)
    emit(
        {
            **direction_keys(towards),
            "window_start_utc": found.window_start.iso,
            "window_stop_utc": found.window_stop.iso,
            "fov_radius_deg": found.fov_radius_deg,
            "plain_ks": found.plain_ks,
            "live_ks": found.live_ks,
            "coding_weighted_ks": found.coding_weighted_ks,
            "pointings_in_view": found.pointings,
            "pointings": len(history.pointings),
            "source": found.source,
            "peak_within_ks": {f"{band:g}_deg": band_ks(history, band) for band in BANDS_DEG},
            "histogram": [_bin(*each) for each in history.histogram],
        },
        as_json,
    )


def _bin(low_deg: float, high_deg: float, ks: float) -> dict[str, Any]:
    return {"from_deg": low_deg, "to_deg": high_deg, "ks": ks}


def _window(at: Instant | None, days: float | None, start: Instant | None, stop: Instant | None) -> tuple[Instant, float]:
    """Middle and half width in days."""
    if at is not None and start is None and stop is None:
        return at, _HALF_WINDOW_D if days is None else days
    if at is not None or days is not None or start is None or stop is None:
        raise click.UsageError("give --at (and --days), or --from and --to")
    span_s = seconds_between(stop, start)
    if span_s <= 0:
        raise click.UsageError("--to lies after --from")
    return shift(start, 0.5 * span_s), 0.5 * span_s / 86400.0

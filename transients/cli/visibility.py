"""`transients visibility`: when a region can be pointed at, and what limits it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np

from schemas import Instant, VisibilityForecast
from transients.missions import Mission, seconds_between, to_time
from transients.missions.almanac import Almanac, places_of
from transients.missions.frames import direction_vector
from transients.service.parts import mission_of, utc_now
from transients.sky import coarsened, forecast, visibility

from .options import UTC, FiniteFloat, settings_of, source_option, sun_option, x_option, z_option
from .output import emit, json_option, reports_errors
from .targets import attitude_at, direction_keys, orbit_at, orbit_option, target_of, target_options

#: A year takes some seconds.
_MOST_DAYS = 400.0
_STEPS = 40


@click.command("visibility")
@target_options
@click.option("--at", "--from", "start", type=UTC, help="From when on; default: now.")
@click.option("--to", "stop", type=UTC, help="Until when.")
@click.option("--days", type=FiniteFloat(0.0, _MOST_DAYS, min_open=True), help="For how long, instead of --to; default: 5.")
@sun_option
@x_option
@z_option
@orbit_option
@source_option
@json_option
@click.pass_context
@reports_errors
def visibility_command(
    context: click.Context,
    ra: float | None,
    dec: float | None,
    radius: float | None,
    skymap: Path | None,
    start: Instant | None,
    stop: Instant | None,
    days: float | None,
    half_width: float | None,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    orbit: tuple[float, ...] | None,
    source: str | None,
    as_json: bool,
) -> None:
    """Windows in which a region's peak can be pointed at with what limits each, and the visible fraction of the region.

    The orbit over the days to come is the mission's model; --orbit and --source tell the place at the beginning, --x and --z (or
    --source) the attitude then.
    """
    settings = settings_of(context)
    mission = mission_of(settings)
    m, towards = target_of(ra, dec, radius, skymap)
    begin = utc_now() if start is None else start
    span_s = _span_s(begin, stop, days)
    half = settings.mission.sun_half_width_deg if half_width is None else half_width
    coarse, time = coarsened(m), to_time(begin)
    place = orbit_at(orbit, begin, source, settings, mission)
    aim = attitude_at(x, z, begin, source, settings, mission)
    found = forecast(
        direction_vector(towards),
        begin,
        span_s,
        mission.constraint(half),
        Almanac(time, places_of(mission, time, span_s)),
        coarse=coarse,
        every_s=span_s / _STEPS,
        orbit_source=mission.approximate_orbit(time).source,
    )
    seen = visibility(m, begin, mission, aim, place, half, coarse=coarse)
    at_start = {name: value for name, value in msgspec.to_builtins(seen).items() if name not in ("at", "off_axis", "barred")}
    report = _report(found, span_s) | {
        **direction_keys(towards),
        "at_start": at_start | {"barred": dict(seen.barred), "off_axis": [list(pair) for pair in seen.off_axis]},
        "remarks": _remarks(begin, mission),
    }
    emit(report, as_json)


def _span_s(begin: Instant, stop: Instant | None, days: float | None) -> float:
    if stop is not None and days is not None:
        raise click.UsageError("give --to or --days")
    if stop is None:
        return 86400.0 * (5.0 if days is None else days)
    span_s = seconds_between(stop, begin)
    if not 0.0 < span_s <= 86400.0 * _MOST_DAYS:
        raise click.UsageError(f"--to lies after the beginning, by {_MOST_DAYS:g} days at most")
    return span_s


def _report(found: VisibilityForecast, span_s: float) -> dict[str, Any]:
    seconds, fractions = np.array(found.fractions).T
    return {
        "start_utc": found.start.iso,
        "stop_utc": found.stop.iso,
        "observable_s": found.observable_s,
        "observable_fraction": found.observable_s / span_s,
        "mean_visible_fraction": float(np.trapezoid(fractions, seconds) / span_s),
        "constraints": list(found.constraints),
        "limited_by": found.limited_by,
        "orbit_source": found.orbit_source,
        "error_s": found.error_s,
        "windows": [
            {
                "start_utc": window.start.iso,
                "stop_utc": window.stop.iso,
                "opened_by": window.opened_by,
                "closed_by": window.closed_by,
                "start_error_s": window.start_error_s,
                "stop_error_s": window.stop_error_s,
            }
            for window in found.windows
        ],
        "fractions": [{"hours": s / 3600.0, "visible_fraction": f} for s, f in found.fractions],
    }


def _remarks(begin: Instant, mission: Mission) -> list[str]:
    end = mission.last_observation
    return [] if end is None or begin <= end else [f"{mission.name} stopped observing on {end.utc[:10]}"]

"""Commands of time and place: time, orient, response."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from schemas import Attitude, Instant
from schemas.errors import TransientsError
from transients.config import Settings
from transients.missions import Mission, orientation, response_report, shift, time_report
from transients.service.parts import mission_of, source_of

from .options import (
    NUMBER,
    SPECTRA,
    UTC,
    attitude_from_axes,
    direction,
    settings_of,
    source_option,
    spectrum_of,
    x_option,
    z_option,
)
from .output import emit, json_option, reports_errors

#: Science windows begin and end with packets, which come every 8 s.
_LISTED_ERROR_S = 8.0


@click.command("time")
@click.argument("text", metavar="T")
@click.option(
    "--scale",
    type=click.Choice(["auto", "utc", "tt", "tai", "tdb"]),
    default="auto",
    help="Scale of an ISO time or MJD; auto: UTC for ISO, TT for MJD.",
)
@source_option
@json_option
@click.pass_context
@reports_errors
def time_command(context: click.Context, text: str, scale: str, source: str | None, as_json: bool) -> None:
    """Convert T: a UTC time in ISO 8601, an IJD, an MJD, or the id of a science window."""
    settings = settings_of(context)
    mission = mission_of(settings)
    report = time_report(text, scale, mission)
    if "scw_id" in report and (source is not None or settings.sources.archive_dirs):
        report = asyncio.run(_listed_window(report, source, settings, mission))
    if not as_json:
        # Six digits would do for most numbers, not for days: a microsecond is 1e-11 of one.
        report |= {name: f"{report[name]:.9f}" for name in ("ijd", "mjd_tt")}
    emit(report, as_json)


async def _listed_window(report: dict[str, Any], source: str | None, settings: Settings, mission: Mission) -> dict[str, Any]:
    """A science window's time by the source's list of windows; where it is not listed the approximate time stays, and says so."""
    about, error_s = Instant.parse(report["utc"]), report["time_error_s"]
    async with source_of(source, settings, mission) as data:
        try:
            listed = await data.pointings(shift(about, -error_s), shift(about, error_s))
        except TransientsError as error:
            return report | {"source": f"{report['source']} ({error})"}
        found = next((each for each in listed if each.scw_id == report["scw_id"]), None)
        if found is None:
            return report | {"source": f"{report['source']} ({data.name}: not among {len(listed)} science windows)"}
        known = time_report(found.start.iso, "utc", mission)
        told = {"scw_id": found.scw_id, "stop_utc": found.stop.iso, "time_error_s": _LISTED_ERROR_S}
        return known | told | {"source": f"list of science windows, {data.name}; phase: {known['source']}"}


@click.command("orient")
@click.option("--ra", type=NUMBER, required=True, help="Right ascension, deg ICRS.")
@click.option("--dec", type=NUMBER, required=True, help="Declination, deg ICRS.")
@x_option
@z_option
@click.option("--at", type=UTC, help="Ask the data source for the attitude at this time.")
@source_option
@json_option
@click.pass_context
@reports_errors
def orient_command(
    context: click.Context,
    ra: float,
    dec: float,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    at: Instant | None,
    source: str | None,
    as_json: bool,
) -> None:
    """A direction in the spacecraft's frame: theta from X, phi 0 on the Sun side."""
    attitude = attitude_from_axes(x, z, at)
    if attitude is None:
        if at is None:
            raise click.UsageError("give --x and --z, or --at")
        settings = settings_of(context)
        attitude = asyncio.run(_attitude_at(at, source, settings))
    found = orientation(direction(ra, dec), attitude, mission_of(settings_of(context)).orientation_word)
    emit(
        {
            "theta_deg": found.theta_deg,
            "phi_deg": found.phi_deg,
            "word": found.word,
            "attitude_source": found.attitude_source,
            "attitude_error_deg": found.attitude_error_deg,
            "theta_error_deg": found.theta_error_deg,
            "phi_error_deg": found.phi_error_deg,
        },
        as_json,
    )


async def _attitude_at(at: Instant, source: str | None, settings: Settings) -> Attitude:
    async with source_of(source, settings) as data:
        return await data.attitude(at)


@click.command("response")
@click.option("--theta", type=NUMBER, required=True, help="Angle from X, deg.")
@click.option("--phi", type=NUMBER, required=True, help="Azimuth about X, deg; 0 is the Sun side.")
@click.option("--instrument", help="One of the mission's; default: the one whose rate is searched.")
@click.option("--spectrum", default="hard", show_default=True, help=f"{SPECTRA}.")
@json_option
@click.pass_context
@reports_errors
def response_command(
    context: click.Context, theta: float, phi: float, instrument: str | None, spectrum: str, as_json: bool
) -> None:
    """Fluence per count (75-2000 keV) of an instrument for a direction and a spectrum."""
    mission = mission_of(settings_of(context))
    emit(response_report(theta, phi, instrument or mission.searched, spectrum_of(spectrum), mission), as_json)

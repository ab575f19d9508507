"""`transients skymap`: a sky map in numbers."""

from __future__ import annotations

import click

from schemas import Instant
from schemas.errors import RefusedInput
from transients.service.parts import mission_of
from transients.sky import skymap_report

from .maps import REGIONS_HELP, map_argument, map_of
from .options import UTC, attitude_from_axes, settings_of, x_option, z_option
from .output import emit, json_option, reports_errors
from .targets import orbit_given, orbit_option

#: A place that was given is the same at any time.
_ANY_TIME = Instant(utc="2000-01-01T00:00:00")


@click.command("skymap", epilog=REGIONS_HELP)
@map_argument
@click.option("--at", type=UTC, help="Time for the Sun, Moon and Earth; default: the map's DATE-OBS.")
@x_option
@z_option
@orbit_option
@click.option("--instrument", help="Only this instrument's response.")
@json_option
@click.pass_context
@reports_errors
def skymap_command(
    context: click.Context,
    file: str,
    at: Instant | None,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    orbit: tuple[float, ...] | None,
    instrument: str | None,
    as_json: bool,
) -> None:
    """Areas, peak, visibility, field of view and response of a sky map."""
    settings = settings_of(context)
    skymap = map_of(file)
    when = at or _observed(skymap.meta.get("date_obs"))
    state = None if orbit is None else orbit_given(orbit, when or _ANY_TIME)
    mission = mission_of(settings)
    if instrument is not None and instrument not in mission.response.instruments:
        raise RefusedInput(f"no response of {instrument}; there are {', '.join(mission.response.instruments)}")
    report = skymap_report(
        skymap,
        at=when,
        mission=mission,
        attitude=attitude_from_axes(x, z, when),
        orbit=state,
        instruments=None if instrument is None else (instrument,),
        sun_half_width_deg=settings.mission.sun_half_width_deg,
    )
    emit(report, as_json)


def _observed(text: object) -> Instant | None:
    """The time a map gives itself; None where it gives none that can be read."""
    try:
        return None if text is None else Instant.parse(str(text))
    except ValueError:
        return None

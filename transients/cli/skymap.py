"""`transients skymap`: a sky map in numbers."""

from __future__ import annotations

import click

from schemas import Instant, OrbitState
from schemas.errors import RefusedInput
from transients.service.parts import mission_of
from transients.sky import skymap_report

from .maps import REGIONS_HELP, map_argument, map_of
from .options import ORBIT, UTC, attitude_from_axes, direction, settings_of, x_option, z_option
from .output import emit, json_option, reports_errors

#: A spacecraft is above the ground and nearer than the Sun.
_EARTH_KM, _FARTHEST_KM = 6371.0, 1.5e8


@click.command("skymap", epilog=REGIONS_HELP)
@map_argument
@click.option("--at", type=UTC, help="Time for the Sun, Moon and Earth; default: the map's DATE-OBS.")
@x_option
@z_option
@click.option("--orbit", type=ORBIT, help="The spacecraft as seen from Earth's centre: deg, deg, km.")
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
    state = None if orbit is None else _orbit(orbit, when)
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


def _orbit(given: tuple[float, ...], when: Instant | None) -> OrbitState:
    """The spacecraft's place from the command line; above the ground."""
    ra, dec, km = given
    direction(ra, dec)
    if not _EARTH_KM < km < _FARTHEST_KM:
        raise RefusedInput(f"{km:g} km from Earth's centre is no orbit")
    at = when or Instant(utc="2000-01-01T00:00:00")
    return OrbitState(at=at, ra_deg=ra % 360.0, dec_deg=dec, distance_km=km, source="given")


def _observed(text: object) -> Instant | None:
    """The time a map gives itself; None where it gives none that can be read."""
    try:
        return None if text is None else Instant.parse(str(text))
    except ValueError:
        return None

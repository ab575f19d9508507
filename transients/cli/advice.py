"""`transients advice`: where to point for the most probability."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
import numpy as np

from schemas import Instant
from transients.missions import to_time
from transients.missions.bodies import position_km
from transients.missions.surroundings import surroundings
from transients.service.parts import mission_of, utc_now
from transients.sky import pointing_advice

from .options import UTC, settings_of, source_option, sun_option, x_option, z_option
from .output import emit, json_option, reports_errors
from .targets import attitude_at, direction_keys, orbit_at, orbit_option, target_of, target_options


@click.command("advice")
@target_options
@click.option("--at", "at", type=UTC, help="When; default: now.")
@sun_option
@x_option
@z_option
@orbit_option
@source_option
@json_option
@click.pass_context
@reports_errors
def advice_command(
    context: click.Context,
    ra: float | None,
    dec: float | None,
    radius: float | None,
    skymap: Path | None,
    at: Instant | None,
    half_width: float | None,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    orbit: tuple[float, ...] | None,
    source: str | None,
    as_json: bool,
) -> None:
    """The best allowed pointing of each observing pattern: anywhere, and within 90 and 45 deg of the current pointing.

    The current pointing is --x, or what --source says; without it there is only the advice for anywhere.
    """
    settings = settings_of(context)
    mission = mission_of(settings)
    m, towards = target_of(ra, dec, radius, skymap)
    when = utc_now() if at is None else at
    place = orbit_at(orbit, when, source, settings, mission)
    aim = attitude_at(x, z, when, source, settings, mission)
    half = settings.mission.sun_half_width_deg if half_width is None else half_width
    about = surroundings(to_time(when).reshape((1,)), position_km(place)[np.newaxis])
    found = pointing_advice(m, when, mission.constraint(half), about, mission.patterns, mission.slew, attitude=aim)
    remarks = list(found.caveats) + ([] if aim is not None else ["the current pointing is not known: advice for anywhere only"])
    pointing = None if aim is None else {"ra_deg": aim.x_ra_deg, "dec_deg": aim.x_dec_deg, "source": aim.source}
    emit(
        {
            "at_utc": when.iso,
            "peak": direction_keys(towards),
            "pointing": pointing,
            "orbit_source": place.source,
            "constraints": list(found.constraints),
            "remarks": remarks,
            "entries": msgspec.to_builtins(found.entries),
        },
        as_json,
    )

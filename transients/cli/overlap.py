"""`transients overlap`: whether two localisations are of one place, and how rare a chance pair would be."""

from __future__ import annotations

from typing import Any

import click

from schemas.errors import RefusedInput
from transients.config import Settings
from transients.service.parts import mission_of
from transients.sky import WINDOWS, joint_rate, overlap, response_overlap

from .maps import REGIONS_HELP, map_of
from .options import NOT_NEGATIVE, attitude_from_axes, settings_of, x_option, z_option
from .output import emit, json_option, reports_errors


@click.command("overlap", epilog=REGIONS_HELP)
@click.argument("maps", nargs=-1, required=True, metavar="MAP [MAP]")
@click.option("--dt", type=NOT_NEGATIVE, help="Whole length of the window of coincidence, s: 6 for one from -1 to +5 s.")
@click.option("--window", type=click.Choice(sorted(WINDOWS)), help="A window by name, instead of --dt (docs/sky.md).")
@click.option("--rate-per-yr", type=NOT_NEGATIVE, help="How often the other kind of event comes, per year of 365.25 days.")
@click.option("--far-hz", type=NOT_NEGATIVE, help="False-alarm rate of the event itself, Hz.")
@click.option("--response", "instrument", help="With one map: against this all-sky instrument's response; needs --x and --z.")
@click.option(
    "--spectrum", default="hard", show_default=True, help="For --response: hard, soft, crabby, comp:a,Ep, band:a,b,Ep or pl:g."
)
@x_option
@z_option
@json_option
@click.pass_context
@reports_errors
def overlap_command(
    context: click.Context,
    maps: tuple[str, ...],
    dt: float | None,
    window: str | None,
    rate_per_yr: float | None,
    far_hz: float | None,
    instrument: str | None,
    spectrum: str,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    as_json: bool,
) -> None:
    """Overlap of two localisations, and the false-alarm rate of their coincidence.

    The overlap is 4 pi times the integral of the product of the two densities: 1 for anything with the whole sky, 0 for what
    shares nothing. FAR in time = dt x rate x FAR of the event; FAR in space and time = that / overlap.
    """
    if len(maps) != (2 if instrument is None else 1):
        raise click.UsageError("give two maps, or one with --response")
    if dt is not None and window is not None:
        raise click.UsageError("--dt and --window exclude each other")
    length_s = WINDOWS[window].length_s if window is not None else dt
    found = (
        overlap(map_of(maps[0]), map_of(maps[1]))
        if instrument is None
        else _with_response(maps[0], instrument, spectrum, x, z, settings_of(context))
    )
    emit({"overlap": found, **_rates(found, length_s, rate_per_yr, far_hz), "window_s": length_s}, as_json)


def _with_response(
    text: str, instrument: str, spectrum: str, x: tuple[float, ...] | None, z: tuple[float, ...] | None, settings: Settings
) -> float:
    attitude = attitude_from_axes(x, z, None)
    if attitude is None:
        raise click.UsageError("--response needs --x and --z")
    mission = mission_of(settings)
    if instrument not in mission.response.instruments:
        raise RefusedInput(f"no response of {instrument}; there are {', '.join(mission.response.instruments)}")
    return response_overlap(map_of(text), attitude, mission, instrument, spectrum)


def _rates(found: float, length_s: float | None, rate_per_yr: float | None, far_hz: float | None) -> dict[str, Any]:
    """The rates, as far as their ingredients were given; a note where there is none in space."""
    if length_s is None or rate_per_yr is None or far_hz is None:
        return {"far_time_hz": None, "far_spacetime_hz": None}
    rate = joint_rate(found, length_s, rate_per_yr, far_hz)
    rates = {"far_time_hz": rate.far_time_hz, "far_spacetime_hz": rate.far_spacetime_hz}
    if rate.far_spacetime_hz is None:
        return rates | {"note": "the two share no place: no false-alarm rate in space and time"}
    return rates

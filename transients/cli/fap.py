"""`transients fap`: the published method's false-alarm probability."""

from __future__ import annotations

import click

from transients.search import fap_report

from .options import NUMBER, POSITIVE
from .output import emit, json_option, reports_errors


@click.command("fap")
@click.option("--snr", type=NUMBER, required=True, help="Signal-to-noise ratio.")
@click.option("--scale", type=POSITIVE, required=True, help="Time scale, s.")
@click.option("--t", type=NUMBER, required=True, help="Time from T0, s.")
@json_option
@reports_errors
def fap_command(snr: float, scale: float, t: float, as_json: bool) -> None:
    """False-alarm probability of an excess by the published method."""
    emit(fap_report(snr, scale, t), as_json)

"""`transients simulate`: the data services, simulated, on loopback."""

from __future__ import annotations

import asyncio

import click

from schemas import Instant
from schemas.errors import RefusedInput
from transients.service.parts import mission_of
from transients.sources.simulator import SimulatedBurst, SimulatedObservatory
from transients.web.services import run_simulator

from .options import settings_of
from .output import reports_errors


def _burst(text: str) -> SimulatedBurst:
    """A burst from "UTC,RA,DEC,FLUENCE[,SPECTRUM[,T90]]"; commas inside a spectrum are written as ';'."""
    parts = text.split(",")
    if not 4 <= len(parts) <= 6:
        raise RefusedInput("a burst is UTC,RA,DEC,FLUENCE[,SPECTRUM[,T90]]", where=text)
    try:
        return SimulatedBurst(
            t0=Instant.parse(parts[0]),
            ra_deg=float(parts[1]),
            dec_deg=float(parts[2]),
            fluence_erg_cm2=float(parts[3]),
            spectrum=parts[4].replace(";", ",") if len(parts) > 4 else "hard",
            t90_s=float(parts[5]) if len(parts) > 5 else 1.0,
        )
    except ValueError as error:
        raise RefusedInput(str(error), where=text) from error


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="Port; 0 takes a free one.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same data.")
@click.option("--burst", "bursts", multiple=True, metavar="UTC,RA,DEC,FLUENCE[,SPECTRUM[,T90]]", help="Inject a burst (erg/cm2).")
@click.pass_context
@reports_errors
def simulate_command(context: click.Context, host: str, port: int, seed: int, bursts: tuple[str, ...]) -> None:
    """Serve plausible attitude, orbit and count rates with the interfaces of the real data services. Nothing of it was observed."""
    observatory = SimulatedObservatory(seed, mission_of(settings_of(context)), bursts=[_burst(text) for text in bursts])
    asyncio.run(run_simulator(host, port, observatory))

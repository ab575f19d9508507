"""`transients simulate`: the data services, simulated, on loopback; or a simulated archive, written to a folder."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas import Instant
from schemas.errors import ConfigurationError
from transients.service.parts import integral_of, utc_now

from .options import UTC, FiniteFloat, settings_of
from .output import emit, emit_json, json_option, reports_errors
from .signals import stopped_by_signals
from .simulated_archive import write_archive

if TYPE_CHECKING:
    from transients.sources import SimulatedBurst, SimulatedObservatory
    from transients.web.services import Faults


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; of this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="Port; 0 takes a free one.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same data.")
@click.option(
    "--burst",
    "bursts",
    multiple=True,
    metavar="UTC,RA,DEC,FLUENCE[,SPECTRUM[,T90[,SHAPE]]]",
    help="Inject a burst (deg, erg/cm2 in 75-2000 keV, s). May be repeated.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="PATH,KIND[,VALUE]",
    help="What goes wrong for requests whose path holds PATH: text, html (an error text with status 200), status, delay (s), "
    "cut. May be repeated; the first that fits a request is taken.",
)
@click.option("--now", type=UTC, help='The simulated "now", from where the clock runs on; younger data is not there yet.')
@click.option("--gaps-per-day", type=FiniteFloat(0.0, 1000.0), default=3.0, show_default=True, help="Telemetry gaps.")
@click.option("--spikes", type=FiniteFloat(0.0, 1000.0), default=1.0, show_default=True, help="Factor on the rate of spikes.")
@click.option("--no-belts", is_flag=True, help="No rise of the rates toward the radiation belts.")
@click.option(
    "--archive",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write an archive of count rates into this folder, with the truth beside, and serve nothing.",
)
@click.option("--from", "begin", type=UTC, help="Start of the archive.")
@click.option("--to", "end", type=UTC, help="End of the archive.")
@click.option("--instrument", help="Whose counts are written; default: the mission's searched instrument.")
@click.option(
    "--bursts-per-day",
    type=FiniteFloat(0.0, 1000.0),
    help="Bursts in the archive that can be seen, beside those of --burst: a population of all brightnesses and durations. [default: 0.3]",
)
@json_option
@click.pass_context
@reports_errors
def simulate_command(
    context: click.Context,
    host: str,
    port: int,
    seed: int,
    bursts: tuple[str, ...],
    faults: tuple[str, ...],
    now: Instant | None,
    gaps_per_day: float,
    spikes: float,
    no_belts: bool,
    archive: Path | None,
    begin: Instant | None,
    end: Instant | None,
    instrument: str | None,
    bursts_per_day: float | None,
    as_json: bool,
) -> None:
    """Serve plausible attitude, orbit and count rates with the interfaces of the real data services. Nothing of it was observed.

    Ctrl-C or SIGTERM ends it. With --json, {"url", "seed"} is printed once it listens.

    With --archive, --from and --to the counts of those days are written to a folder instead, for `transients scan`.
    """
    from transients.sources import NoiseOptions, SimulatedObservatory, parse_burst
    from transients.web.services import Faults, parse_fault

    noise = NoiseOptions(gaps_per_day=gaps_per_day, spikes=spikes, belts=not no_belts)
    mission = integral_of(settings_of(context))
    given = [parse_burst(text) for text in bursts]

    def observing(seen: Sequence[SimulatedBurst]) -> SimulatedObservatory:
        return SimulatedObservatory(seed, mission, bursts=seen, noise=noise)

    if archive is not None:
        if begin is None or end is None:
            raise click.UsageError("--archive needs --from and --to")
        wanted = mission.searched if instrument is None else instrument
        emit(write_archive(archive, seed, observing, given, begin, end, wanted, bursts_per_day), as_json)
        return
    if any(option is not None for option in (begin, end, instrument, bursts_per_day)):
        raise click.UsageError("--from, --to, --instrument and --bursts-per-day go with --archive")
    observatory = observing(given)

    def told(url: str) -> None:
        if as_json:
            emit_json({"url": url, "seed": seed})
        click.echo(f"simulated data services at {url}  (seed {seed}; nothing of it was observed). Ctrl-C ends them.", err=True)

    broken = Faults(parse_fault(text) for text in faults)
    asyncio.run(_serve(host, port, observatory, broken, _clock(now), told))


async def _serve(
    host: str,
    port: int,
    observatory: SimulatedObservatory,
    faults: Faults,
    clock: Callable[[], Instant],
    told: Callable[[str], None],
) -> None:
    from transients.web.services import run_simulator

    with stopped_by_signals() as stop:
        try:
            await run_simulator(host, port, observatory, faults, clock, stop=stop, started=told)
        except OSError as error:
            raise ConfigurationError(f"cannot listen there: {error.strerror or error}", where=f"{host}:{port}") from error


def _clock(now: Instant | None) -> Callable[[], Instant]:
    """The wall clock, or one that starts at `now` and runs as fast."""
    if now is None:
        return utc_now
    began, first = dt.datetime.now(dt.UTC), now.to_datetime()
    return lambda: Instant.from_datetime(first + (dt.datetime.now(dt.UTC) - began))

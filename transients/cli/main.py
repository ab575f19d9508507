"""The program: a group whose commands are imported when they are used, so that a light command starts fast."""

from __future__ import annotations

import importlib
import logging
import os
from pathlib import Path

import click

# Our matrices are small: threads of the linear algebra library cost more than they give, and on a busy machine far more
# (docs/benchmarks.md). Read when numpy is first imported, hence here; what the user sets stands.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Command: (module in this package, one line of help).
COMMANDS = {
    "advice": ("advice", "Where to point for the most probability."),
    "bench": ("bench", "Measure speed as ratios against named references."),
    "check": ("check", "Walk the whole database for what must hold."),
    "circular": ("results", "Print the draft circular of an event."),
    "demo": ("demo", "Play the shipped scenario through the real path on embedded parts."),
    "exposure": ("exposure", "Time of a region in the field of view."),
    "fap": ("fap", "False-alarm probability of the published method."),
    "hold": ("results", "Hold what leaves the house, or release it."),
    "inbox": ("inbox", "What the inbox holds: numbers, gaps, export."),
    "limit": ("limit", "Upper limits from a light curve or from count limits."),
    "orient": ("geometry", "A direction in the spacecraft's frame."),
    "overlap": ("overlap", "Overlap of two localisations, and the joint false-alarm rate."),
    "parse": ("parse", "Read alert documents, a line each."),
    "process": ("process", "The whole journey of one event, without a service."),
    "publish": ("results", "Publish an event's result by hand."),
    "quarantine": ("quarantine", "Refused documents: look at them, or have them read anew."),
    "reassess": ("reassess", "Have results made anew."),
    "replay": ("replay", "Give alerts to a service of their own once more."),
    "response": ("geometry", "The response of an instrument to a direction and spectrum."),
    "scan": ("scan", "Blind search of an archive of count rates."),
    "search": ("search", "Search a light curve for a counterpart."),
    "serve": ("serve", "Run the service."),
    "show": ("show", "What is known of an event, or was at any moment."),
    "simulate": ("simulate", "Serve simulated data services on loopback."),
    "skymap": ("skymap", "Areas, visibility and response of a sky map."),
    "status": ("status", "The status card."),
    "time": ("geometry", "Convert a time: UTC, IJD, MJD, science window."),
    "visibility": ("visibility", "When a region can be pointed at, and what limits it."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"transients.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="transients", prog_name="transients")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="TRANSIENTS_CONFIG",
    help="Settings (TOML); see deploy/transients.toml.",
)
def main(config: Path | None) -> None:
    """From an astronomical alert to a result a person on shift can sign."""
    from transients.service.logs import set_up_logs

    # Before anything says anything: standard output is for results. `serve` and `demo` set their own.
    set_up_logs("console", logging.WARNING)

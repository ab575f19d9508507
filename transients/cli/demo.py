"""`transients demo`: the shipped scenario through the real path, on embedded parts."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import tempfile
from pathlib import Path

import click

from transients.config import Settings
from transients.service.demonstration import Played, demonstration
from transients.service.logs import set_up_logs

from .options import settings_of
from .output import emit, json_option, reports_errors
from .signals import stopped_by_signals


@click.command("demo")
@click.option("--exit", "leave", is_flag=True, help="Stop when the last event is done, and print what came of it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the dashboard; default: 8088, or a free one with --exit.")
@json_option
@click.pass_context
@reports_errors
def demo_command(context: click.Context, leave: bool, port: int | None, as_json: bool) -> None:
    """Bring up PostgreSQL, Kafka and the service in this process and play eight alerts through them. All INTEGRAL data is simulated."""
    set_up_logs("console", logging.WARNING if leave else logging.INFO)
    asyncio.run(_demo(settings_of(context), leave, port, as_json))


async def _demo(settings: Settings, leave: bool, port: int | None, as_json: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="transients-demo-") as folder:
        number = port if port is not None else None if leave else settings.web.port
        async with demonstration(settings, Path(folder), number) as (_, played):
            emit(dataclasses.asdict(played), as_json)
            if not leave:
                _invite(played)
                with stopped_by_signals() as stop:
                    await stop.wait()


def _invite(played: Played) -> None:
    click.echo(f"\nThe dashboard is at {played.url}  (all INTEGRAL data in it is simulated). Ctrl-C ends the demo.\n")

"""`transients serve`: the service."""

from __future__ import annotations

import asyncio
import os

import click

from transients.config import Settings
from transients.service.app import ROLES, Role, Service, stop_on_signals
from transients.service.logs import set_up_logs

from .options import settings_of
from .output import reports_errors


@click.command("serve")
@click.option("--role", "roles", type=click.Choice(["all", *ROLES]), multiple=True, help="Default: all. May be repeated.")
@click.pass_context
@reports_errors
def serve_command(context: click.Context, roles: tuple[str, ...]) -> None:
    """Run the service: alerts in, results out, until SIGTERM. The second SIGTERM ends it at once."""
    settings = settings_of(context)
    set_up_logs(settings.log_format)
    chosen: tuple[Role, ...] = ROLES if not roles or "all" in roles else roles  # type: ignore[assignment]
    asyncio.run(_serve(settings, chosen))


async def _serve(settings: Settings, roles: tuple[Role, ...]) -> None:
    service = Service(settings, roles)
    stop_on_signals(service, at_once=lambda: os._exit(1))
    await service.run()

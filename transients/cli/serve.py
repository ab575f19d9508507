"""`transients serve`: the service."""

from __future__ import annotations

import click
import uvloop

from transients.service.app import ROLES, Role, Service, run_as_process
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
    uvloop.run(run_as_process(Service(settings, chosen)))

"""`transients check`: what must hold of the whole database."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from transients.config import Settings

from .database import database_of
from .options import settings_of
from .output import emit, json_option, reports_errors

if TYPE_CHECKING:
    from transients.store.checks import Checked


@click.command("check")
@json_option
@click.pass_context
@reports_errors
def check_command(context: click.Context, as_json: bool) -> None:
    """Walk the whole database for what must hold: nothing lost, nothing twice, every statement made from facts that stand.

    Changes nothing, and may run beside the service. Exit code 1 where something does not hold.
    """
    found = asyncio.run(_check(settings_of(context)))
    emit(msgspec.to_builtins(found), as_json)
    if found.violations:
        sys.exit(1)


async def _check(settings: Settings) -> Checked:
    async with database_of(settings) as store:
        return await store.check()

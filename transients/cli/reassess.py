"""`transients reassess`: results made anew, by hand."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import click

from transients.config import Settings

from .database import database_of, event_key_of
from .options import settings_of
from .output import emit, json_option, reports_errors


@click.command("reassess")
@click.argument("events", nargs=-1, metavar="[EVENT]…")
@click.option("--outdated", is_flag=True, help="Every event whose result is of another version of the code or the calibration.")
@json_option
@click.pass_context
@reports_errors
def reassess_command(context: click.Context, events: tuple[str, ...], outdated: bool, as_json: bool) -> None:
    """Have results made anew by the running workers: of EVENTs (key, name or alias), before the archive's work and after alerts.

    A result that comes out the same is not saved again; nothing that stands is changed.
    """
    if bool(events) == outdated:
        raise click.UsageError("name events, or give --outdated")
    emit(asyncio.run(_reassess(settings_of(context), events)), as_json)


async def _reassess(settings: Settings, names: tuple[str, ...]) -> dict[str, Any]:
    from transients.service.parts import mission_of
    from transients.service.priorities import priority
    from transients.service.reassessing import outdated, reassess

    async with database_of(settings) as store:
        if not names:
            mission = mission_of(settings)
            found = await outdated(store, mission)
            return {"events": len(found), "queued": await reassess(store, mission, found)}
        keys = [await event_key_of(store, name) for name in names]
        for key in keys:
            event = await store.event(key)
            await store.enqueue(
                "assess",
                key,
                {"stage": "asked", "event_revision": event.revision},
                # Asked for once more, it is done once more.
                dedupe_key=f"{key}:{event.revision}:asked:{secrets.token_hex(8)}",
                priority=priority("asked"),
            )
        return {"events": len(keys), "queued": len(keys)}

"""`transients show`: what is known of an event, or was at any moment."""

from __future__ import annotations

import asyncio
from typing import Any

import click
import msgspec

from schemas import Instant
from transients.config import Settings

from .database import database_of, event_key_of
from .options import UTC, settings_of
from .output import emit, emit_json, json_option, reports_errors


@click.command("show")
@click.argument("event")
@click.option("--as-of", "as_of", type=UTC, help="What this database knew then; default: now.")
@click.option("--revision", type=click.IntRange(1), help="Of the assessment, instead of a moment.")
@json_option
@click.pass_context
@reports_errors
def show_command(context: click.Context, event: str, as_of: Instant | None, revision: int | None, as_json: bool) -> None:
    """The event and its assessment, as they stand or as they were known at a moment. Nothing that was known is ever overwritten."""
    if as_of is not None and revision is not None:
        raise click.UsageError("give --as-of or --revision")
    found = asyncio.run(_show(settings_of(context), event, as_of, revision))
    if as_json:
        emit_json(found)
        return
    assessment = found["assessment"] or {}
    emit(
        {
            "event": found["event"]["event_key"],
            "revision of the event": found["event"]["revision"],
            "state": found["event"]["state"],
            "known as of": found["as_of"] or "now",
            "assessment": assessment.get("revision"),
            "verdict": assessment.get("verdict"),
            "made": (assessment.get("created") or {}).get("utc"),
            "version": assessment.get("version"),
        },
        as_json=False,
    )


async def _show(settings: Settings, name: str, as_of: Instant | None, revision: int | None) -> dict[str, Any]:
    async with database_of(settings) as store:
        key = await event_key_of(store, name)
        assessment = await store.assessment(key, revision, as_of)
        event = await store.event(key, as_of=as_of)
        if revision is not None and assessment is not None:
            event = (await store.event_revisions(key))[assessment.event_revision - 1]
    return {
        "as_of": None if as_of is None else as_of.iso,
        "event": msgspec.to_builtins(event),
        "assessment": None if assessment is None else msgspec.to_builtins(assessment),
    }

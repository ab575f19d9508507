"""`transients inbox`: what it holds, where something may be missing, and documents out of it."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schemas import Instant
from transients.config import Settings

from .database import database_of, event_key_of
from .options import UTC, settings_of
from .output import emit, json_option, reports_errors

if TYPE_CHECKING:
    from transients.store import InboxQuery, KeptGap, Store


@click.group("inbox")
def inbox_command() -> None:
    """Every document as it came: numbers, gaps, export."""


@inbox_command.command("stats")
@json_option
@click.pass_context
@reports_errors
def stats_command(context: click.Context, as_json: bool) -> None:
    """Numbers of the documents and their bytes, by source and by what they turned out to be."""
    emit(asyncio.run(_stats(settings_of(context))), as_json)


@inbox_command.command("gaps")
@click.option("--source", metavar="NAME", help="Of this source only.")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@click.option("--close", "gap_id", type=click.IntRange(1), help="Close the gap of this number: it was looked into.")
@click.option("--why", default="", help="What was done about it.")
@json_option
@click.pass_context
@reports_errors
def gaps_command(context: click.Context, source: str | None, every: bool, gap_id: int | None, why: str, as_json: bool) -> None:
    """Stretches of lines in which alerts may be missing: offsets that a broker dropped unread, silences. Or close one."""
    if why and gap_id is None:
        raise click.UsageError("--why goes with --close")
    emit({"gaps": asyncio.run(_gaps(settings_of(context), source, every, gap_id, why))}, as_json)


@inbox_command.command("export")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A tar file; .tar.gz and others compress."
)
@click.option("--from", "since", type=UTC, help="Received since.")
@click.option("--to", "before", type=UTC, help="Received before.")
@click.option("--topic", metavar="TOPIC", help="That came on this topic.")
@click.option("--source", metavar="NAME", help="That came from this source.")
@click.option("--event", metavar="EVENT", help="Notices of this event: its key, its name, or an alias.")
@json_option
@click.pass_context
@reports_errors
def export_command(
    context: click.Context,
    out: Path,
    since: Instant | None,
    before: Instant | None,
    topic: str | None,
    source: str | None,
    event: str | None,
    as_json: bool,
) -> None:
    """Write documents as they came into a tar file, and beside it an index, a JSON object a line (OUT.jsonl).

    `parse`, `process` and `replay` read the tar file again.
    """
    conditions = {"source": source, "topic": topic, "received_from": since, "received_before": before}
    documents, size_bytes = asyncio.run(_export(settings_of(context), out, conditions, event))
    emit({"file": str(out), "documents": documents, "size_bytes": size_bytes}, as_json)


async def _stats(settings: Settings) -> dict[str, Any]:
    async with database_of(settings) as store:
        parts, states = await store.inbox_parts(), await store.source_states()
    return {
        "documents": sum(part.documents for part in parts),
        "waiting": sum(part.documents for part in parts if part.outcome is None),
        "size_bytes": sum(part.bytes_came for part in parts),
        "kept_bytes": sum(part.bytes_kept for part in parts),
        "expired": sum(part.expired for part in parts),
        "sources": [
            {
                "source": state.source,
                "deliveries": state.deliveries,
                "duplicates": state.duplicates,
                "heartbeats": state.heartbeats,
                "last_received_utc": None if state.last_received is None else state.last_received.iso,
            }
            for state in states
        ],
        "parts": [
            {
                "source": part.source,
                "outcome": part.outcome or "waiting",
                "documents": part.documents,
                "size_bytes": part.bytes_came,
                "kept_bytes": part.bytes_kept,
                "expired": part.expired,
                "first_utc": part.first.iso,
                "last_utc": part.last.iso,
            }
            for part in parts
        ],
    }


async def _gaps(settings: Settings, source: str | None, every: bool, gap_id: int | None, why: str) -> list[dict[str, Any]]:
    async with database_of(settings) as store:
        if gap_id is not None:
            return [_gap_line(await store.close_gap(gap_id, f"{getpass.getuser()}, by command", why))]
        return [_gap_line(kept) for kept in await store.gaps(source, open_only=not every)]


async def _export(settings: Settings, out: Path, conditions: dict[str, Any], event: str | None) -> tuple[int, int]:
    from transients.service.export import export

    async with database_of(settings) as store:
        return await export(store, await _query(store, conditions, event), out)


async def _query(store: Store, conditions: dict[str, Any], event: str | None) -> InboxQuery:
    from transients.store import InboxQuery

    if event is None:
        return InboxQuery(**conditions)
    history = (await store.event(await event_key_of(store, event))).history
    return InboxQuery(content_ids=tuple(entry.content_id for entry in history), **conditions)


def _gap_line(kept: KeptGap) -> dict[str, Any]:
    gap = kept.gap

    def iso(when: Instant | None) -> str | None:
        return None if when is None else when.iso

    return {
        "gap": kept.gap_id,
        "source": gap.source,
        "topic": gap.topic,
        "partition": gap.partition,
        "reason": gap.reason,
        "first_offset": gap.first_offset,
        "last_offset": gap.last_offset,
        "since_utc": iso(gap.since),
        "until_utc": iso(gap.until),
        "remark": gap.remark,
        "known_utc": iso(kept.known),
        "closed_utc": iso(kept.closed),
        "closed_by": kept.closed_by,
        "closed_why": kept.closed_why,
    }

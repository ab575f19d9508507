"""`transients quarantine`: documents that were refused – which, why, and once more."""

from __future__ import annotations

import asyncio
import collections
from typing import TYPE_CHECKING, Any

import click

from schemas import CircularLink, Heartbeat, Notice, Parsed, PointingUpdate, Refusal
from schemas.errors import NotFound
from transients.config import Settings

from .database import database_of
from .options import UTC, settings_of
from .output import emit, emit_json, json_option, reports_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from transients.store import QuarantineQuery, RefusedAlert

#: Bytes of a document that `show` prints.
_HEAD_BYTES = 600


def _chosen(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which refused documents are meant."""
    for option in (
        click.option("--since", type=UTC, help="That came since."),
        click.option("--source", metavar="NAME", help="That came first from this source."),
        click.option("--kind", metavar="KIND", help="Of this kind, as far as it was known."),
        click.option("--reason", metavar="WORD", help="Refused for this reason."),
    ):
        command = option(command)
    return command


@click.group("quarantine")
def quarantine_command() -> None:
    """Documents that no handler has taken. Their bytes are kept; ID is the document's SHA-256, or the first characters of it."""


@quarantine_command.command("list")
@_chosen
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many, the newest.")
@json_option
@click.pass_context
@reports_errors
def list_command(context: click.Context, /, limit: int, as_json: bool, **chosen: Any) -> None:
    """The refused documents, newest first, and how many there are for each reason."""
    counts, documents = asyncio.run(_list(settings_of(context), limit, chosen))
    lines = [_line(alert) for alert in documents]
    if not as_json:
        for line in lines:
            line["id"] = line.pop("content_id")[:12]
    emit({"quarantine": sum(counts.values()), "by_reason": counts, "documents": lines}, as_json)


@quarantine_command.command("show")
@click.argument("document", metavar="ID")
@click.option("--raw", "as_raw", is_flag=True, help="Write the bytes as they came to standard output, and nothing else.")
@json_option
@click.pass_context
@reports_errors
def show_command(context: click.Context, document: str, as_raw: bool, as_json: bool) -> None:
    """One document: all that was said of it, each road by which it came, and how its bytes begin."""
    found, body = asyncio.run(_show(settings_of(context), document))
    if as_raw:
        if body is None:
            raise NotFound("its bytes went by the inbox's retention", where=document)
        click.echo(body, nl=False)
        return
    emit(found, as_json)


@quarantine_command.command("replay")
@click.argument("documents", nargs=-1, metavar="[ID]...")
@_chosen
@click.option("--all", "every", is_flag=True, help="Every refused document.")
@json_option
@click.pass_context
@reports_errors
def replay_command(context: click.Context, /, documents: tuple[str, ...], every: bool, as_json: bool, **chosen: Any) -> None:
    """Give refused documents to the handlers of now, in the service's database: what they take becomes notices, events and jobs.

    Which: by ID, by the options, or all. What was said before stays readable (`show`).
    """
    by_options = any(value is not None for value in chosen.values())
    if every + by_options + bool(documents) != 1:
        raise click.UsageError("name documents, or say which by options, or --all: one of the three")
    totals = asyncio.run(_replay(settings_of(context), documents, chosen, as_json=as_json))
    if not totals:
        raise NotFound("no refused document is so")
    if not as_json:
        click.echo(", ".join(f"{count} {outcome}" for outcome, count in totals.most_common()))


async def _list(settings: Settings, limit: int, chosen: dict[str, Any]) -> tuple[dict[str, int], tuple[RefusedAlert, ...]]:
    async with database_of(settings) as store:
        query = _query(chosen, limit)
        return dict(await store.quarantine_counts(query)), await store.quarantine(query)


async def _show(settings: Settings, document: str) -> tuple[dict[str, Any], bytes | None]:
    from transients.service.export import delivery_line

    async with database_of(settings) as store:
        content_id = await store.content_id_of(document)
        bodies = await store.raws([content_id])
        body = bodies[0].body if bodies else None
        sayings = await store.sayings(content_id)
        last = said(sayings[-1][1] if sayings else None)
        return {
            "content_id": content_id,
            "size": None if body is None else len(body),
            **last,
            "sayings": [{"handler_version": version, **said(parsed)} for version, parsed in sayings],
            "deliveries": [delivery_line(each) for each in await store.deliveries(content_id)],
            "head": None if body is None else printable(body[:_HEAD_BYTES]),
        }, body


async def _replay(
    settings: Settings, documents: tuple[str, ...], chosen: dict[str, Any], *, as_json: bool
) -> collections.Counter[str]:
    from transients.service.again import parse_again, refused_ids
    from transients.service.plugins import load_handlers

    load_handlers()
    totals: collections.Counter[str] = collections.Counter()
    async with database_of(settings) as store:
        if documents:
            content_ids = [await store.content_id_of(document) for document in documents]
        else:
            content_ids = await refused_ids(store, _query(chosen, 1))
        async for again in parse_again(store, settings, content_ids):
            before, after = said(again.before), said(again.after)
            totals[after["outcome"] or "without bytes"] += 1
            if as_json:
                emit_json({"content_id": again.content_id, "before": before, "after": after})
            else:
                click.echo(f"{again.content_id[:12]}: {_words(before)} → {_words(after)}")
    return totals


def said(parsed: Parsed | None) -> dict[str, Any]:
    """What was made of a document, in short."""
    import handlers

    found: dict[str, Any] = {"outcome": None, "kind": None if parsed is None else parsed.kind}
    match parsed:
        case None:
            return found
        case Notice():
            return found | {"outcome": "notice", "event_key": handlers.event_key(parsed), "revision": parsed.revision}
        case Refusal():
            return found | {"outcome": "refusal", "reason": parsed.reason, "message": parsed.message}
        case PointingUpdate():
            return found | {"outcome": "pointing", "mission": parsed.mission}
        case CircularLink():
            return found | {"outcome": "circular", "circular_id": parsed.circular_id, "subject": parsed.subject}
        case Heartbeat():
            return found | {"outcome": "heartbeat"}


def printable(data: bytes) -> str:
    """Bytes as text of one kind of line end, what is no plain character escaped: a document cannot steer a terminal."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "".join(sign if sign == "\n" or sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _query(chosen: dict[str, Any], limit: int) -> QuarantineQuery:
    from transients.store import QuarantineQuery

    return QuarantineQuery(**chosen, limit=limit)


def _line(alert: RefusedAlert) -> dict[str, Any]:
    return {
        "content_id": alert.content_id,
        "received_utc": alert.received.iso,
        "reason": alert.reason,
        "kind": alert.kind,
        "message": alert.message,
        "source": alert.source,
        "topic": alert.topic,
        "partition": alert.partition,
        "offset": alert.offset,
        "size": alert.size,
        "expired": alert.expired,
    }


def _words(found: dict[str, Any]) -> str:
    name = found.get("event_key") or found.get("reason") or found.get("circular_id") or found.get("mission")
    kind = f"{found['kind']}, " if found["kind"] else ""
    return f"{found['outcome'] or 'without bytes'} ({kind}{name})" if name else (found["outcome"] or "without bytes")

"""`transients parse`: what the house makes of documents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from handlers import parse_lines, summarise
from ingest.documents import iter_documents
from schemas import Refusal
from schemas.errors import RefusedInput
from transients.service.plugins import load_handlers

from .output import emit, emit_json, json_option, reports_errors


@click.command("parse")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--summary", is_flag=True, help="Only the counts.")
@json_option
@reports_errors
def parse_command(paths: tuple[Path, ...], summary: bool, as_json: bool) -> None:
    """Read alert documents in files, folders and tar archives: a line for each, a notice or refused with a reason."""
    load_handlers()
    for path in paths:
        if not path.exists():
            raise RefusedInput("no such file or folder", where=str(path))
    started = time.perf_counter()
    lines = parse_lines(_documents(paths))
    if summary:
        emit(summarise(lines, 0.0) | {"seconds": round(time.perf_counter() - started, 3)}, as_json)
        return
    seen = taken = 0
    for line in lines:
        seen += 1
        taken += line["status"] == "notice"
        if as_json:
            emit_json(_with_error(line))
        else:
            click.echo(_text(line))
    if seen == 0:
        raise RefusedInput("no document there", where=", ".join(map(str, paths)))
    if taken == 0:
        raise click.exceptions.Exit(1)


def _documents(paths: tuple[Path, ...]) -> Iterator[tuple[str, bytes | Refusal]]:
    for document in iter_documents(paths):
        yield document.name, document.data


def _with_error(line: dict[str, Any]) -> dict[str, Any]:
    if line["status"] != "refused":
        return line
    return line | {"error": {"kind": line["reason"], "message": f"{line['file']}: {line.get('message') or line['reason']}"}}


def _text(line: dict[str, Any]) -> str:
    if line["status"] == "refused":
        return f"{line['file']}: REFUSED {line['reason']}: {line.get('message') or ''}"
    position = "no position"
    if line["ra_deg"] is not None:
        error = "" if line["error_radius_deg"] is None else f" ± {line['error_radius_deg']:g}"
        position = f"({line['ra_deg']:.4f}, {line['dec_deg']:.4f}){error} deg"
    flag = " RETRACTION" if line["retraction"] else ""
    return f"{line['file']}: {line['kind']} {line['event_id'] or '–'} {line['role']}{flag} {line['time_utc'] or 'no time'} {position}"

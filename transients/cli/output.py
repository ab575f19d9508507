"""How every command speaks: JSON on standard output or a table for people; errors named; exit codes 0, 1 and 2."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import click
import rich.console
import rich.table
import rich.text

from schemas.errors import TransientsError

P = ParamSpec("P")
#: Columns where standard output is no terminal: no line of ours is cut or broken there.
_WIDE = 10_000

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (or one a line) instead of text.")


def emit_json(data: Any) -> None:
    """Print one JSON object on a line; a number that is not finite is a fault of ours and raises."""
    click.echo(json.dumps(data, allow_nan=False))


def emit(data: Mapping[str, Any], as_json: bool) -> None:
    """Print a result: as JSON, or as a two-column table, followed by a table for each list of like entries."""
    if as_json:
        emit_json(data)
        return
    # Beside a pipe there is no width to keep to; wrapped words would only be harder to search.
    console = rich.console.Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    pairs, lists = _flat(data)
    table = rich.table.Table(show_header=False, box=None, pad_edge=False)
    for name, text in pairs:
        table.add_row(rich.text.Text(name, style="bold"), rich.text.Text(text))
    console.print(table)
    for name, entries in lists:
        console.print(_listed(name, entries))


def _listed(name: str, entries: Sequence[Mapping[str, Any]]) -> rich.table.Table:
    """Like entries, a line each."""
    table = rich.table.Table(title=f"\n{name}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    columns = tuple(dict.fromkeys(key for entry in entries for key in entry))
    for column in columns:
        table.add_column(column, overflow="fold")
    for entry in entries:
        table.add_row(*(rich.text.Text(_text(entry.get(column))) for column in columns))
    return table


Entries = list[tuple[str, Sequence[Mapping[str, Any]]]]


def _flat(data: Mapping[str, Any], prefix: str = "") -> tuple[list[tuple[str, str]], Entries]:
    """Names and texts of the plain values, and the lists of like entries, each under its full name."""
    pairs: list[tuple[str, str]] = []
    lists: Entries = []
    for name, value in data.items():
        label = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            inner, within = _flat(value, f"{label}.")
            pairs += inner
            lists += within
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            lists.append((label, value))
        else:
            pairs.append((label, _text(value)))
    return pairs, lists


def _text(value: Any) -> str:
    if value is None or (isinstance(value, list | tuple | Mapping) and not value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.9g}"
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], list | tuple):
            return "; ".join(_text(item) for item in value)
        mark = "; " if any(isinstance(item, str) and " " in item for item in value) else ", "
        return mark.join(_text(item) for item in value)
    return str(value)


def reports_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn our errors into exit code 1, with {"error": {"kind", "message"}} where JSON was asked for."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (TransientsError, ExceptionGroup) as raised:
            error = _ours(raised)
            if error is None:
                raise
            if kwargs.get("as_json"):
                emit_json({"error": {"kind": error.kind, "message": str(error)}})
            click.echo(f"transients: {error}", err=True)
            sys.exit(1)

    return wrapped


def _ours(raised: Exception) -> TransientsError | None:
    """The error itself, or the first of a group that holds only ours, as when a part of a service cannot start."""
    if isinstance(raised, TransientsError):
        return raised
    if isinstance(raised, ExceptionGroup):
        ours = [_ours(part) for part in raised.exceptions]
        return ours[0] if all(part is not None for part in ours) else None
    return None

"""How every command speaks: JSON on standard output or a table for people; errors named; exit codes 0, 1 and 2."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

import click
import rich.console
import rich.table

from schemas.errors import TransientsError

P = ParamSpec("P")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (or one a line) instead of text.")


def emit_json(data: Any) -> None:
    """Print one JSON object on a line; a number that is not finite is a fault of ours and raises."""
    click.echo(json.dumps(data, allow_nan=False))


def emit(data: Mapping[str, Any], as_json: bool) -> None:
    """Print a result: as JSON, or as a two-column table."""
    if as_json:
        emit_json(data)
        return
    table = rich.table.Table(show_header=False, box=None, pad_edge=False)
    for name, text in _flat(data):
        table.add_row(f"[bold]{name}[/bold]", text)
    rich.console.Console().print(table)


def _flat(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in data.items():
        label = f"{prefix}{name}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{label}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for number, item in enumerate(value, 1):
                rows += _flat(item, f"{label}[{number}].")
        else:
            rows.append((label, _text(value)))
    return rows


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.9g}"
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)


def reports_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn our errors into exit code 1, with {"error": {"kind", "message"}} where JSON was asked for."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except TransientsError as error:
            if kwargs.get("as_json"):
                emit_json({"error": {"kind": error.kind, "message": str(error)}})
            click.echo(f"transients: {error}", err=True)
            sys.exit(1)

    return wrapped

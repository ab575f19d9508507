"""`transients bench`: the measurements of speed."""

from __future__ import annotations

from typing import Any

import click

from .output import emit_json, json_option, reports_errors


@click.command("bench")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--long",
    "is_long",
    is_flag=True,
    help="As at night: a month of an archive for `scan`, ten minutes for `service`.",
)
@json_option
@reports_errors
def bench_command(names: tuple[str, ...], is_long: bool, as_json: bool) -> None:
    """Measure speed, a line each: a value, and its ratio to a named reference measured in the same run (above 1: ours is faster).

    NAME is a group of measurements; default: all.
    """
    from transients import bench

    for line in bench.run(names, sizes=bench.NIGHTLY if is_long else bench.FULL):
        if as_json:
            emit_json(line)
        else:
            click.echo(_text(line))


def _text(line: dict[str, Any]) -> str:
    value = "–" if line["value"] is None else f"{line['value']:.4g} {line['unit']}"
    beside = "" if line["reference"] is None else f"  against {line['reference']}"
    ratio = "" if line["ratio"] is None else f": × {line['ratio']:.3g}"
    reason = f"  ({line['reason']})" if line.get("reason") else ""
    return f"{line['name']:<44} {value:>18}{beside}{ratio}{reason}"

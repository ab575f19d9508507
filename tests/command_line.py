"""The command line in this process, and its answers read strictly."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

import structlog
from click.testing import CliRunner

from transients.cli import main

#: GRB 221009A's pointing (SCIENCE: X and Z of 2022-10-09).
AXES = ("--x", "261.096,-41.012", "--z", "176.327,5.985")


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of standard output as JSON, in which NaN and infinities are no numbers."""
        return [json.loads(line, parse_constant=_refuse) for line in self.out.splitlines()]

    @property
    def data(self) -> dict[str, Any]:
        """The one line of standard output."""
        (line,) = self.lines
        return line

    @property
    def error(self) -> dict[str, str]:
        """The error of a refused command: exit 1, one line, the message on standard error too."""
        assert self.code == 1, self
        assert set(self.data) == {"error"}
        error: dict[str, str] = self.data["error"]
        assert set(error) == {"kind", "message"}
        assert error["message"] in self.err
        return error


def command(*args: object, **environment: str) -> Answer:
    """Run `transients ARGS`. A fault that is not an error of ours is raised here, never counted as an exit."""
    try:
        result = CliRunner().invoke(main, [str(arg) for arg in args], env=environment)
    finally:
        # The commands log to the runner's standard error, which is closed now.
        structlog.reset_defaults()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def ask(*args: object, **environment: str) -> dict[str, Any]:
    """The JSON object of a command that succeeds; every number in it is finite."""
    answer = command(*args, "--json", **environment)
    assert answer.code == 0, answer
    for number in numbers(answer.data):
        assert math.isfinite(number)
    return answer.data


def numbers(data: Any) -> Iterator[float]:
    """Every number in plain data."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from numbers(item)
    elif isinstance(data, int | float):
        yield data


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")

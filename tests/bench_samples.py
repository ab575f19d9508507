"""What every line of a measurement must be."""

from __future__ import annotations

import math

from transients.bench import Line

KEYS = {"name", "value", "unit", "reference", "ratio"}


def assert_sound(line: Line, group: str) -> None:
    """The five keys; numbers that are positive and finite; a reason where, and only where, one is not there."""
    missing = [key for key in ("value", "reference", "ratio") if line[key] is None]
    assert set(line) == KEYS | ({"reason"} if missing else set())
    assert line["name"].startswith(f"{group}: ")
    assert line["unit"]
    assert line.get("reason", "given")
    assert all(math.isfinite(line[key]) and line[key] > 0 for key in ("value", "ratio") if line[key] is not None)
    assert (line["reference"] is None) == (line["ratio"] is None)

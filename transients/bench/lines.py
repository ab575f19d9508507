"""What a measurement says: a line."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]


def line(
    name: str,
    value: float | None,
    unit: str,
    reference: str | None,
    ratio: float | None,
    reason: str | None = None,
) -> Line:
    """A line of the report.

    Parameters
    ----------
    name : str
        "group: what was measured".
    value : float or None
        In `unit`; None when it could not be measured.
    reference : str or None
        What did the same work, or a named part of it, in the same run.
    ratio : float or None
        Time of the reference / time of ours, for the same amount of work: above 1 we are the faster.
    reason : str, optional
        Why a value or ratio is None; then, and only then, the line has the key "reason".
    """
    found: Line = {"name": name, "value": value, "unit": unit, "reference": reference, "ratio": ratio}
    return found if reason is None else {**found, "reason": reason}

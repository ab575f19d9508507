"""The real-time reply: {"lc": {"columns": ["counts", "ijd"], "data": [...]}, "prophecy": [...]}."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas.errors import NoData, RefusedInput

from ..clock import from_ijd
from ..refusals import refusal
from .build import Columns, nominal_bin


def read_realtime_json(document: Any, name: str) -> Columns:
    """Columns of a real-time reply; stamps are bin centres in IJD.

    Raises
    ------
    NoData
        The table is empty.
    RefusedInput
        Not such a document.
    """
    if not isinstance(document, dict):
        raise RefusedInput("JSON that is not an object", where=name)
    table = document.get("lc", document)
    if isinstance(table, str):
        raise refusal(table, name, "a table of counts")
    if not isinstance(table, dict) or not isinstance(table.get("columns"), list) or not isinstance(table.get("data"), list):
        raise refusal(str(document.get("error", "")) or str(document)[:200], name, "a real-time light curve")
    columns = [str(column).lower() for column in table["columns"]]
    if "counts" not in columns or "ijd" not in columns:
        raise RefusedInput(f"the table has no counts and ijd, but {columns}", where=name)
    if len(table["data"]) == 0:
        raise NoData("the table is empty", where=name)
    values = np.array(table["data"], dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(columns):
        raise RefusedInput("rows of the table differ in length", where=name)
    counts, ijd = values[:, columns.index("counts")], values[:, columns.index("ijd")]
    day = float(np.floor(ijd[0]))
    centre = (ijd - day) * 86400.0
    bin_s = nominal_bin(centre) if len(centre) > 1 else 0.05
    note = document.get("simulated")
    return Columns(
        start_s=centre - centre[0] - 0.5 * bin_s,
        width_s=np.full(len(centre), bin_s),
        counts=counts,
        reference=from_ijd(day, float(centre[0])),
        bin_s=bin_s,
        tier="realtime",
        simulated=bool(note) if note is not None else False,
    )

"""Write what scans of simulated archives gave into docs/scan.md.

python .ci/scan_page.py YEAR.json MONTH.json, each the output of `transients scan ARCHIVE --truth ARCHIVE/truth.fits --json`: of a
year with bursts as often as in the sky, for purity, and of a month with many, for completeness.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scan.md"
BEGIN, END = "<!-- measured: .ci/scan_page.py -->", "<!-- end of measured -->"
_DAY_S = 86400.0


def main(year: str, month: str) -> None:
    """Replace the part of the page between the marks."""
    one, many = (json.loads(Path(path).read_text()) for path in (year, month))
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    parts = [
        _title(one, "purity"),
        _purity(one),
        "Bursts of the same run:",
        _by_snr(one),
        _title(many, "completeness"),
        _by_snr(many),
    ]
    parts.append(_grid(many))
    PAGE.write_text(before + BEGIN + "\n" + "\n\n".join(parts) + "\n" + END + after)


def _title(scan: dict[str, Any], what: str) -> str:
    counts, days = scan["candidates"], scan["live_s"] / _DAY_S
    listed = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    total = sum(row["injected"] for row in scan["truth"]["by_snr"])
    millions = scan["bins"] / 1e6
    return (
        f"**{what.capitalize()}**: {days:.0f} d of simulated SPI-ACS data ({millions:.0f} million bins) with {total} bursts; "
        f"candidates: {listed}."
    )


def _purity(scan: dict[str, Any]) -> str:
    form = "| {class} | {candidates} | {bursts} | {spikes} | {noise} |"
    rows = [form.format(**row) for row in scan["truth"]["purity"]]
    heads = "| called | candidates | are bursts | are particle hits | nothing injected |"
    return "\n".join([heads, "|---|---|---|---|---|", *rows])


def _by_snr(scan: dict[str, Any]) -> str:
    def row(of: dict[str, Any]) -> str:
        snr = _range(of["snr_from"], of["snr_below"])
        return f"| {snr} | {of['injected']} | {_share(of, 'found')} | {_share(of, 'called_burst')} |"

    heads = "| expected S/N of the best window | bursts | found | called burst |"
    return "\n".join([heads, "|---|---|---|---|", *map(row, scan["truth"]["by_snr"])])


def _grid(scan: dict[str, Any]) -> str:
    """Found of injected, by S/N and T90."""
    cells = scan["truth"]["by_snr_and_duration"]
    durations = sorted({(cell["duration_from_s"], cell["duration_below_s"] or 1e9) for cell in cells})
    heads = " | ".join(_range(low, None if high == 1e9 else high) + " s" for low, high in durations)
    rows = [f"| found / injected, by S/N and T90 | {heads} |", "|---" * (len(durations) + 1) + "|"]
    for low, high in sorted({(cell["snr_from"], cell["snr_below"] or 1e9) for cell in cells}):
        of = {cell["duration_from_s"]: cell for cell in cells if cell["snr_from"] == low}
        shown = [f"{of[d]['found']} / {of[d]['injected']}" if d in of else "–" for d, _ in durations]
        rows.append(f"| {_range(low, None if high == 1e9 else high)} | {' | '.join(shown)} |")
    return "\n".join(rows)


def _range(low: float, high: float | None) -> str:
    if high is None:
        return f"{low:g} and more"
    return f"below {high:g}" if low == 0 else f"{low:g}–{high:g}"


def _share(row: dict[str, Any], name: str) -> str:
    return f"{row[name]} ({row[name] / row['injected']:.0%})"


if __name__ == "__main__":
    main(*sys.argv[1:3])

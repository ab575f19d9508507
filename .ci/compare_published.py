"""Our limits beside those printed in INTEGRAL's circulars: writes the table of docs/published.md between its two marks.

    python .ci/compare_published.py PUBLISHED docs/published.md

PUBLISHED is a folder with gcn_circulars_integral.csv and response_vs_angle_from_circulars.tsv: events with the angle to the pointing
axis, percentages of the best response, the ratio of sigmas, and the printed limits. docs/published.md tells how ours are made.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from pathlib import Path

import numpy as np

import transients.missions.integral as integral
from transients.missions.integral import ResponseModel, response_from_json
from transients.search import CountLevel, limits

BEGIN, END = "<!-- made by .ci/compare_published.py -->", "<!-- end -->"
INSTRUMENT, VETO = "SPI-ACS", "IBIS/Veto"
#: The one printed count limit of IBIS/Veto, 8 s, 2017-06-08; taken for all.
VETO_8S_COUNTS = 1839.17
#: Years and rates (cts/s) that are known: 2017 and June 2023 from printed count limits, 2019 from a printed S/N and rate (GCN 25190),
#: March 2023 from the light curve of GRB 230307A. In between a straight line; before and after, the nearest.
RATES = ((2017.44, 111_000.0), (2019.57, 118_200.0), (2023.18, 90_650.0), (2023.49, 83_670.0))
#: Where no ratio of sigmas is printed: SPI-ACS in good conditions.
TYPICAL_NOISE = 1.2
#: Printed figures have two digits, percentages two, ratios of sigmas two: together about this.
ROUNDING = 0.08
QUANTITIES = (("hard 1 s", "hard", 1.0), ("soft 1 s", "soft", 1.0), ("soft 8 s", "soft", 8.0))


@dataclasses.dataclass(frozen=True)
class Printed:
    """What a circular prints: limits in the order of QUANTITIES, erg cm-2 and twice erg cm-2 s-1."""

    event: str
    circular: str
    year: float
    theta_deg: float
    percent: float | None
    veto_percent: float | None
    noise: float | None
    limits: tuple[float | None, float | None, float | None]


def number(text: str | None) -> float | None:
    """A cell as a number, None where it is empty."""
    return float(text) if text else None


def year_of(iso: str) -> float:
    """Years with a fraction to the month."""
    return int(iso[:4]) + (int(iso[5:7]) - 0.5) / 12.0


def read(folder: Path) -> list[Printed]:
    """Events with an angle and at least one limit, each once, in time order."""
    lines = [line for line in (folder / "gcn_circulars_integral.csv").read_text().splitlines() if not line.startswith("#")]
    found: dict[str, Printed] = {}
    for row in csv.DictReader(lines):
        values = (number(row["ul_hard_1s"]), number(row["ul_soft_1s"]), number(row["ul_soft_8s"]))
        found[row["event"]] = Printed(
            row["event"],
            row["circular"].removeprefix("draft-"),
            year_of(row["t0_utc"]),
            number(row["theta_deg"]) or np.nan,
            number(row["acs_pct"]),
            number(row["veto_pct"]),
            number(row["excess_variance"]),
            values,
        )
    with (folder / "response_vs_angle_from_circulars.tsv").open(newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            name = row["event"].split(" ")[0]
            values = (number(row["ul_hard1s"]), number(row["ul_soft1s"]), number(row["ul_soft8s"]))
            angle, percent, veto = (float(row[key]) for key in ("angle_to_x_deg", "acs_pct_of_opt", "veto_pct_of_opt"))
            found.setdefault(name, Printed(name, row["gcn"], year_of(row["t0_utc"]), angle, percent, veto, None, values))
    kept = [each for each in found.values() if np.isfinite(each.theta_deg) and any(value is not None for value in each.limits)]
    return sorted(kept, key=lambda each: each.year)


def responses(model: ResponseModel, printed: Printed, instrument: str, percent: float | None) -> dict[str, float]:
    """Fluence per count at the angle: where the instrument has the printed percentage, else the median over phi."""
    phi = np.radians(np.arange(0.0, 180.1, 1.0))
    theta = np.full(phi.shape, np.radians(printed.theta_deg))
    hard, soft = (model.fluence_per_count(instrument, spectrum, theta, phi) for spectrum in ("hard", "soft"))
    if percent is None:
        return {"hard": float(np.median(hard)), "soft": float(np.median(soft))}
    value = 100.0 / percent * model.best(instrument, "hard")
    nearest = int(np.argmin(np.abs(np.log(hard / value))))
    return {"hard": value, "soft": value * float(soft[nearest] / hard[nearest])}


def sigma_counts(printed: Printed, duration_s: float) -> float:
    """Noise of the counts, from the rate of that time and the printed ratio of sigmas."""
    years, rates = zip(*RATES, strict=True)
    return (printed.noise or TYPICAL_NOISE) * float(np.sqrt(np.interp(printed.year, years, rates) * duration_s))


def ours(model: ResponseModel, printed: Printed) -> list[tuple[float, float, float]]:
    """By quantity: the published recipe (at 8 s the least of SPI-ACS and Veto), and ours from SPI-ACS at 90 % and 99.73 % as expected in
    T0 +- 300 s; all in the printed units.
    """
    per_count = responses(model, printed, INSTRUMENT, printed.percent)
    veto = responses(model, printed, VETO, printed.veto_percent)
    found = []
    for _, spectrum, duration in QUANTITIES:
        sigma, steps = sigma_counts(printed, duration), duration / 0.05
        inside = ((1.0 - 0.25 / steps,), (1.0 - 0.75 / steps,))
        level = CountLevel(
            INSTRUMENT, duration, 0.0, sigma, (printed.noise or TYPICAL_NOISE) ** 2, steps, 600.0 / duration, inside
        )
        entries = limits((level,), {(INSTRUMENT, spectrum): per_count[spectrum]})
        recipe = 3.0 * sigma * per_count[spectrum]
        if duration == 8.0:
            recipe = min(recipe, VETO_8S_COUNTS * veto[spectrum])
        low, high = entries[0].fluence_erg_cm2, entries[1].fluence_erg_cm2
        found.append((recipe / duration, low / duration, high / duration))
    return found


def table(model: ResponseModel, events: list[Printed]) -> str:
    """Lines of Markdown: the events, then the ratios."""
    lines = [
        "| event | GCN | θ | ACS % | | printed | recipe | ratio | ours 90 % | ours 99.73 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    ratios: dict[str, list[float]] = {}
    for printed in events:
        percent = "–" if printed.percent is None else f"{printed.percent:g}"
        for (what, _, _), value, (recipe, low, high) in zip(QUANTITIES, printed.limits, ours(model, printed), strict=True):
            if value is None:
                continue
            ratio = recipe / value
            ratios.setdefault(what, []).append(ratio)
            mark = f"{ratio:.2f}" if abs(np.log(ratio)) < 2.5 * ROUNDING else f"**{ratio:.2f}**"
            place = f"| {printed.event} | {printed.circular} | {printed.theta_deg:g}° | {percent}"
            lines.append(f"{place} | {what} | {value:.2g} | {recipe:.2g} | {mark} | {low:.2g} | {high:.2g} |")
    lines += ["", "| | events | median ratio | scatter (half of 16–84 %) | smallest, largest |", "|---|---|---|---|---|"]
    for what, _, _ in QUANTITIES:
        found = np.array(ratios[what])
        low, middle, high = np.quantile(found, [0.16, 0.5, 0.84])
        lines.append(
            f"| {what} | {len(found)} | {middle:.2f} | {0.5 * (high - low):.2f} | {found.min():.2f}, {found.max():.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=Path)
    parser.add_argument("page", type=Path)
    options = parser.parse_args()
    model = response_from_json((Path(integral.__file__).parent / "response.json").read_bytes())
    text = options.page.read_text()
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    made = table(model, read(options.published))
    options.page.write_text(f"{head}{BEGIN}\n{made}\n{END}{tail}")
    print(made)


if __name__ == "__main__":
    main()

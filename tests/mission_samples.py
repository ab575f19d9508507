"""What the tests of missions share: the model that ships, and the comparison of the response with published percentages."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits

import transients.missions.integral as integral
from transients.missions.integral import Integral, ResponseModel, response_from_json

COEFFICIENTS = Path(integral.__file__).parent / "response.json"
COLUMNS = {"ISGRI": "isgri_pct_of_opt", "IBIS/Veto": "veto_pct_of_opt", "SPI-ACS": "acs_pct_of_opt"}

#: 2023-05-18T12:59:08 UTC, IJD.
INDEX_DAY = 8538.541865555555


def shipped_response() -> ResponseModel:
    """The response model that ships."""
    return response_from_json(COEFFICIENTS.read_bytes())


def shipped_integral() -> Integral:
    """INTEGRAL with it."""
    return Integral(shipped_response())


@dataclass(frozen=True)
class Percentage:
    """One published percentage of the best response, and what the model allows at its angle to X, whatever phi."""

    event: str
    theta_deg: float
    instrument: str
    published: float
    #: Half a unit of the last printed digit.
    rounding: float
    low: float
    high: float

    def within(self, tolerance_percent: float) -> bool:
        """Whether published and model agree, to the rounding and a relative tolerance."""
        share = tolerance_percent / 100
        return self.low * (1 - share) - self.rounding <= self.published <= self.high * (1 + share) + self.rounding


def percentages(model: ResponseModel, table: Path) -> list[Percentage]:
    """Every percentage of the table beside the model's range over phi for the hard spectrum."""
    phi = np.radians(np.arange(-180.0, 181.0))
    found = []
    with table.open(newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            theta = float(row["angle_to_x_deg"])
            for instrument, column in COLUMNS.items():
                text = row[column]
                range_ = model.percent_of_best(instrument, "hard", np.radians(theta), phi)
                rounding = 0.5 * 10.0 ** -len(text.partition(".")[2])
                found.append(
                    Percentage(row["event"], theta, instrument, float(text), rounding, float(range_.min()), float(range_.max()))
                )
    return found


def percentage_table(found: list[Percentage], tolerance_percent: float) -> str:
    """The comparison as text for people."""
    lines = [f"{'theta':>6} {'instrument':10} {'published':>9} {'model over phi':>16}  event"]
    for entry in found:
        mark = "" if entry.within(tolerance_percent) else "  OUTSIDE"
        span = f"{entry.low:.1f} to {entry.high:.1f}"
        lines.append(f"{entry.theta_deg:6.0f} {entry.instrument:10} {entry.published:9g} {span:>16}  {entry.event}{mark}")
    return "\n".join(lines)


def index_file(**change: object) -> bytes:
    """An index of science windows: two pointings of an hour, the first about 2023-05-18T12:59:08, with a slew of six minutes between;
    X on the equator at RA 40 and 42, Z at the pole. `change` replaces columns, None leaves one out."""
    start = INDEX_DAY + np.array([-0.5, 0.5, 0.6]) / 24
    stop = INDEX_DAY + np.array([0.5, 0.6, 1.6]) / 24
    columns: dict[str, object] = {
        "SWID": ["264100200010", "264100210011", "264100210010"],
        "SW_TYPE": ["POINTING", "SLEW", "POINTING"],
        "TSTART": start,
        "TSTOP": stop,
        "TELAPSE": 86400 * (stop - start),
        "RA_SCX": [40.0, 41.0, 42.0],
        "DEC_SCX": [0.0, 0.0, 0.0],
        "RA_SCZ": [0.0, 0.0, 0.0],
        "DEC_SCZ": [90.0, 90.0, 90.0],
    } | change
    made = [
        fits.Column(name, "12A" if name.startswith("SW") else "D", array=np.array(values))
        for name, values in columns.items()
        if values is not None
    ]
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(made, name="GNRL-SCWG-GRP-IDX")]).writeto(out)
    return out.getvalue()


if __name__ == "__main__":
    print(percentage_table(percentages(shipped_response(), Path(sys.argv[1])), 5.0))

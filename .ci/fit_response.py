"""Fit the response model that ships, transients/missions/integral/response.json, to a table of responses.

    python .ci/fit_response.py TABLE.csv OUT.json --version 2026-11 [--source TEXT]

TABLE.csv: comment lines (#), then a header with theta_deg, phi_deg and, per instrument, hard_NAME and soft_NAME (fluence in
75-2000 keV per count, erg cm^-2; NAME is SPI-ACS, IBIS-Veto or ISGRI), equal-area directions. docs/response.md tells the rest.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transients.missions.integral.harmonics import HarmonicMap, field_term, harmonic_terms
from transients.missions.integral.response import AREA_SHAPES, JSON_FORMAT, sky_grid

Array = NDArray[np.float64]
L_MAX = 20
#: Weight of the penalty on curvature, the sum of (l(l+1) c_lm)^2, against the mean square residual times 4 pi: chosen by the
#: blocks left out (1e-7 is worse for all, 1e-5 for SPI-ACS and Veto by a third).
SMOOTHING = 1e-6
#: ln(floor + coding fraction), for the instrument that has a field of view.
FIELD_FLOOR = 0.1
FIELD_INSTRUMENTS = ("ISGRI",)
#: Blocks of about 15 degrees (and their mirror images) left out together, an eighth at a time.
BLOCKS_NSIDE, FOLDS, SEED = 4, 8, 0


def read_table(path: Path) -> dict[str, Array]:
    """Columns by name."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def design(theta: Array, phi: Array, with_field: bool) -> tuple[Array, Array]:
    """The columns of the fit, and the penalty on each."""
    degrees, columns = [], []
    for degree, _, value in harmonic_terms(theta, phi, L_MAX):
        degrees.append(degree)
        columns.append(value)
    curvature = np.array(degrees) * (np.array(degrees) + 1.0)
    penalty = SMOOTHING * curvature**2 * len(theta) / (4 * np.pi)
    if with_field:
        columns.append(field_term(theta, phi, FIELD_FLOOR))
        penalty = np.append(penalty, 0.0)
    return np.array(columns).T, penalty


def solve(matrix: Array, penalty: Array, values: Array) -> Array:
    """Regularised least squares."""
    return np.asarray(np.linalg.solve(matrix.T @ matrix + np.diag(penalty), matrix.T @ values))


def folds(theta: Array, phi: Array) -> Array:
    """The fold of each direction: whole blocks, the same for phi and -phi."""
    import healpy

    blocks = healpy.ang2pix(BLOCKS_NSIDE, theta, np.abs(phi))
    return np.asarray(np.random.default_rng(SEED).integers(0, FOLDS, healpy.nside2npix(BLOCKS_NSIDE))[blocks])


def rms_percent(difference: Array) -> float:
    """Root mean square of a difference of logarithms, percent."""
    return round(float(100 * np.sqrt(np.mean(difference**2))), 2)


def fit_one(theta: Array, phi: Array, values: Array, with_field: bool) -> dict[str, object]:
    """Coefficients, least value, residual and left-out error of one column."""
    logs = np.log(values)
    matrix, penalty = design(theta, phi, with_field)
    coefficients = solve(matrix, penalty, logs)
    left_out = np.empty(len(logs))
    fold = folds(theta, phi)
    for k in range(FOLDS):
        out = fold == k
        left_out[out] = matrix[out] @ solve(matrix[~out], penalty, logs[~out]) - logs[out]
    rounded = np.round(coefficients, 6)
    harmonic, field = (rounded[:-1], float(rounded[-1])) if with_field else (rounded, 0.0)
    model = HarmonicMap(L_MAX, harmonic, field, FIELD_FLOOR)
    return {
        "coefficients": [float(c) for c in harmonic],
        "field_coefficient": field,
        "best": float(f"{np.exp(model.log(*sky_grid(0.5)).min()):.4e}"),
        "residual_percent": rms_percent(model.log(theta, phi) - logs),
        "left_out_percent": rms_percent(left_out),
    }


def main() -> None:
    """Fit every column, write the file, print the residuals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--source", default="all-sky limit maps published for 2017-06-08T02:01:16.49 UTC, read off their colours")
    options = parser.parse_args()
    table = read_table(options.table)
    theta, phi = np.radians(table["theta_deg"]), np.radians(table["phi_deg"])
    instruments: dict[str, object] = {}
    for name, shape in AREA_SHAPES.items():
        parts = {}
        for spectrum in ("hard", "soft"):
            parts[spectrum] = fit_one(theta, phi, table[f"{spectrum}_{name.replace('/', '-')}"], name in FIELD_INSTRUMENTS)
            told = {key: value for key, value in parts[spectrum].items() if key != "coefficients"}
            print(name, spectrum, json.dumps(told))
        instruments[name] = {"area_slope": shape.slope, "upper_kev": shape.upper_kev, **parts}
    content = {
        "format": JSON_FORMAT,
        "mission": "INTEGRAL",
        "version": options.version,
        "source": options.source,
        "unit": "erg cm-2 (75-2000 keV) per count",
        "l_max": L_MAX,
        "field_floor": FIELD_FLOOR,
        "instruments": instruments,
    }
    options.out.write_text(json.dumps(content, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

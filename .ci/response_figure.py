"""Draw docs/response-residuals.png: how far the response model is from the values it was fitted to, and from values left out.

    python .ci/response_figure.py TABLE.csv docs/response-residuals.png

TABLE.csv as `.ci/fit_response.py` takes it. Upper row: model over value; lower row: a model that was fitted without the block of about
15 degrees over the value in it. Longitude is phi, the upper pole the pointing axis.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
from fit_response import FIELD_INSTRUMENTS, FOLDS, Array, design, folds, read_table, solve
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import transients.missions.integral as integral
from transients.missions.integral import response_from_json

INSTRUMENTS = ("SPI-ACS", "IBIS/Veto", "ISGRI")
#: Scale of the colours, percent, by instrument: about three times the rms left out.
SCALES = {"SPI-ACS": 8.0, "IBIS/Veto": 8.0, "ISGRI": 25.0}


def left_out(theta: Array, phi: Array, logs: Array, with_field: bool) -> Array:
    """ln(model/value) where the model has not seen the block."""
    matrix, penalty = design(theta, phi, with_field)
    fold, found = folds(theta, phi), np.empty(len(logs))
    for k in range(FOLDS):
        out = fold == k
        found[out] = matrix[out] @ solve(matrix[~out], penalty, logs[~out]) - logs[out]
    return found


def main() -> None:
    """Draw three instruments, hard spectrum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    table = read_table(options.table)
    theta, phi = np.radians(table["theta_deg"]), np.radians(table["phi_deg"])
    model = response_from_json((Path(integral.__file__).parent / "response.json").read_bytes())
    grid_phi, grid_lat = np.meshgrid(np.radians(np.arange(-179.0, 180.0, 2.0)), np.radians(np.arange(-89.0, 90.0, 2.0)))
    directions = np.array([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)]).T
    wanted = np.array([np.cos(grid_lat) * np.cos(grid_phi), np.cos(grid_lat) * np.sin(grid_phi), np.sin(grid_lat)])
    nearest = np.argmax(np.einsum("ni,iab->nab", directions, wanted), axis=0)
    figure = Figure(figsize=(11.0, 4.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 3, subplot_kw={"projection": "mollweide"})
    for column, name in enumerate(INSTRUMENTS):
        logs = np.log(table[f"hard_{name.replace('/', '-')}"])
        fitted = np.log(model.fluence_per_count(name, "hard", theta, phi)) - logs
        for row, values in enumerate((fitted, left_out(theta, phi, logs, name in FIELD_INSTRUMENTS))):
            panel, scale = axes[row][column], SCALES[name]
            shown = panel.pcolormesh(
                grid_phi, grid_lat, 100 * values[nearest], cmap="RdBu_r", vmin=-scale, vmax=scale, rasterized=True
            )
            what = "fitted" if row == 0 else "left out"
            panel.set_title(f"{name}, hard, {what}: {100 * np.sqrt(np.mean(values**2)):.1f} % rms", fontsize=9)
            panel.set_xticklabels([])
            panel.set_yticklabels([])
            panel.grid(alpha=0.3)
            figure.colorbar(shown, ax=panel, shrink=0.8, label="%")
    figure.supxlabel("upper pole: pointing axis X; centre: phi = 0, the Sun side", fontsize=9)
    pixels = io.BytesIO()
    figure.savefig(pixels, dpi=80, metadata={"Software": None})
    # A picture of few colours in a palette is a third of the size.
    Image.open(pixels).convert("RGB").quantize(64).save(options.out, optimize=True)


if __name__ == "__main__":
    main()

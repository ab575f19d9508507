"""The sheet a figure is drawn on, and how it becomes bytes. matplotlib is imported when a figure is wanted, not before."""

from __future__ import annotations

import dataclasses
import io
import textwrap
import threading
from typing import Any

#: matplotlib keeps its parameters per process, so figures are rendered one at a time.
_RENDERING = threading.Lock()
#: Fixed, so that the identifiers inside an SVG do not change from run to run.
_SVG_SALT = "transients"
_DPI = 110

COLOURS = {
    "data": "#1f3b57",
    "background": "#c8641e",
    "excess": "#b3202a",
    "sideband": "#7fb2d8",
    "t0": "#202020",
    "onset": "#2a7a3b",
    "gap": "#9a9a9a",
    "sun": "#e6a417",
    "earth": "#2b6fb0",
    "moon": "#7a7a7a",
    "view": "#2a7a3b",
    "axes": "#5b2a86",
}


@dataclasses.dataclass(frozen=True)
class Picture:
    """One figure: PNG, and SVG where it was asked for (it takes as long again)."""

    png: bytes
    svg: bytes | None = None


def new_figure(width_in: float, height_in: float) -> Any:
    """An empty figure without any screen or global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def footnote(figure: Any, text: str) -> None:
    """Small print under the figure, filled to its width."""
    figure.supxlabel(textwrap.fill(text, 168), fontsize=8, color="#404040")


def finish(figure: Any, mark: str, *, svg: bool) -> Picture:
    """Put the mark ("SIMULATED DATA", "TEST") across the figure and render it; metadata carry no date and no version."""
    if mark:
        figure.text(
            *(0.5, 0.5),
            mark.replace(", ", "\n"),
            fontsize=44,
            color="#b3202a",
            alpha=0.22,
            rotation=24,
            ha="center",
            va="center",
            weight="bold",
            zorder=100,
        )
    from matplotlib import rc_context

    with _RENDERING, rc_context({"svg.hashsalt": _SVG_SALT, "svg.fonttype": "path"}):
        pixels, shapes = io.BytesIO(), io.BytesIO()
        figure.savefig(pixels, format="png", dpi=_DPI, metadata={"Software": None})
        if svg:
            figure.savefig(shapes, format="svg", dpi=_DPI, metadata={"Date": None, "Creator": None})
    return Picture(png=pixels.getvalue(), svg=shapes.getvalue() if svg else None)

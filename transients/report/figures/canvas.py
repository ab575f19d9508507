"""The sheet a figure is drawn on, and how it becomes bytes. matplotlib is imported when a figure is wanted, not before."""

from __future__ import annotations

import dataclasses
import io
import math
import textwrap
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

#: matplotlib keeps its parameters per process, so figures are rendered one at a time.
_RENDERING = threading.Lock()
#: Identifiers in an SVG are the same from run to run; letters that are not fitted to the pixels look the same and take half the time.
#: Every figure has the font that comes with matplotlib, which is also found sooner than one of a list.
_RENDERED: dict[Any, Any] = {
    "svg.hashsalt": "transients",
    "svg.fonttype": "path",
    "text.hinting": "no_hinting",
    **{f"font.{kind}": ["DejaVu Sans"] for kind in ("sans-serif", "serif", "cursive", "fantasy", "monospace")},
}
_DPI = 110
#: Of zlib; beyond this, files of drawings hardly shrink.
_PACKED = 3
#: Height of a line of small print.
_LINE_IN = 0.135

#: Beyond this many powers of ten, only they have room on an axis.
_LABELLED_DECADES = 4

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
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), dpi=_DPI)


def margins(figure: Any, *, left: float, right: float, top: float, bottom: float, between: float = 0.0) -> None:
    """Leave this much paper, inches, around the panels, and between two of them.

    Sheets and their writing are of known size, so nothing is measured: to let matplotlib find the margins takes as long as drawing.
    """
    width, height = figure.get_size_inches()
    inner_width, inner_height = width - left - right, height - top - bottom
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        top=1 - top / height,
        bottom=bottom / height,
        wspace=_share(between, inner_width),
        hspace=_share(between, inner_height),
    )


def _share(between: float, inner: float) -> float:
    """The space between two panels in units of their mean size, as matplotlib wants it."""
    return between / ((inner - between) / 2)


def label(axes: Any, *, x: str = "", y: str = "") -> None:
    """Say what the axes measure, at a fixed distance from them: so labels stand in one line, and no number is measured first."""
    width, height = axes.get_position().size * axes.figure.get_size_inches()
    if x:
        axes.set_xlabel(x)
        axes.xaxis.set_label_coords(0.5, -0.28 / height)
    if y:
        axes.set_ylabel(y)
        axes.yaxis.set_label_coords(-0.53 / width, 0.5)


def log_scale(axis: Any, words: Callable[[float], str]) -> None:
    """A logarithmic axis over the present limits: 1, 2 and 5 of each decade, or 1 alone where they are many, in plain words."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = axis.get_view_interval()
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high <= low * 10**_LABELLED_DECADES else (1,)
    ticks = [tick for decade in decades for step in steps if low <= (tick := float(f"{step}e{decade}")) <= high]
    axis.set_ticks(ticks, labels=[words(tick) for tick in ticks])
    axis.set_ticks([], minor=True)


def title(figure: Any, text: str) -> None:
    """What the figure shows, in its upper left corner."""
    width, height = figure.get_size_inches()
    figure.text(0.35 / width, 1 - 0.08 / height, text, fontsize=12, ha="left", va="top")


def footnote(figure: Any, text: str) -> float:
    """Small print under the figure, filled to its width; returns the height it takes, inches."""
    lines = textwrap.wrap(text, 168)
    figure.text(0.5, 0.06 / figure.get_size_inches()[1], "\n".join(lines), fontsize=8, color="#404040", ha="center", va="bottom")
    return 0.06 + _LINE_IN * len(lines)


def finish(figure: Any, mark: str, *, svg: bool) -> Picture:
    """Put the mark ("SIMULATED DATA", "TEST") across the figure and render it; metadata carry no date and no version."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

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
    with _RENDERING, rc_context(_RENDERED):
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        png = png_bytes(np.asarray(canvas.buffer_rgba())[:, :, :3])
        if not svg:
            return Picture(png)
        shapes = io.BytesIO()
        figure.savefig(shapes, format="svg", dpi=_DPI, metadata={"Date": None, "Creator": None})
    return Picture(png, shapes.getvalue())


def png_bytes(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Red, green and blue, (rows, columns, 3), as PNG without text and date."""
    from PIL import Image

    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(packed, "png", compress_level=_PACKED, dpi=(_DPI, _DPI))
    return packed.getvalue()

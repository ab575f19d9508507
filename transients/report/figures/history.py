"""How far off axis an event's place was around T0, and for how long."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import PointingHistory
from transients.sky import band_ks
from transients.sky.history import BANDS_DEG

from ..facts import utc_text
from .canvas import COLOURS, Picture, finish, footnote, label, margins, new_figure, title

#: The bands of the field of view, the innermost first.
_SHADES = ("#b7e0c2", "#d8eedd", "#eef7f0")


def history_figure(history: PointingHistory, *, name: str, mission: str, mark: str = "", svg: bool = False) -> Picture:
    """Draw the off-axis angle of the region's peak against time, and the time spent at each angle.

    Parameters
    ----------
    name : str
        The event's name, for the title.
    mark : str
        "SIMULATED DATA" and the like, put across the figure.
    """
    figure = new_figure(10.5, 5.2)
    within = ", ".join(f"{band_ks(history, band):.1f} ks within {band:g}°" for band in BANDS_DEG)
    pointings = (
        f"{len(history.pointings)} pointings (no slews), {utc_text(history.window_start)} to {utc_text(history.window_stop)}"
    )
    small_in = footnote(figure, f"{pointings}; {within}; from: {history.source}")
    margins(figure, left=0.75, right=0.15, top=0.4, bottom=0.5 + small_in, between=0.15)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    _bands(left, labelled=True)
    _bands(right)
    hours = [hour for p in history.pointings for hour in (p.start_h, p.stop_h, np.nan)]
    angles = [p.off_axis_deg for p in history.pointings for _ in range(3)]
    left.plot(hours, angles, color=COLOURS["axes"], lw=3.0, solid_capstyle="butt")
    left.axvline(0.0, color=COLOURS["t0"], lw=1.1, label="T0")
    _upright(left, history)
    low, high, ks = np.array(history.histogram).T
    edges = np.append(low, high[-1])
    right.stairs(ks, edges, orientation="horizontal", fill=True, color=COLOURS["axes"], alpha=0.75)
    label(right, x="time [ks]")
    right.grid(alpha=0.25, lw=0.5)
    title(figure, f"{name}: off-axis angle of RA {history.ra_deg:.2f}°, Dec {history.dec_deg:+.2f}° at {mission}")
    left.legend(loc="upper right", fontsize=8, framealpha=0.9)
    return finish(figure, mark, svg=svg)


def _bands(axes: Any, *, labelled: bool = False) -> None:
    inner = 0.0
    for outer, shade in zip(BANDS_DEG, _SHADES, strict=True):
        axes.axhspan(inner, outer, color=shade, lw=0, zorder=0, label=f"{inner:g}–{outer:g}°" if labelled else None)
        inner = outer


def _upright(axes: Any, history: PointingHistory) -> None:
    """Axes of angle against hours; on axis is at the bottom."""
    half_h = max((abs(h) for p in history.pointings for h in (p.start_h, p.stop_h)), default=240.0)
    axes.set_xlim(-1.02 * half_h, 1.02 * half_h)
    axes.set_ylim(0.0, 180.0)
    axes.set_yticks(range(0, 181, 30))
    label(axes, x="time from T0 [h]", y="angle from the pointing axis [deg]")
    axes.grid(alpha=0.25, lw=0.5)

"""When an event's region can be pointed at over the days to come."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import VisibilityForecast
from transients.missions.times import seconds_between

from ..facts import utc_text
from .canvas import COLOURS, Picture, finish, footnote, label, margins, new_figure, title

_DAY_S = 86400.0
_BODIES = ("sun", "earth", "moon")


def visibility_figure(forecast: VisibilityForecast, *, name: str, mission: str, mark: str = "", svg: bool = False) -> Picture:
    """Draw the windows of the region's peak, what bars it between them, and the visible fraction of the region.

    Parameters
    ----------
    name : str
        The event's name, for the title.
    mark : str
        "SIMULATED DATA" and the like, put across the figure.
    """
    figure = new_figure(10.5, 4.6)
    small_in = footnote(figure, _statement(forecast))
    margins(figure, left=0.75, right=0.15, top=0.6, bottom=0.5 + small_in, between=0.15)
    upper, lower = figure.subplots(2, 1, height_ratios=(1, 3))
    span_d = seconds_between(forecast.stop, forecast.start) / _DAY_S
    _windows(upper, forecast, span_d)
    if forecast.fractions:
        seconds, fractions = np.array(forecast.fractions).T
        # Moments, not a curve: a break between two of them, as the Earth's are, would be drawn too wide or not at all.
        lower.plot(seconds / _DAY_S, 100.0 * fractions, color=COLOURS["view"], ls="none", marker="o", ms=4)
        every_h = (seconds[1] - seconds[0]) / 3600.0 if len(seconds) > 1 else 0.0
        lower.text(0.995, 0.03, f"a point every {every_h:g} h", transform=lower.transAxes, ha="right", va="bottom", fontsize=8)
    lower.set_ylim(0.0, 105.0)
    for axes in (upper, lower):
        axes.set_xlim(0.0, span_d)
    label(lower, x=f"days from {utc_text(forecast.start)}", y="visible part of the region [%]")
    lower.grid(alpha=0.25, lw=0.5)
    title(figure, f"{name}: when {mission} may point there")
    return finish(figure, mark, svg=svg)


def _windows(axes: Any, forecast: VisibilityForecast, span_d: float) -> None:
    """Allowed stretches, and the breaks between them in the colour of what bars."""
    edge, bar = 0.0, forecast.limited_by
    breaks: list[tuple[float, float, str]] = []
    for n, window in enumerate(forecast.windows):
        start, stop = (seconds_between(at, forecast.start) / _DAY_S for at in (window.start, window.stop))
        axes.axvspan(start, stop, color=COLOURS["view"], alpha=0.75, lw=0, label="allowed" if n == 0 else None)
        breaks.append((edge, start, bar or window.opened_by))
        edge, bar = stop, window.closed_by
    breaks.append((edge, span_d, bar or ""))
    said = set()
    for start, stop, name in breaks:
        if stop > start:
            words = None if name in said else f"barred: {name}"
            axes.axvspan(start, stop, color=_colour(name), alpha=0.85, lw=0, label=words)
            said.add(name)
    axes.set(xticks=[], yticks=[])
    label(axes, y="peak")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 0.97), fontsize=8, frameon=False, ncols=4)


def _colour(name: str) -> str:
    """That of the body which a constraint is named after."""
    return COLOURS[next((body for body in _BODIES if body in name.lower()), "axes")]


def _statement(forecast: VisibilityForecast) -> str:
    parts = [f"peak RA {forecast.ra_deg:.2f}°, Dec {forecast.dec_deg:+.2f}°: {forecast.observable_s / 3600.0:.1f} h allowed"]
    parts.append("; ".join(forecast.constraints))
    if forecast.orbit_source is not None:
        error = "" if forecast.error_s is None else f", ends good to {max(forecast.error_s / 60.0, 1.0):.0f} min"
        parts.append(f"orbit: {forecast.orbit_source}{error}")
    return "; ".join(parts)

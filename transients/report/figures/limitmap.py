"""The limit over the sky: how faint a burst would have been seen in each direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import Attitude, FloatArray
from transients.sky import SkyMap
from transients.sky.healpix import IntArray

from ..numbers import scientific
from .canvas import Picture, finish, footnote, new_figure, title
from .sphere import circle, draw_credible, draw_line, draw_peak, paint, rows_on_paper, sky_axes

#: Apart from each other and from the map to every kind of eye (vermilion of Okabe & Ito 2008); their lines differ too.
_CREDIBLE, _VIEW = "#000000", "#d55e00"


def limit_figure(
    m: SkyMap,
    fluence_erg_cm2: FloatArray,
    *,
    name: str,
    what: str,
    mark: str = "",
    localisation: SkyMap | None = None,
    view: tuple[Attitude, float] | None = None,
    svg: bool = False,
) -> Picture:
    """Draw a map of upper limits.

    Parameters
    ----------
    m : SkyMap
        The tiles the limits are given on.
    fluence_erg_cm2 : (n,) float64
        Limit in each tile; NaN or 0 where there is none.
    what : str
        What the limit is, for the scale: "3σ, SPI-ACS, 1 s, hard spectrum".
    localisation : SkyMap, optional
        Whose credible contours are drawn; None: those of `m`.
    view : (Attitude, float), optional
        Draws the field of view of this radius in deg.

    Raises
    ------
    ValueError
        If there is not one value per tile, or none is positive and finite.
    """
    if fluence_erg_cm2.shape != (len(m),):
        raise ValueError(f"{fluence_erg_cm2.shape} limits for {len(m)} tiles")
    good = np.isfinite(fluence_erg_cm2) & (fluence_erg_cm2 > 0)
    if not good.any():
        raise ValueError("no limit to draw")
    figure = new_figure(10.8, 7.1)
    axes = sky_axes(figure, bottom_in=1.65)
    rows = rows_on_paper(m)
    low, high = float(fluence_erg_cm2[good].min()), float(fluence_erg_cm2[good].max())
    _draw_values(figure, axes, rows, np.where(good, fluence_erg_cm2, np.nan), what)
    if localisation is None:
        localisation = m
    else:
        rows = rows_on_paper(localisation)
    draw_credible(axes, localisation, rows, _CREDIBLE, path_effects=_cased())
    draw_peak(axes, localisation, _CREDIBLE)
    if view is not None:
        attitude, radius_deg = view
        line = circle(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg), np.radians(radius_deg))
        label = f"field of view, {radius_deg:.0f}° about X"
        draw_line(axes, *line, color=_VIEW, ls="dashdot", lw=1.8, label=label, path_effects=_cased(), zorder=7)
    title(figure, f"{name}: sensitivity over the sky")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.05), ncols=4, fontsize=8, frameon=False)
    extremes = f"deepest {scientific(low)}, shallowest {scientific(high)} erg cm⁻²"
    footnote(figure, f"{extremes}; sky without a value is white; the 20 % systematic uncertainty of the response is not included")
    return finish(figure, mark, svg=svg)


def _draw_values(figure: Any, axes: Any, rows: IntArray, values: FloatArray, what: str) -> None:
    """Tiles in the colours of their values, and the scale below."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm

    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scale = ScalarMappable(LogNorm(low * 0.98, high * 1.02), colormaps["viridis_r"].with_extremes(bad=(0, 0, 0, 0)))
    paint(axes, rows, scale.to_rgba(values), zorder=0)
    height = figure.get_size_inches()[1]
    bar = figure.colorbar(scale, cax=figure.add_axes((0.17, 0.78 / height, 0.66, 0.2 / height)), orientation="horizontal")
    ticks = np.geomspace(low, high, 6)
    bar.set_ticks(ticks, labels=[scientific(tick) for tick in ticks])
    bar.ax.minorticks_off()
    bar.set_label(f"upper limit on the 75–2000 keV fluence [erg cm⁻²]: {what}", fontsize=9)


def _cased() -> list[Any]:
    """White on both sides of a line, which is seen so on every colour of the map."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.4, foreground="white")]

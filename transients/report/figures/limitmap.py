"""The limit over the sky: how faint a burst would have been seen in each direction."""

from __future__ import annotations

import numpy as np

from schemas import Attitude, FloatArray
from transients.sky import SkyMap

from ..numbers import scientific
from .canvas import COLOURS, Picture, finish, footnote, new_figure
from .sphere import circle, draw_credible, draw_peak, grid, paper, sky_axes, unbroken, values_at


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
    from matplotlib.colors import LogNorm

    if fluence_erg_cm2.shape != (len(m),):
        raise ValueError(f"{fluence_erg_cm2.shape} limits for {len(m)} tiles")
    good = np.isfinite(fluence_erg_cm2) & (fluence_erg_cm2 > 0)
    if not good.any():
        raise ValueError("no limit to draw")
    ra, dec = grid()
    values = values_at(m, np.where(good, fluence_erg_cm2, np.nan), ra, dec)
    shown = values[np.isfinite(values)] if np.isfinite(values).any() else fluence_erg_cm2[good]
    low, high = float(shown.min()), float(shown.max())
    norm = LogNorm(low * 0.98, high * 1.02)
    figure = new_figure(10.5, 6.8)
    axes = sky_axes(figure)
    mesh = axes.pcolormesh(paper(ra), dec, values, cmap="viridis_r", norm=norm, shading="nearest", rasterized=True)
    bar = figure.colorbar(mesh, ax=axes, orientation="horizontal", shrink=0.7, pad=0.08, aspect=38)
    ticks = np.geomspace(low, high, 6)
    bar.set_ticks(ticks, labels=[scientific(t) for t in ticks])
    bar.ax.minorticks_off()
    bar.set_label(f"upper limit on the 75–2000 keV fluence [erg cm⁻²]: {what}", fontsize=9)
    where = m if localisation is None else localisation
    draw_credible(axes, where)
    draw_peak(axes, where)
    if view is not None:
        attitude, radius_deg = view
        line = unbroken(*circle(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg), np.radians(radius_deg)))
        axes.plot(*line, color="white", lw=2.6)
        axes.plot(*line, color=COLOURS["view"], lw=1.5, label=f"field of view, {radius_deg:.0f}° about X")
    figure.suptitle(f"{name}: sensitivity over the sky", fontsize=12, x=0.03, ha="left")
    axes.legend(loc="lower right", fontsize=8)
    extremes = f"deepest {scientific(low)}, shallowest {scientific(high)} erg cm⁻²"
    footnote(figure, f"{extremes}; sky without a value is white; the 20 % systematic uncertainty of the response is not included")
    return finish(figure, mark, svg=svg)

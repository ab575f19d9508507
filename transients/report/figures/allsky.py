"""The whole sky at T0: where the event may be, where the spacecraft looked, and what stood in the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import Attitude, FloatArray, Geometry
from transients.missions.bodies import earth_angular_radius, earth_direction, moon_direction, sun_direction
from transients.missions.times import to_time
from transients.sky import SkyMap

from ..facts import allowed_sun_angles_deg, has_position, sun_rule, utc_text
from .canvas import COLOURS, Picture, finish, footnote, new_figure, title
from .sphere import (
    circle,
    coarse_grid,
    credible_levels,
    draw_credible,
    draw_line,
    draw_peak,
    mollweide,
    paint,
    paper,
    rows_on_paper,
    sky_axes,
    vector,
)

#: A disc up to this radius is drawn by its edge; a larger one, as the Earth from a low orbit, may hold a pole.
_SMALL_DEG = 20.0
#: The outermost tiles would colour half of the sky.
_SHADED = 0.995
_BARRED = {"fc": "#dedede", "ec": "#a0a0a0", "hatch": "//", "lw": 0.8}
_HALO = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.75}


def allsky_figure(
    geometry: Geometry,
    m: SkyMap | None,
    *,
    name: str,
    mark: str = "",
    svg: bool = False,
) -> Picture:
    """Draw the sky at T0 in right ascension and declination.

    Parameters
    ----------
    m : SkyMap, optional
        The localisation; None where there is no position.
        Where the geometry says what of it could be seen, the angles from the Sun that are allowed are shaded, and the circle of
        its field of view is drawn.
    """
    seen = geometry.visibility
    figure = new_figure(10.8, 6.6)
    axes = sky_axes(figure, bottom_in=1.05)
    _draw_sun(axes, geometry, None if seen is None else allowed_sun_angles_deg(seen))
    if m is not None and has_position(geometry):
        _draw_region(axes, m)
    _draw_earth_and_moon(axes, geometry)
    if geometry.attitude is not None:
        _draw_attitude(axes, geometry.attitude, None if seen is None else seen.fov_radius_deg)
    title(figure, f"{name}: sky at {geometry.mission}, {utc_text(geometry.t0)}")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.05), ncols=4, fontsize=8, frameon=False)
    footnote(figure, _statement(geometry))
    return finish(figure, mark, svg=svg)


def _draw_region(axes: Any, m: SkyMap) -> None:
    from matplotlib import colormaps

    rows, level = rows_on_paper(m), credible_levels(m)
    colours = colormaps["OrRd"]((1 - level) / 1.15)
    # The fainter, the more of what lies below is seen.
    colours[:, 3] = np.where(level <= _SHADED, 1 - 0.7 * level**2, 0.0)
    paint(axes, rows, colours, zorder=1)
    draw_credible(axes, m, rows, COLOURS["excess"])
    draw_peak(axes, m, COLOURS["excess"])


def _draw_sun(axes: Any, geometry: Geometry, allowed_deg: tuple[float, float] | None) -> None:
    sun = sun_direction(to_time(geometry.t0))
    if allowed_deg is not None:
        x, y, vectors = coarse_grid()
        height = vectors @ vector(sun.ra.rad, sun.dec.rad)
        low, high = np.cos(np.radians(allowed_deg))
        barred = np.maximum(height - low, high - height)
        rule = sun_rule(allowed_deg, "90° ± {:.0f}°", "{:.0f}° to {:.0f}°")
        if (barred > 0).any():
            # Grey below the localisation, hatched above it: both are seen where they meet.
            axes.contourf(x, y, barred, levels=[0, 2], colors=[_BARRED["fc"]], zorder=0)
            hatched = axes.contourf(x, y, barred, levels=[0, 2], colors="none", hatches=[_BARRED["hatch"]], zorder=2)
            hatched.set_edgecolor(_BARRED["ec"])
            axes.contour(x, y, barred, levels=[0], colors=_BARRED["ec"], linewidths=0.8, zorder=2)
        axes.fill([], [], label=f"barred by the Sun (allowed: {rule})", **_BARRED)
    _body(axes, "Sun", (sun.ra.rad, sun.dec.rad), COLOURS["sun"], 11)


def _draw_earth_and_moon(axes: Any, geometry: Geometry) -> None:
    time = to_time(geometry.t0)
    moon = moon_direction(time, geometry.orbit)
    _body(axes, "Moon", (moon.ra.rad, moon.dec.rad), COLOURS["moon"], 7)
    if geometry.orbit is None:
        return
    earth, radius = earth_direction(geometry.orbit), earth_angular_radius(geometry.orbit)
    if radius.to_value("deg") < _SMALL_DEG:
        ra, dec = circle(earth.ra.rad, earth.dec.rad, float(radius.to_value("rad")))
        axes.fill(*mollweide(*_closed(ra, dec)), color=COLOURS["earth"], alpha=0.8, lw=0, zorder=6)
    else:
        x, y, vectors = coarse_grid()
        height = vectors @ vector(earth.ra.rad, earth.dec.rad)
        axes.contourf(
            x, y, height, levels=[np.cos(radius.to_value("rad")), 1.01], colors=[COLOURS["earth"]], alpha=0.35, zorder=6
        )
    _body(axes, f"Earth, radius {radius.to_value('deg'):.1f}°", (earth.ra.rad, earth.dec.rad), COLOURS["earth"], 4)


def _closed(ra_rad: FloatArray, dec_rad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A small disc on paper; one that crosses the edge is drawn on the side of its first point."""
    x = paper(ra_rad)
    return np.where(x - x[0] > np.pi, x - 2 * np.pi, np.where(x[0] - x > np.pi, x + 2 * np.pi, x)), dec_rad


def _draw_attitude(axes: Any, attitude: Attitude, fov_radius_deg: float | None) -> None:
    x = np.radians([attitude.x_ra_deg, attitude.x_dec_deg])
    z = np.radians([attitude.z_ra_deg, attitude.z_dec_deg])
    if fov_radius_deg is not None:
        line = circle(x[0], x[1], np.radians(fov_radius_deg))
        label = f"field of view, {fov_radius_deg:.0f}° about X"
        draw_line(axes, *line, color=COLOURS["view"], ls="dashdot", lw=1.8, label=label, zorder=7)
    y = np.cross(vector(*z), vector(*x))
    for label, v in (("X", vector(*x)), ("−X", -vector(*x)), ("Z", vector(*z)), ("Y", y)):
        place = (np.arctan2(v[1], v[0]), np.arcsin(np.clip(v[2], -1, 1)))
        _body(axes, label, place, COLOURS["axes"], 5, legend=False)


def _body(axes: Any, label: str, place: tuple[float, float], colour: str, size: float, *, legend: bool = True) -> None:
    x, y = mollweide(paper(place[0]), place[1])
    name = label if legend else None
    axes.plot(x, y, marker="o", ms=size, mfc=colour, mec="white", mew=0.6, ls="none", label=name, zorder=8)
    axes.annotate(
        label.split(",")[0], (x, y), xytext=(6, 5), textcoords="offset points", fontsize=9, color=colour, bbox=_HALO, zorder=10
    )


def _statement(geometry: Geometry) -> str:
    parts = []
    if geometry.orientation is not None and has_position(geometry):
        o = geometry.orientation
        parts.append(f"peak at θ = {o.theta_deg:.1f}°, φ = {o.phi_deg:.1f}° ({o.word})")
    if geometry.visibility is not None:
        parts.append(f"{100 * geometry.visibility.visible_fraction:.1f} % of the probability is where the Sun allows pointing")
    if geometry.attitude is not None:
        error = geometry.attitude.error_deg
        bound = "" if error is None else f" ± {error:.1f}°"
        parts.append(f"attitude: {geometry.attitude.source}{bound}")
    if geometry.orbit is not None:
        distance = geometry.orbit.distance_km / 1000
        shown = f"{distance:.0f}" if distance >= 10 else f"{distance:.2f}"
        parts.append(f"orbit: {geometry.orbit.source}, {shown} Mm from Earth's centre")
    return "; ".join(parts)

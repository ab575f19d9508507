"""How long a region was in the field of view."""

from __future__ import annotations

from collections.abc import Iterable

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, Exposure, FloatArray, Instant, Pointing
from schemas.errors import RefusedInput
from transients.missions import times
from transients.missions.base import Mission

from . import healpix
from .healpix import IntArray
from .maps import SkyMap, refined
from .visibility import coding

#: Coarser tiles that hold anything worth it are cut to this order (0.9 deg against a field of 30 deg).
_ORDER = 6
_WORTH = 1e-6
#: A pointing counts as one of the region's if this much of the probability was in its field of view.
_COUNTED = 0.01


def fov_exposure(
    m: SkyMap,
    pointings: Iterable[Pointing],
    t0: Instant,
    mission: Mission,
    half_window_d: float = 10.0,
    *,
    source: str = "pointing list",
) -> Exposure:
    """Time that the region spent in the field of view within `half_window_d` days of T0, weighted by probability, ks.

    Only pointings count (no slews, no engineering), cut to the window. A direction is in view within
    `mission.fov_radius_deg` of the axis. Three sums are given: of plain time; of live time (None when the list does not
    say for every pointing that counts); of live time (plain, where not said) times the imager's coded fraction (None for a
    mission without the imager, or when the roll of a pointing cannot be told). Tiles count by their centres, coarse ones
    cut to 0.9 deg.

    Parameters
    ----------
    pointings : iterable of Pointing
    half_window_d : float
        Days on either side of T0.
    source : str
        Where the list came from.

    Returns
    -------
    Exposure
        `pointings` counts those with at least 1 % of the probability in view.
    """
    centre = times.to_time(t0)
    half = half_window_d * u.day
    plain = live = coded = 0.0
    count, live_known, imager = 0, True, mission.imager
    order, ipix, prob, _ = refined(m, _ORDER, _WORTH)
    v = healpix.vectors(order, ipix)
    for pointing, seconds in _inside(pointings, t0, half_window_d):
        in_view = _in_view(v, pointing, mission)
        fraction = float(prob[in_view].sum())
        if fraction == 0.0:
            continue
        live_known &= pointing.live_fraction is not None
        live_fraction = 1.0 if pointing.live_fraction is None else pointing.live_fraction
        plain += seconds * fraction
        live += seconds * fraction * live_fraction
        attitude = None if imager is None else _attitude(pointing, mission)
        if imager is None or attitude is None:
            # One pointing without it, and the sum is not known.
            imager = None
        else:
            coded += seconds * live_fraction * float((prob[in_view] * coding(mission, imager, v[in_view], attitude)).sum())
        count += fraction >= _COUNTED
    return Exposure(
        window_start=times.to_instant(centre - half),
        window_stop=times.to_instant(centre + half),
        fov_radius_deg=mission.fov_radius_deg,
        plain_ks=plain / 1000.0,
        live_ks=live / 1000.0 if live_known else None,
        coding_weighted_ks=coded / 1000.0 if imager is not None else None,
        pointings=count,
        source=source,
    )


def _inside(pointings: Iterable[Pointing], t0: Instant, half_window_d: float) -> list[tuple[Pointing, float]]:
    """Pointings and the seconds of each that lie in the window."""
    stable = [p for p in pointings if p.kind == "pointing"]
    if not stable:
        return []
    half_s = half_window_d * 86400.0
    start_s = np.array([times.seconds_between(p.start, t0) for p in stable])
    stop_s = np.array([times.seconds_between(p.stop, t0) for p in stable])
    seconds = np.minimum(stop_s, half_s) - np.maximum(start_s, -half_s)
    return [(p, float(s)) for p, s in zip(stable, seconds, strict=True) if s > 0]


def _in_view(v: FloatArray, pointing: Pointing, mission: Mission) -> IntArray:
    axis = healpix.unit_vectors(np.radians(pointing.x_ra_deg), np.radians(pointing.x_dec_deg))
    return np.nonzero(v @ axis > np.cos(np.radians(mission.fov_radius_deg)))[0]


def _attitude(pointing: Pointing, mission: Mission) -> Attitude | None:
    """The pointing's attitude; where the list has no Z axis, with the roll that the Sun asks; None where that cannot be told."""
    if pointing.z_ra_deg is None or pointing.z_dec_deg is None:
        x = SkyCoord(pointing.x_ra_deg * u.deg, pointing.x_dec_deg * u.deg)
        try:
            return mission.attitude_from_x(x, pointing.start, "axes")
        except RefusedInput:
            return None
    return Attitude(
        at=pointing.start,
        x_ra_deg=pointing.x_ra_deg,
        x_dec_deg=pointing.x_dec_deg,
        z_ra_deg=pointing.z_ra_deg,
        z_dec_deg=pointing.z_dec_deg,
        source="axes",
    )

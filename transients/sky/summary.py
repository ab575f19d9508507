"""A sky map in one dictionary: what `transients skymap` prints."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, Instant, OrbitState
from transients.missions import frames
from transients.missions.base import Mission
from transients.missions.spectra import Spectrum

from .credible import localisation, peak
from .maps import SkyMap
from .visibility import earth_fraction, fov_fractions, sun_angles_deg, visibility


def skymap_report(
    m: SkyMap,
    *,
    at: Instant | None = None,
    mission: Mission | None = None,
    attitude: Attitude | None = None,
    orbit: OrbitState | None = None,
    sun_half_width_deg: float | None = None,
    instruments: tuple[str, ...] | None = None,
    spectrum: str | Spectrum = "hard",
) -> dict[str, Any]:
    """The map in numbers, with what an instant, an attitude and an orbit add; what cannot be said without them is None.

    Parameters
    ----------
    at : Instant, optional
        For the Sun and the Moon.
    mission, attitude : optional
        For the field of view and the response; the response needs both.
    orbit : OrbitState, optional
        For the Earth and the Moon.
    instruments : tuple of str, optional
        For the response; None: all the mission's response knows.
    spectrum : str or Spectrum
        Of which the response is given.

    Returns
    -------
    dict
        Plain JSON data; keys carry their unit.
    """
    low_deg, high_deg = sun_angles_deg(mission, sun_half_width_deg)
    where = localisation(m, str(m.meta.get("kind", "")))
    report: dict[str, Any] = {
        "area50_deg2": where.area50_deg2,
        "area90_deg2": where.area90_deg2,
        "peak_ra_deg": where.peak_ra_deg,
        "peak_dec_deg": where.peak_dec_deg,
        "total_probability": where.total_probability,
        "distmean_mpc": where.distmean_mpc,
        "tiles": where.tiles,
        "visible_fraction": None,
        "sun_half_width_deg": 0.5 * (high_deg - low_deg) if low_deg + high_deg == 180.0 else None,
        "sun_angles_deg": [low_deg, high_deg],
        "fov_fraction": None,
        "fov_full_fraction": None,
        "earth_fraction": None,
        "moon_fraction": None,
        "response": None,
        "remarks": list(m.remarks),
    }
    if at is not None:
        seen = visibility(m, at, mission, None, orbit, sun_half_width_deg)
        report["visible_fraction"], report["moon_fraction"] = seen.visible_fraction, seen.moon_fraction
    if orbit is not None:
        report["earth_fraction"] = earth_fraction(m, orbit)
    if attitude is not None and mission is not None:
        report["fov_fraction"], report["fov_full_fraction"] = fov_fractions(m, attitude, mission)
        report["response"] = response_towards(peak(m), attitude, mission, instruments, spectrum)
    return report


def response_towards(
    place: SkyCoord, attitude: Attitude, mission: Mission, instruments: tuple[str, ...] | None, spectrum: str | Spectrum
) -> dict[str, dict[str, Any]]:
    """Per instrument, its response in a direction, as that of a map's peak, in percent of its best, and the word for it."""
    theta_rad, phi_rad = frames.to_spacecraft(float(place.ra.rad), float(place.dec.rad), attitude)
    out: dict[str, dict[str, Any]] = {}
    for instrument in instruments or mission.response.instruments:
        percent = float(np.asarray(mission.response.percent_of_best(instrument, spectrum, theta_rad, phi_rad)))
        out[instrument] = {"percent_of_best_at_peak": percent, "word": mission.response.word(percent)}
    return out

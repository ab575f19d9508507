"""Where the spacecraft is, roughly: a Kepler ellipse through the modelled perigees, for when no orbit file or service answers."""

from __future__ import annotations

import numpy as np
from astropy.time import Time

from schemas import FloatArray, OrbitState

from ..frames import vector_direction
from ..times import ijd, to_instant
from .elements import Elements, elements_at
from .revolutions import SOURCE, perigee_ijd, revolution

#: Earth's gravitational parameter, km^3 s^-2.
MU_KM3_S2 = 398600.4418


def semi_major_axis_km(period_d: float) -> float:
    """Kepler's third law: 2.991 d gives 87 690 km, 2.660 d 81 100 km."""
    return float((MU_KM3_S2 * (period_d * 86400 / (2 * np.pi)) ** 2) ** (1 / 3))


def solve_kepler(mean_anomaly_rad: FloatArray | float, eccentricity: float) -> FloatArray:
    """The eccentric anomaly E with E - e sin E = M, radians, by Newton steps (converged below 1e-12 for e < 0.95)."""
    mean = np.asarray(mean_anomaly_rad, dtype=float)
    anomaly = np.where(np.sin(mean) >= 0, mean + eccentricity, mean - eccentricity) if eccentricity > 0.5 else mean.copy()
    for _ in range(50):
        step = (anomaly - eccentricity * np.sin(anomaly) - mean) / (1 - eccentricity * np.cos(anomaly))
        anomaly = anomaly - step
        if np.all(np.abs(step) < 1e-13):
            break
    return np.asarray(anomaly)


def kepler_position_km(phase: float, semi_major_km: float, elements: Elements) -> FloatArray:
    """The place on an ellipse at a phase of the period (0 at perigee), geocentric, ICRS-aligned axes, km, shape (3,)."""
    e = elements.eccentricity
    anomaly = solve_kepler(2 * np.pi * phase, e)
    inclination, node, perigee = np.radians([elements.inclination_deg, elements.node_deg, elements.perigee_deg])
    to_node = np.array([np.cos(node), np.sin(node), 0.0])
    beyond = np.array([-np.sin(node) * np.cos(inclination), np.cos(node) * np.cos(inclination), np.sin(inclination)])
    p = np.cos(perigee) * to_node + np.sin(perigee) * beyond
    q = -np.sin(perigee) * to_node + np.cos(perigee) * beyond
    return np.asarray(semi_major_km * ((np.cos(anomaly) - e) * p + np.sqrt(1 - e**2) * np.sin(anomaly) * q))


def approximate_orbit(time: Time) -> OrbitState:
    """The modelled place at an instant, with a bound on its error: that of the perigee times and of the ellipse's direction.

    Raises
    ------
    NoData
        Before the launch.
    """
    turn = revolution(time)
    period = perigee_ijd(turn.number + 1) - perigee_ijd(turn.number)
    axis = semi_major_axis_km(period)
    elements = elements_at(ijd(time))
    here = kepler_position_km(turn.phase, axis, elements)
    # The step along the orbit for a late or early perigee, and the turn of the ellipse as a whole.
    steps = [kepler_position_km(turn.phase + d, axis, elements) for d in (-turn.phase_error, turn.phase_error)]
    along = max(float(np.linalg.norm(step - here)) for step in steps)
    distance = float(np.linalg.norm(here))
    direction = vector_direction(here)
    return OrbitState(
        at=to_instant(time),
        ra_deg=float(direction.ra.deg),
        dec_deg=float(direction.dec.deg),
        distance_km=distance,
        source=SOURCE,
        error_km=along + distance * float(np.radians(elements.error_deg)),
    )

"""Where the spacecraft is, roughly: a Kepler ellipse through the modelled perigees, for when no orbit file or service answers."""

from __future__ import annotations

import numpy as np
from astropy.time import Time

from schemas import FloatArray, OrbitState

from ..frames import vector_direction
from ..times import ijd, to_instant
from .elements import Elements, elements_at
from .revolutions import SOURCE, phases

#: Earth's gravitational parameter, km^3 s^-2.
MU_KM3_S2 = 398600.4418


def semi_major_axis_km(period_d: FloatArray | float) -> FloatArray:
    """Kepler's third law: 2.991 d gives 87 690 km, 2.660 d 81 100 km."""
    return np.cbrt(MU_KM3_S2 * (np.asarray(period_d) * 86400 / (2 * np.pi)) ** 2)


def solve_kepler(mean_anomaly_rad: FloatArray | float, eccentricity: FloatArray | float) -> FloatArray:
    """The eccentric anomaly E with E - e sin E = M, radians, by Newton steps (converged below 1e-12 for e < 0.95)."""
    mean, e = np.asarray(mean_anomaly_rad, dtype=float), np.asarray(eccentricity, dtype=float)
    ahead = np.where(np.sin(mean) >= 0, mean + e, mean - e)
    anomaly = np.where(e > 0.5, ahead, mean)
    for _ in range(50):
        step = (anomaly - e * np.sin(anomaly) - mean) / (1 - e * np.cos(anomaly))
        anomaly = anomaly - step
        if np.all(np.abs(step) < 1e-13):
            break
    return np.asarray(anomaly)


def kepler_position_km(phase: FloatArray | float, semi_major_km: FloatArray | float, elements: Elements) -> FloatArray:
    """Places on ellipses at phases of the period (0 at perigee), geocentric, ICRS-aligned axes, km, shape (…, 3)."""
    e = elements.eccentricity
    anomaly = solve_kepler(2 * np.pi * np.asarray(phase), e)
    inclination, node, perigee = (np.radians(a) for a in (elements.inclination_deg, elements.node_deg, elements.perigee_deg))
    to_node = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=-1)
    beyond = np.stack([-np.sin(node) * np.cos(inclination), np.cos(node) * np.cos(inclination), np.sin(inclination)], axis=-1)
    turn = perigee[..., np.newaxis]
    p = np.cos(turn) * to_node + np.sin(turn) * beyond
    q = -np.sin(turn) * to_node + np.cos(turn) * beyond
    along, across = np.cos(anomaly) - e, np.sqrt(1 - e**2) * np.sin(anomaly)
    axis = np.asarray(semi_major_km)[..., np.newaxis]
    return np.asarray(axis * (along[..., np.newaxis] * p + across[..., np.newaxis] * q))


def approximate_positions(time: Time) -> tuple[FloatArray, FloatArray]:
    """The modelled places (m, 3), km, at instants (m,), and bounds on their errors (m,), km: those of the perigee times and of the
    ellipse's direction.

    Raises
    ------
    NoData
        Before the launch.
    """
    days = np.atleast_1d(ijd(time))
    turn = phases(days)
    axis = semi_major_axis_km(turn.period_d)
    elements = elements_at(days)
    # The step along the orbit for a late or early perigee, and the turn of the ellipse as a whole.
    here, early, late = kepler_position_km(turn.phase + np.array([[0.0], [-1.0], [1.0]]) * turn.phase_error, axis, elements)
    along = np.maximum(np.linalg.norm(early - here, axis=-1), np.linalg.norm(late - here, axis=-1))
    return here, np.asarray(along + np.linalg.norm(here, axis=-1) * np.radians(elements.error_deg))


def approximate_orbit(time: Time) -> OrbitState:
    """The modelled place at an instant; see `approximate_positions`."""
    here, error = approximate_positions(time)
    direction = vector_direction(here[0])
    return OrbitState(
        at=to_instant(time),
        ra_deg=float(direction.ra.deg),
        dec_deg=float(direction.dec.deg),
        distance_km=float(np.linalg.norm(here[0])),
        source=SOURCE,
        error_km=float(error[0]),
    )

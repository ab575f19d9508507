"""Where the spacecraft is, roughly: a Kepler ellipse through the modelled perigees, for when no orbit file or service answers."""

from __future__ import annotations

import numpy as np
from astropy.time import Time

from schemas import FloatArray, OrbitState

from ..frames import ra_dec_deg
from ..times import ijd, to_instant
from .elements import Elements, elements_at
from .revolutions import SOURCE, phases

#: Earth's gravitational parameter, km^3 s^-2.
MU_KM3_S2 = 398600.4418


def semi_major_axis_km(period_d: FloatArray | float) -> FloatArray:
    """Kepler's third law: 2.991 d gives 87 690 km, 2.660 d 81 100 km."""
    return np.cbrt(MU_KM3_S2 * (np.asarray(period_d) * 86400 / (2 * np.pi)) ** 2)


def kepler_places_km(
    phase: FloatArray, either_way: FloatArray, semi_major_km: FloatArray, elements: Elements
) -> tuple[FloatArray, FloatArray]:
    """Places on ellipses (m, 3) at phases of the period (m,), 0 at perigee, geocentric, ICRS-aligned axes, km; and how far it is to where
    one is so much of the period earlier or later, (m,) km."""
    from ._kepler import places  # numba takes a quarter of a second

    angles = (np.radians(angle) for angle in (elements.inclination_deg, elements.node_deg, elements.perigee_deg))
    return places(phase, either_way, semi_major_km, elements.eccentricity, *angles)


def approximate_positions(time: Time) -> tuple[FloatArray, FloatArray]:
    """The modelled places (m, 3), km, at instants (m,), and bounds on their errors (m,), km: those of the perigee times and of the
    ellipse's direction.

    Raises
    ------
    NoData
        Before the launch.
    """
    days = np.atleast_1d(ijd(time))
    turn, elements = phases(days), elements_at(days)
    # The step along the orbit for a late or early perigee, and the turn of the ellipse as a whole.
    here, along = kepler_places_km(turn.phase, turn.phase_error, semi_major_axis_km(turn.period_d), elements)
    return here, along + np.linalg.norm(here, axis=-1) * np.radians(elements.error_deg)


def approximate_orbit(time: Time) -> OrbitState:
    """The modelled place at an instant; see `approximate_positions`."""
    here, error = approximate_positions(time)
    ra_deg, dec_deg = ra_dec_deg(here[0])
    return OrbitState(
        at=to_instant(time),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        distance_km=float(np.linalg.norm(here[0])),
        source=SOURCE,
        error_km=float(error[0]),
    )

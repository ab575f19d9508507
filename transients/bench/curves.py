"""Simulated data for the measurements."""

from __future__ import annotations

from schemas import Instant
from transients.missions.integral import Integral
from transients.sources import SimulatedObservatory, load_response

#: Within a revolution's data interval, and within one science window.
T0 = Instant.parse("2023-05-18T12:59:08.167")
INSTRUMENT = "SPI-ACS"
SEED = 11


def observatory() -> SimulatedObservatory:
    """The simulated INTEGRAL, with no burst in it."""
    return SimulatedObservatory(SEED, Integral(load_response()))

"""INTEGRAL, the first mission: times, orbit, attitude, instruments, response, files."""

from .attitude import attitude_from_x
from .instruments import INSTRUMENTS, coding_fraction, coding_fraction_at
from .mission import Integral
from .orbit import approximate_orbit
from .revolutions import perigee, revolution
from .scw import ScienceWindow, parse_science_window, science_window_id
from .windows import data_window, expectation

__all__ = [
    "INSTRUMENTS",
    "Integral",
    "ScienceWindow",
    "approximate_orbit",
    "attitude_from_x",
    "coding_fraction",
    "coding_fraction_at",
    "data_window",
    "expectation",
    "parse_science_window",
    "perigee",
    "revolution",
    "science_window_id",
]

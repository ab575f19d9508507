"""INTEGRAL, the first mission: times, orbit, attitude, instruments, response, files, and the words of its circulars."""

from .attitude import attitude_from_x
from .files import read_attitude, read_orbit
from .index import index_attitude, read_index
from .instruments import INSTRUMENTS, coding_fraction, coding_fraction_at
from .mission import Integral
from .orbit import approximate_orbit
from .response import ResponseModel, response_from_json
from .response_fits import response_from_fits, response_to_fits
from .revolutions import perigee, revolution
from .scw import ScienceWindow, parse_science_window, science_window_id
from .style import FACTS
from .timeline import Timeline, read_timeline
from .window_time import science_window_time
from .windows import data_window, expectation, planned_gaps

__all__ = [
    "FACTS",
    "INSTRUMENTS",
    "Integral",
    "ResponseModel",
    "ScienceWindow",
    "Timeline",
    "approximate_orbit",
    "attitude_from_x",
    "coding_fraction",
    "coding_fraction_at",
    "data_window",
    "expectation",
    "index_attitude",
    "parse_science_window",
    "perigee",
    "planned_gaps",
    "read_attitude",
    "read_index",
    "read_orbit",
    "read_timeline",
    "response_from_fits",
    "response_from_json",
    "response_to_fits",
    "revolution",
    "science_window_id",
    "science_window_time",
]

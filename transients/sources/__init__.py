"""Data in: services, archive, recorded files, real-time stream, simulator; honest about "not yet", "never" and "refused"."""

from .base import DataSource
from .breaker import Breaker
from .calibration import load_response
from .files import FileSource
from .first_of import FirstOf
from .formats import read_lightcurve, select, write_lightcurve
from .mission import MissionPlugin
from .orbit_file import OrbitFile
from .pointings import PointingSource
from .provider import Provider
from .service_source import ServiceSource
from .services import IntegralServices
from .simulated import SimulatedSource, parse_burst
from .simulator import NoiseOptions, SimulatedBurst, SimulatedObservatory
from .skymaps import fetch_skymap
from .tiers import data_status, freshness
from .veto import bins_kept, without_periodic_bins

__all__ = [
    "Breaker",
    "DataSource",
    "FileSource",
    "FirstOf",
    "IntegralServices",
    "MissionPlugin",
    "NoiseOptions",
    "OrbitFile",
    "PointingSource",
    "Provider",
    "ServiceSource",
    "SimulatedBurst",
    "SimulatedObservatory",
    "SimulatedSource",
    "bins_kept",
    "data_status",
    "fetch_skymap",
    "freshness",
    "load_response",
    "parse_burst",
    "read_lightcurve",
    "select",
    "without_periodic_bins",
    "write_lightcurve",
]

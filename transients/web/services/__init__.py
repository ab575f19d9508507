"""The data services' routes over any provider: the archive, as a public light-curve service, or the simulator.

Paths and replies are those of the services around INTEGRAL, so that one client talks to all of them. What is simulated says so:
header `X-Simulated: transients`, a comment line in text, `simulated` in JSON, keyword SIMULATD in FITS.
"""

from .faults import Fault, Faults, parse_fault
from .routes import service_routes
from .simulator import create_simulator_app, run_simulator

__all__ = ["Fault", "Faults", "create_simulator_app", "parse_fault", "run_simulator", "service_routes"]

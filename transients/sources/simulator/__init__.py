"""A simulated observatory: pure physics, the same numbers for the same seed at any time of the mission; nothing was observed."""

from .bursts import SimulatedBurst
from .counters import NoiseOptions
from .observatory import SimulatedObservatory

__all__ = ["NoiseOptions", "SimulatedBurst", "SimulatedObservatory"]

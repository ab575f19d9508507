"""A simulated observatory: pure physics, the same numbers for the same seed at any time of the mission; nothing was observed."""

from .bursts import SimulatedBurst
from .counters import NoiseOptions
from .observatory import SimulatedObservatory
from .population import PER_DAY, draw_bursts
from .truth import injected_bursts, injected_spikes

__all__ = [
    "PER_DAY",
    "NoiseOptions",
    "SimulatedBurst",
    "SimulatedObservatory",
    "draw_bursts",
    "injected_bursts",
    "injected_spikes",
]

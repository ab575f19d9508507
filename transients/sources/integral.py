"""INTEGRAL as a plug-in: the mission, its data services and its simulator."""

from __future__ import annotations

from typing import cast

from ..missions import Mission
from ..missions.integral import FACTS, Integral
from .base import DataSource
from .calibration import load_response
from .mission import Clock, MissionPlugin
from .service_source import ServiceSource
from .services import IntegralServices
from .simulated import SimulatedSource
from .simulator import SimulatedObservatory


def _make(response_file: str) -> Integral:
    return Integral(load_response(response_file))


def _services(address: str, mission: Mission, timeout_s: float, clock: Clock) -> DataSource:
    return ServiceSource(IntegralServices(address, timeout_s=timeout_s, clock=clock), clock)


def _simulator(seed: int, mission: Mission) -> DataSource:
    # A plug-in is given the mission that it made.
    return SimulatedSource(SimulatedObservatory(seed, cast(Integral, mission)))


plugin = MissionPlugin(facts=FACTS, make=_make, services=_services, simulator=_simulator)

"""What an event's journey needs around it: the mission, the data, the settings, and where sky maps come from."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from schemas import (
    Attitude,
    DataExpectation,
    DataStatus,
    Geometry,
    Instant,
    LightCurve,
    LightCurveInfo,
    OrbitState,
    Pointing,
    SkyMapRef,
)
from transients.config import Settings
from transients.missions import Mission

T = TypeVar("T")


class Compute(Protocol):
    """Calls a function off the event loop: in a thread, or in another process, so it and its arguments can be pickled."""

    async def __call__(self, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> T: ...


class Source(Protocol):
    """The part of a data source that the pipeline uses; see `transients.sources.DataSource`."""

    @property
    def name(self) -> str: ...
    @property
    def simulated(self) -> bool: ...
    async def attitude(self, at: Instant) -> Attitude: ...
    async def orbit(self, at: Instant) -> OrbitState: ...
    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]: ...
    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve: ...
    async def expectation(self, at: Instant) -> DataExpectation: ...
    async def science_window(self, at: Instant) -> str: ...


@dataclasses.dataclass(frozen=True)
class SourceName:
    """What computing needs to know of a source."""

    name: str
    simulated: bool


@dataclasses.dataclass(frozen=True)
class Given:
    """What arithmetic needs of the context: nothing of it waits, or asks anybody.

    `other_orbits` are other spacecraft by name, each with what tells its place at an instant; it raises NoData where it cannot.
    """

    mission: Mission
    source: SourceName
    settings: Settings
    version: str
    other_orbits: Mapping[str, Callable[[Instant], OrbitState]]


@dataclasses.dataclass(frozen=True)
class Context:
    """Passed to every step.

    Attributes
    ----------
    fetch_map
        Gives the bytes of a referenced sky map, from the store or the network.
    other_orbits
        See `Given`.
    compute
        Where the arithmetic is done.
    """

    mission: Mission
    source: Source
    settings: Settings
    fetch_map: Callable[[SkyMapRef], Awaitable[bytes]]
    version: str
    other_orbits: Mapping[str, Callable[[Instant], OrbitState]] = dataclasses.field(default_factory=dict)
    compute: Compute = asyncio.to_thread

    @property
    def given(self) -> Given:
        """What arithmetic needs of it."""
        source = SourceName(self.source.name, self.source.simulated)
        return Given(self.mission, source, self.settings, self.version, self.other_orbits)


def is_simulated(geometry: Geometry | None, rates: Iterable[DataStatus | LightCurveInfo], context: Context | Given) -> bool:
    """Whether anything of a result comes from a simulator: the source as a whole, the attitude, or any count rate."""
    attitude = None if geometry is None else geometry.attitude
    return (
        context.source.simulated
        or (attitude is not None and attitude.source == "simulated")
        or any(each.simulated for each in rates)
    )

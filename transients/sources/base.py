"""What every source of data answers, whatever stands behind it."""

from __future__ import annotations

from typing import Protocol

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing

from ..missions.base import DataTier
from .newest import Newest
from .offset import ClockOffset


class DataSource(Protocol):
    """Where a spacecraft was, what it looked at, what it counted, whether it was expected to.

    Every method raises one of: NoData (there is none and will be none), NotYet (not there yet), ServiceRefused,
    ServiceUnreachable, BadRequest (a configuration error), RefusedInput (an answer that is no answer). None ever gives
    invented numbers in place of missing ones.
    """

    @property
    def name(self) -> str:
        """The source, for people."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether nothing of it was ever observed."""
        ...

    async def attitude(self, at: Instant) -> Attitude:
        """Directions of the spacecraft's axes at an instant (spacecraft's clock, UTC)."""
        ...

    async def orbit(self, at: Instant) -> OrbitState:
        """Where the spacecraft was, from Earth's centre."""
        ...

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        """Science windows that overlap [start, stop], in time order."""
        ...

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        """Counts within `half_width_s` of `t0` on the spacecraft's clock; missing bins are absent."""
        ...

    async def expectation(self, at: Instant) -> DataExpectation:
        """Whether data was expected at an instant, and the breaks around it."""
        ...

    async def science_window(self, at: Instant) -> str:
        """Id of the science window at an instant."""
        ...

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        """The newest data of a tier that was there at an instant; of the past, by the tier's usual delay."""
        ...

    def clock_offset(self) -> ClockOffset | None:
        """How far this machine's clock was from the source's at its replies; None where it tells no time."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...

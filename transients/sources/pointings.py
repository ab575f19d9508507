"""Pointing notices as a source: where a spacecraft said it would look, when nothing better tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing, PointingUpdate
from schemas.errors import NoData

from ..missions import Mission
from ..missions.announced import AnnouncedPointings, AnnouncementRule
from ..missions.base import DataTier
from .clock import shift

Fetch = Callable[[str, Instant, Instant], Awaitable[Sequence[PointingUpdate]]]


class PointingSource:
    """Attitude and pointings from notices; it knows nothing else, and says so.

    Parameters
    ----------
    fetch
        Gives a mission's notices of an interval of time, as the inbox does.
    mission
        Whose notices; the roll follows from its attitude to the Sun.
    place
        Where the notices are, for people: "the inbox".
    """

    def __init__(self, fetch: Fetch, mission: Mission, place: str, rule: AnnouncementRule | None = None) -> None:
        self._fetch = fetch
        self._mission = mission
        self._place = place
        self._rule = AnnouncementRule() if rule is None else rule

    @property
    def name(self) -> str:
        return f"pointing notices in {self._place}"

    @property
    def simulated(self) -> bool:
        """Notices of tests are left out."""
        return False

    async def attitude(self, at: Instant) -> Attitude:
        return (await self._announced(at, at)).attitude(at)

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        announced = await self._announced(start, stop)
        return await asyncio.to_thread(announced.pointings, start, stop)

    async def orbit(self, at: Instant) -> OrbitState:
        raise NoData("notices do not tell where the spacecraft is", where=self.name)

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        raise NoData("notices bring no counts", where=self.name)

    async def expectation(self, at: Instant) -> DataExpectation:
        raise NoData("notices do not tell when data was expected", where=self.name)

    async def science_window(self, at: Instant) -> str:
        raise NoData("notices name no science windows", where=self.name)

    async def newest(self, tier: DataTier, at: Instant) -> NoReturn:
        """A notice is no data of any tier."""
        raise NoData("notices bring no counts", where=self.name)

    def clock_offset(self) -> None:
        """They come when they come."""

    async def aclose(self) -> None:
        """Nothing is held."""

    async def _announced(self, start: Instant, stop: Instant) -> AnnouncedPointings:
        """From the notices of the interval and of the time about it in which one may still hold, or tell of what was before."""
        first, last = shift(start, -self._rule.overdue_s), shift(stop, self._rule.overdue_s)
        updates = await self._fetch(self._mission.name, first, last)
        if not updates:
            raise NoData(f"no pointing was announced between {first} and {last}", where=self.name)
        mission = self._mission
        return await asyncio.to_thread(AnnouncedPointings, updates, mission.attitude_from_x, mission.slew, self._rule)

"""A source that is left alone for a while after it failed several times: whoever asks is told at once, and nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import ServiceUnreachable

from ..missions.base import DataTier
from .base import DataSource
from .newest import Newest
from .offset import ClockOffset

T = TypeVar("T")

#: Failures one after another until it is left alone, and for how long, s; each further failure doubles it, up to the last.
FAILURES = 3
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 300.0


class Breaker:
    """A source behind a circuit breaker, and the health of the source.

    A failure is an answer that did not come (ServiceUnreachable). Whatever does come shows that the source is there, also that it
    has no data. After a pause one question is let through: its answer closes the circuit, its failure opens it for twice as long.

    Parameters
    ----------
    source
        What is asked.
    failures, first_pause_s, longest_pause_s
        See above.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        source: DataSource,
        *,
        failures: int = FAILURES,
        first_pause_s: float = FIRST_PAUSE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._failures = failures
        self._pauses_s = (first_pause_s, longest_pause_s)
        self._clock = clock
        self._failed = 0
        self._why = ""
        self._until = 0.0
        self._trying = False

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def simulated(self) -> bool:
        return self._source.simulated

    @property
    def open_for_s(self) -> float:
        """Seconds for which it is still left alone; 0: it is asked."""
        return max(0.0, self._until - self._clock()) if self._failed >= self._failures else 0.0

    async def attitude(self, at: Instant) -> Attitude:
        return await self._ask(lambda: self._source.attitude(at))

    async def orbit(self, at: Instant) -> OrbitState:
        return await self._ask(lambda: self._source.orbit(at))

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        return await self._ask(lambda: self._source.pointings(start, stop))

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        return await self._ask(lambda: self._source.light_curve(instrument, t0, half_width_s))

    async def expectation(self, at: Instant) -> DataExpectation:
        return await self._ask(lambda: self._source.expectation(at))

    async def science_window(self, at: Instant) -> str:
        return await self._ask(lambda: self._source.science_window(at))

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        return await self._ask(lambda: self._source.newest(tier, at))

    def clock_offset(self) -> ClockOffset | None:
        return self._source.clock_offset()

    async def aclose(self) -> None:
        await self._source.aclose()

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        if self._failed >= self._failures and (self._trying or self.open_for_s > 0.0):
            raise ServiceUnreachable(
                f"left alone for {self.open_for_s:.0f} s more after {self._failed} failures, the last: {self._why}",
                where=self.name,
            )
        self._trying = True
        try:
            answer = await question()
        except ServiceUnreachable as error:
            self._note_failure(error)
            raise
        except Exception:
            self._failed = 0
            raise
        finally:
            self._trying = False
        self._failed = 0
        return answer

    def _note_failure(self, error: ServiceUnreachable) -> None:
        self._failed += 1
        self._why = error.message
        beyond = self._failed - self._failures
        if beyond >= 0:
            first, longest = self._pauses_s
            self._until = self._clock() + min(first * 2.0 ** min(beyond, 30), longest)

"""What the sources say of the observatory for the status card: asked all at once, each within a patience, and kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from schemas import DataExpectation, Instant, OrbitState
from schemas.errors import NotYet, ServiceUnreachable, TransientsError
from transients.missions import Mission
from transients.missions.base import DataTier
from transients.sources import DataSource
from transients.sources.newest import Newest
from transients.sources.offset import ClockOffset

T = TypeVar("T")

#: A question to the sources may take this long, s: the card is late then, and says which answer is missing.
PATIENCE_S = 20.0
#: Answers are asked anew when they are older than this, s; whoever wants the card waits for the first no longer than that, for newer
#: ones than there are no longer than this.
_KEEP_S, _FIRST_WAIT_S, _WAIT_S = 10.0, 5.0, 1.0

log = structlog.get_logger("transients.service")


#: What stands in the place of an answer that is waited for.
NO_ANSWER_YET = NotYet("the sources were asked and have not answered yet")


@dataclass(frozen=True)
class Observed:
    """The answers, or what was said in their place, and when they were asked: None while the first are waited for."""

    at: Instant | None
    source: str
    simulated: bool
    tiers: dict[str, Newest | TransientsError] = field(default_factory=dict)
    orbit: OrbitState | TransientsError = field(default_factory=lambda: NO_ANSWER_YET)
    expectation: DataExpectation | TransientsError = field(default_factory=lambda: NO_ANSWER_YET)
    clock_offset: ClockOffset | None = None


async def observe(data: DataSource, mission: Mission, at: Instant, patience_s: float | None = None) -> Observed:
    """Ask the sources everything at once. Never raises for what a source says or fails to say."""
    patience_s = PATIENCE_S if patience_s is None else patience_s

    async def ask(answer: Awaitable[T]) -> T | TransientsError:
        try:
            async with asyncio.timeout(patience_s):
                return await answer
        except TimeoutError:
            return ServiceUnreachable(f"no answer within {patience_s:g} s", where=data.name)
        except TransientsError as error:
            return error
        except Exception as error:
            # A plug-in's source may break in any way: the card says so and shows the rest.
            log.exception("a source broke", action="source-broke", source=data.name)
            return TransientsError(f"the source broke: {type(error).__name__}: {error}", where=data.name)

    tiers: tuple[DataTier, ...] = mission.tiers
    *rows, orbit, expectation = await asyncio.gather(
        *(ask(data.newest(tier, at)) for tier in tiers), ask(data.orbit(at)), ask(data.expectation(at))
    )
    newest = {tier.name: row for tier, row in zip(tiers, rows, strict=True)}
    simulated = data.simulated or any(isinstance(row, Newest) and row.simulated for row in rows)
    return Observed(at, data.name, simulated, newest, orbit, expectation, data.clock_offset())  # type: ignore[arg-type]


class Observing:
    """The sources' answers, asked in the background when they are wanted and have grown old. A source that hangs holds up no page.

    Parameters
    ----------
    ask
        Asks the sources as of now.
    name
        The sources, for people.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[Observed]],
        name: str = "",
        *,
        keep_s: float = _KEEP_S,
        first_wait_s: float = _FIRST_WAIT_S,
        wait_s: float = _WAIT_S,
    ) -> None:
        self._ask = ask
        self._name = name
        self._keep_s, self._first_wait_s, self._wait_s = keep_s, first_wait_s, wait_s
        self._last: tuple[float, Observed] | None = None
        self._began = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def get(self) -> Observed:
        """The newest answers there are, with the time they were asked; none yet where the first keep on being waited for."""
        if self._last is not None and time.monotonic() - self._last[0] < self._keep_s:
            return self._last[1]
        self.start()
        wait_s = self._first_wait_s if self._last is None else self._wait_s
        # Counted from when they were asked: who comes later waits less. And who stops waiting (a closed page) stops no question.
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=max(0.0, self._began + wait_s - time.monotonic()))
        return Observed(None, self._name, simulated=False) if self._last is None else self._last[1]

    def start(self) -> None:
        """Ask, unless they are being asked."""
        if self._asking is None or self._asking.done():
            self._began = time.monotonic()
            self._asking = asyncio.create_task(self._renew(), name="ask the sources")

    async def _renew(self) -> None:
        self._last = (self._began, await self._ask())

    async def aclose(self) -> None:
        """Ask no more."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            await asyncio.wait({self._asking})

"""Events, a context, and a source that says what a test tells it to, for tests of the pipeline and the service."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from schemas import Circle, Event, Instant, NoticeEntry, SkyMapRef
from schemas.errors import NoData
from transients.config import Settings
from transients.missions.base import DataTier
from transients.missions.integral import Integral
from transients.pipeline import Context
from transients.sources import SimulatedBurst, SimulatedObservatory, SimulatedSource, load_response
from transients.sources.offset import ClockOffset

T0 = Instant.parse("2023-05-18T12:59:08.167")
NOW = Instant.parse("2023-05-18T21:00:00")
PLACE = Circle(ra_deg=95.0, dec_deg=-35.0, radius_deg=1.0)
#: Bright, short, and from the place: found wherever it is looked for.
BURST = SimulatedBurst(t0=T0, ra_deg=95.0, dec_deg=-35.0, fluence_erg_cm2=2e-5, spectrum="hard", t90_s=0.3)
#: Nothing counts in a passage of the belts; this instant is in one.
PERIGEE = Instant.parse("2023-11-27T16:53:00.000")


@functools.cache
def mission() -> Integral:
    """The mission as it ships."""
    return Integral(load_response())


@functools.cache
def _observatory(seed: int, bursts: tuple[SimulatedBurst, ...]) -> SimulatedObservatory:
    """Kept: its plans of twenty days take longer to make than most tests."""
    return SimulatedObservatory(seed, mission(), bursts=bursts)


def event(**changes: Any) -> Event:
    """A gamma-ray burst with a small error circle, unless changed."""
    entry = NoticeEntry(content_id="a" * 64, kind="SAMPLE", revision="1", role="observation", received=NOW)
    plain: dict[str, Any] = {
        "event_key": "Sample:1", "event_id": "1", "origin": "Sample", "messenger": "gamma-ray", "role": "observation",
        "revision": 1, "t0": T0, "region": PLACE, "policy": "gbm", "history": (entry,),
    }  # fmt: skip
    return Event(**(plain | changes))


class SaidSource:
    """The simulated observatory, but for the answers that a test gives: a record, or an error to raise.

    Each question asked is noted in `asked`.
    """

    def __init__(
        self,
        answers: Mapping[str, Any] | None = None,
        *,
        seed: int = 5,
        bursts: tuple[SimulatedBurst, ...] = (),
        simulated: bool = True,
    ) -> None:
        self._real = SimulatedSource(_observatory(seed, bursts))
        self.answers = dict(answers or {})
        self.asked: list[str] = []
        self._simulated = simulated

    name = "sample source"

    @property
    def simulated(self) -> bool:
        return self._simulated

    async def _say(self, question: str, *arguments: Any) -> Any:
        first = arguments[0] if arguments else ""
        name = {"light_curve": f"light_curve {first}", "newest": f"newest {getattr(first, 'name', '')}"}.get(question, question)
        self.asked.append(name)
        for key in (name, question):
            if key in self.answers:
                answer = self.answers[key]
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return await getattr(self._real, question)(*arguments)

    async def attitude(self, at: Instant) -> Any:
        return await self._say("attitude", at)

    async def orbit(self, at: Instant) -> Any:
        return await self._say("orbit", at)

    async def pointings(self, start: Instant, stop: Instant) -> Any:
        return await self._say("pointings", start, stop)

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> Any:
        return await self._say("light_curve", instrument, t0, half_width_s)

    async def expectation(self, at: Instant) -> Any:
        return await self._say("expectation", at)

    async def science_window(self, at: Instant) -> Any:
        return await self._say("science_window", at)

    async def newest(self, tier: DataTier, at: Instant) -> Any:
        return await self._say("newest", tier, at)

    def clock_offset(self) -> ClockOffset | None:
        return self.answers.get("clock_offset")

    async def aclose(self) -> None:
        """Nothing is held."""


EVERYTHING = ("attitude", "orbit", "pointings", "light_curve", "expectation", "science_window", "newest")


def nothing(error: Exception | None = None) -> dict[str, Exception]:
    """Answers of a source that has nothing."""
    return dict.fromkeys(EVERYTHING, error or NoData("none here"))


async def no_map(reference: SkyMapRef) -> bytes:
    """A place for sky maps that has none."""
    raise NoData(f"no map {reference.label}")


def context(source: SaidSource, fetch_map: Any = no_map, settings: Settings | None = None) -> Context:
    """What a journey needs around an event."""
    return Context(mission=mission(), source=source, settings=settings or Settings(), fetch_map=fetch_map, version="0")

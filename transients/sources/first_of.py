"""Several sources, asked in turn until one answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import NoData, NotYet, TransientsError

from ..missions.base import DataTier
from .base import DataSource
from .newest import Newest
from .offset import ClockOffset

T = TypeVar("T")


class FirstOf:
    """The first source that answers; if none does, one error that names each and what it said.

    The error is retriable when any source's is: NotYet when one may have the data later; NoData when every source says that there
    is none; else the error of the source that could not tell, as it may know better when asked again.
    """

    def __init__(self, sources: Sequence[DataSource]) -> None:
        self.sources = tuple(sources)

    @property
    def name(self) -> str:
        return ", else ".join(source.name for source in self.sources) or "no source"

    @property
    def simulated(self) -> bool:
        """Whether every source is simulated. Records say for themselves which one they came from."""
        return bool(self.sources) and all(source.simulated for source in self.sources)

    async def attitude(self, at: Instant) -> Attitude:
        return await self._first(lambda source: source.attitude(at))

    async def orbit(self, at: Instant) -> OrbitState:
        return await self._first(lambda source: source.orbit(at))

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        return await self._first(lambda source: source.pointings(start, stop))

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        return await self._first(lambda source: source.light_curve(instrument, t0, half_width_s))

    async def expectation(self, at: Instant) -> DataExpectation:
        """The first that knows more than the orbit model; where none does, what the model says."""
        modelled: DataExpectation | None = None
        errors: list[tuple[str, TransientsError]] = []
        for source in self.sources:
            try:
                found = await source.expectation(at)
            except TransientsError as error:
                errors.append((source.name, error))
                continue
            if found.source != "orbit":
                return found
            modelled = found if modelled is None else modelled
        if modelled is None:
            raise gathered(errors)
        return modelled

    async def science_window(self, at: Instant) -> str:
        return await self._first(lambda source: source.science_window(at))

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        """The newest that any source has: an archive's data is no younger for being asked first."""
        answers = await asyncio.gather(*(source.newest(tier, at) for source in self.sources), return_exceptions=True)
        found: list[Newest] = []
        errors: list[tuple[str, TransientsError]] = []
        for source, answer in zip(self.sources, answers, strict=True):
            if isinstance(answer, Newest):
                found.append(answer)
            elif isinstance(answer, TransientsError):
                errors.append((source.name, answer))
            else:
                raise answer
        if not found:
            raise gathered(errors)
        return max(found, key=lambda newest: newest.until)

    def clock_offset(self) -> ClockOffset | None:
        return next((told for source in self.sources if (told := source.clock_offset()) is not None), None)

    async def aclose(self) -> None:
        for source in self.sources:
            await source.aclose()

    async def _first(self, ask: Callable[[DataSource], Awaitable[T]]) -> T:
        errors: list[tuple[str, TransientsError]] = []
        for source in self.sources:
            try:
                return await ask(source)
            except TransientsError as error:
                errors.append((source.name, error))
        raise gathered(errors)


def gathered(errors: Sequence[tuple[str, TransientsError]]) -> TransientsError:
    """One error for several sources' failures."""
    if not errors:
        return NoData("no source of data is configured")
    if len(errors) == 1:
        return errors[0][1]
    message = "; ".join(f"{name}: {error}" for name, error in errors)
    kinds = [error for _, error in errors]
    candidates: list[type[TransientsError]] = [NotYet]
    candidates += [type(error) for error in kinds if error.retriable]
    candidates += [type(error) for error in kinds if not isinstance(error, NoData)]
    for chosen in (*candidates, NoData):
        if any(isinstance(error, chosen) for error in kinds):
            whole: TransientsError = chosen(message)
            whole.__cause__ = ExceptionGroup("each source", kinds)
            return whole
    raise AssertionError("unreachable: an error is of its own type")

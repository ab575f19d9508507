"""What the sources say of the spacecraft about T0."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Awaitable, Callable
from typing import TypeVar

import astropy.units as u
import msgspec

from schemas import Attitude, DataExpectation, Instant, OrbitState, Pointing
from schemas.errors import TransientsError
from transients.missions import to_instant, to_time

from .context import Context

T = TypeVar("T")

#: The pointings are asked for within so many days of T0: the window of the dashboard's users.
POINTINGS_HALF_WINDOW_D = 10.0
#: What is asked for, in the words of the caveats.
ATTITUDE = "attitude"
_ORBIT = "orbit data (orbit model used)"
_TIMELINE = "timeline (expected data gaps are from the orbit model)"
_POINTINGS = "list of pointings"
_SCW = "science window"


@dataclasses.dataclass(frozen=True)
class SpacecraftState:
    """What the sources say of the spacecraft at T0; None where they have nothing, with the reason in `caveats`."""

    attitude: Attitude | None
    orbit: OrbitState
    expectation: DataExpectation
    pointings: tuple[Pointing, ...]
    scw_id: str | None
    caveats: tuple[str, ...]
    #: What failed in a way that passes, by the words of the caveats.
    passing: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Callable[[bytes, bytes], SpacecraftState], tuple[bytes, bytes]]:
        # To other processes as two pieces: pickled record by record, hundreds of pointings hold up the loop.
        rest = msgspec.msgpack.encode(dataclasses.replace(self, pointings=()))
        return _unpacked, (rest, msgspec.msgpack.encode(self.pointings))


def _unpacked(rest: bytes, pointings: bytes) -> SpacecraftState:
    return dataclasses.replace(msgspec.msgpack.decode(rest, type=SpacecraftState), pointings=_unpacked_pointings(pointings))


@functools.lru_cache(maxsize=4)
def _unpacked_pointings(packed: bytes) -> tuple[Pointing, ...]:
    """They take milliseconds to read, and are the same for events within an hour or so."""
    return msgspec.msgpack.decode(packed, type=tuple[Pointing, ...])


async def spacecraft_state(t0: Instant, context: Context) -> SpacecraftState:
    """Ask the sources about T0, everything at once; what they cannot say is computed from the mission's orbit model, or left out, and
    said so.
    """
    failed: dict[str, TransientsError] = {}

    async def ask(what: str, question: Awaitable[T]) -> T | None:
        try:
            return await question
        except TransientsError as error:
            failed[what] = error
            return None

    source, mission = context.source, context.mission
    time = to_time(t0)
    window = POINTINGS_HALF_WINDOW_D * u.day
    attitude, orbit, expectation, pointings, scw_id = await asyncio.gather(
        ask(ATTITUDE, source.attitude(t0)),
        ask(_ORBIT, source.orbit(t0)),
        ask(_TIMELINE, source.expectation(t0)),
        ask(_POINTINGS, source.pointings(to_instant(time - window), to_instant(time + window))),
        ask(_SCW, source.science_window(t0)),
    )
    # Told in one order, whichever answer came first.
    missing = {what: failed[what] for what in (ATTITUDE, _ORBIT, _TIMELINE, _POINTINGS, _SCW) if what in failed}
    return SpacecraftState(
        attitude=attitude,
        orbit=mission.approximate_orbit(time) if orbit is None else orbit,
        expectation=mission.expectation(t0) if expectation is None else expectation,
        pointings=() if pointings is None else pointings,
        scw_id=scw_id,
        caveats=tuple(f"No {what}: {error}" for what, error in missing.items()),
        passing=tuple(what for what, error in missing.items() if error.retriable),
    )

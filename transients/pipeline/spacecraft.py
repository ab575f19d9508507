"""What the sources say of the spacecraft about T0."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable
from typing import TypeVar

import astropy.units as u

from schemas import Attitude, DataExpectation, Instant, OrbitState, Pointing
from schemas.errors import TransientsError
from transients.missions import to_instant, to_time

from .context import Context

T = TypeVar("T")

#: The pointings are asked for within so many days of T0: the window of the dashboard's users.
POINTINGS_HALF_WINDOW_D = 10.0
#: What is asked for, in the words of the caveats.
ATTITUDE = "attitude"


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


async def spacecraft_state(t0: Instant, context: Context) -> SpacecraftState:
    """Ask the sources about T0; what they cannot say is computed from the mission's orbit model, or left out, and said so."""
    caveats: list[str] = []
    passing: list[str] = []

    async def ask(what: str, question: Awaitable[T]) -> T | None:
        try:
            return await question
        except TransientsError as error:
            caveats.append(f"No {what}: {error}")
            if error.retriable:
                passing.append(what)
            return None

    source, mission = context.source, context.mission
    time = to_time(t0)
    window = POINTINGS_HALF_WINDOW_D * u.day
    attitude = await ask(ATTITUDE, source.attitude(t0))
    orbit = await ask("orbit data (orbit model used)", source.orbit(t0))
    expectation = await ask("timeline (expected data gaps are from the orbit model)", source.expectation(t0))
    pointings = await ask("list of pointings", source.pointings(to_instant(time - window), to_instant(time + window)))
    scw_id = await ask("science window", source.science_window(t0))
    return SpacecraftState(
        attitude=attitude,
        orbit=mission.approximate_orbit(time) if orbit is None else orbit,
        expectation=mission.expectation(t0) if expectation is None else expectation,
        pointings=() if pointings is None else pointings,
        scw_id=scw_id,
        caveats=tuple(caveats),
        passing=tuple(passing),
    )

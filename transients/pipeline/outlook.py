"""What follows from the geometry for planning: windows over the next days, where to point, what was pointed at, delays elsewhere."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from schemas import Exposure, FloatArray, Instant, LightTravel, OrbitState, PointingAdvice, PointingHistory, VisibilityForecast
from schemas.errors import TransientsError
from transients.missions import to_time
from transients.missions.almanac import Almanac, places_of
from transients.missions.bodies import position_km
from transients.missions.surroundings import surroundings
from transients.sky import (
    CoarseMap,
    PointingTable,
    SkyMap,
    forecast,
    fov_exposure,
    light_travels,
    pointing_advice,
    pointing_history,
    pointing_table,
)

from .context import Given
from .spacecraft import POINTINGS_HALF_WINDOW_D, SpacecraftState

T = TypeVar("T")

#: Half width of the window of the field-of-view exposure and of the pointing history, days.
EXPOSURE_HALF_WINDOW_D = POINTINGS_HALF_WINDOW_D
#: The visibility is told for so many days from T0, its fraction in such steps: INTEGRAL turns about Earth in 2.7 d, and between
#: two steps the Sun moves by 0.12 deg.
FORECAST_D, FORECAST_STEP_S = 5.0, 3 * 3600.0
_NO_DIRECTION = "Without a position there is no visibility forecast, no pointing advice and no pointing history."


@dataclasses.dataclass(frozen=True)
class Outlook:
    """The parts; what could not be computed is None or empty, with the reason in `caveats`."""

    exposure: Exposure | None = None
    history: PointingHistory | None = None
    forecast: VisibilityForecast | None = None
    advice: PointingAdvice | None = None
    light_travels: tuple[LightTravel, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class OtherPlaces:
    """Where other spacecraft were at T0, by name; and why some could not be told."""

    places: Mapping[str, OrbitState]
    caveats: tuple[str, ...] = ()


class _Parts:
    """Tries parts one by one: one that fails leaves a caveat and does not stop the rest."""

    def __init__(self) -> None:
        self.caveats: list[str] = []

    def attempt(self, what: str, work: Callable[[], T]) -> T | None:
        """The part, or None."""
        try:
            return work()
        except (TransientsError, ValueError, ArithmeticError) as error:
            self.caveats.append(f"No {what}: {error}")
            return None


def outlook(
    t0: Instant,
    skymap: SkyMap,
    coarse: CoarseMap,
    direction: FloatArray | None,
    state: SpacecraftState,
    others: OtherPlaces,
    context: Given,
) -> Outlook:
    """Compute the parts for the region about a direction (3,), its peak; None: there is no position, and only the exposure is told."""
    parts = _Parts()
    table = pointing_table(state.pointings, t0) if state.pointings else None
    viewing = context.mission.fov_radius_deg > 0.0
    exposure = None if table is None or not viewing else parts.attempt("exposure", lambda: _exposure(coarse, table, t0, context))
    if direction is None:
        return Outlook(exposure=exposure, caveats=(_NO_DIRECTION, *parts.caveats))
    source = context.source.name
    return Outlook(
        exposure=exposure,
        history=None
        if table is None
        else parts.attempt("pointing history", lambda: pointing_history(direction, table, EXPOSURE_HALF_WINDOW_D, source=source)),
        forecast=parts.attempt("visibility forecast", lambda: _forecast(t0, coarse, direction, context)),
        advice=parts.attempt("pointing advice", lambda: _advice(t0, skymap, coarse, state, context))
        if context.mission.patterns
        else None,
        light_travels=light_travels(skymap, direction, {context.mission.name: state.orbit, **others.places}),
        caveats=(*_ended(t0, context), *others.caveats, *parts.caveats),
    )


def _exposure(coarse: CoarseMap, table: PointingTable, t0: Instant, context: Given) -> Exposure:
    return fov_exposure(coarse, table, t0, context.mission, EXPOSURE_HALF_WINDOW_D, source=context.source.name)


def _forecast(t0: Instant, coarse: CoarseMap, direction: FloatArray, context: Given) -> VisibilityForecast:
    mission, time = context.mission, to_time(t0)
    span_s = FORECAST_D * 86400.0
    return forecast(
        direction,
        t0,
        span_s,
        mission.constraint(context.settings.mission.sun_half_width_deg),
        Almanac(time, places_of(mission, time, span_s)),
        coarse=coarse,
        every_s=FORECAST_STEP_S,
        orbit_source=mission.approximate_orbit(time).source,
    )


def _advice(t0: Instant, skymap: SkyMap, coarse: CoarseMap, state: SpacecraftState, context: Given) -> PointingAdvice:
    mission = context.mission
    about = surroundings(to_time(t0).reshape((1,)), position_km(state.orbit)[np.newaxis])
    constraint = mission.constraint(context.settings.mission.sun_half_width_deg)
    return pointing_advice(skymap, t0, constraint, about, mission.patterns, mission.slew, attitude=state.attitude, coarse=coarse)


def other_places(t0: Instant, context: Given) -> OtherPlaces:
    """Where other spacecraft were at T0, as far as it is known."""
    parts = _Parts()
    found = {
        name: parts.attempt(f"light travel time to {name}", functools.partial(place_at, t0))
        for name, place_at in context.other_orbits.items()
    }
    return OtherPlaces({name: place for name, place in found.items() if place is not None}, tuple(parts.caveats))


def _ended(t0: Instant, context: Given) -> tuple[str, ...]:
    """Whether there was still anybody to point."""
    end = context.mission.last_observation
    if end is None or t0 <= end:
        return ()
    what = "the windows and the advice say only what its constraints would allow"
    return (f"{context.mission.name} stopped observing on {end.utc[:10]}: {what}.",)

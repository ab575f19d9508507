"""The step that needs no count rates: where the spacecraft was, where it looked, what it could see."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable
from typing import TypeVar

import astropy.units as u

from schemas import (
    Attitude,
    DataExpectation,
    Event,
    Exposure,
    Geometry,
    Instant,
    OrbitState,
    Pointing,
    Provenance,
    sha256_hex,
    to_json,
)
from schemas.errors import NoData, TransientsError
from schemas.provenance import InputRef
from transients.missions import light_travel, orientation, sun_direction, to_instant, to_time
from transients.sky import fov_exposure, peak, sun_angles_deg, urgency, visibility

from .context import Context
from .localise import Localised

T = TypeVar("T")

#: Half width of the window of the field-of-view exposure, days: that of the dashboard's users.
EXPOSURE_HALF_WINDOW_D = 10.0
#: What is asked for, in the words of the caveats.
ATTITUDE = "attitude"
_UNSHIFTED = "Without a position the light travel time is not known: T0 is taken as the time at the spacecraft."


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
    window = EXPOSURE_HALF_WINDOW_D * u.day
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


async def geometry(event: Event, localised: Localised, state: SpacecraftState, now: Instant, context: Context) -> Geometry:
    """Compute the geometry of an event with a known T0, off the event loop."""
    return await asyncio.to_thread(_compute, event, localised, state, now, context)


def _compute(event: Event, localised: Localised, state: SpacecraftState, now: Instant, context: Context) -> Geometry:
    if event.t0 is None:
        raise NoData("the alert gives no time", where=event.event_key)
    mission, skymap = context.mission, localised.skymap
    time = to_time(event.t0)
    # Without a position there is no direction, and no number may be made from one.
    direction = None if localised.localisation.kind == "all-sky" else peak(skymap)
    revolution = mission.revolution(time)
    oriented = (
        None if state.attitude is None or direction is None else orientation(direction, state.attitude, mission.orientation_word)
    )
    seen = visibility(skymap, event.t0, mission, state.attitude, state.orbit, context.settings.mission.sun_half_width_deg)
    return Geometry(
        t0=event.t0,
        mission=mission.name,
        revolution=None if revolution is None else revolution.number,
        phase=None if revolution is None else revolution.phase,
        phase_error=None if revolution is None else revolution.phase_error,
        scw_id=state.scw_id,
        attitude=state.attitude,
        orbit=state.orbit,
        orientation=oriented,
        expectation=state.expectation,
        light_travel_s=None if direction is None else float(light_travel(direction, state.orbit).to_value(u.s)),
        sun_angle_deg=None if direction is None else float(direction.separation(sun_direction(time)).deg),
        localisation=localised.localisation,
        visibility=seen,
        exposure=_exposure(event.t0, localised, state, context),
        urgency=urgency(
            properties=event.properties,
            distance_mpc=distance_mpc(event, localised),
            far_hz=None if event.significance is None else event.significance.far_hz,
            area90_deg2=None if direction is None else localised.localisation.area90_deg2,
            theta_deg=None if oriented is None else oriented.theta_deg,
            visible_fraction=seen.visible_fraction,
            now=now,
            time_zone=context.settings.mission.operations_time_zone,
        ),
        caveats=(*localised.caveats, *state.caveats, *(() if direction is not None else (_UNSHIFTED,))),
        provenance=_provenance(event, localised, state, context),
    )


def distance_mpc(event: Event, localised: Localised) -> float | None:
    """The mean luminosity distance: the map's own, else the alert's."""
    mapped = localised.localisation.distmean_mpc
    return event.distance_mpc if mapped is None else mapped


def _exposure(t0: Instant, localised: Localised, state: SpacecraftState, context: Context) -> Exposure | None:
    if not state.pointings:
        return None
    return fov_exposure(
        localised.skymap, state.pointings, t0, context.mission, EXPOSURE_HALF_WINDOW_D, source=context.source.name
    )


def _provenance(event: Event, localised: Localised, state: SpacecraftState, context: Context) -> Provenance:
    simulated, source = context.source.simulated, context.source.name
    inputs = [localised.source]
    # The expectation's sentence is what is shown of it; all of it is what the verdict may rest on.
    said = {
        "attitude": state.attitude,
        "orbit": state.orbit,
        "expectation": state.expectation,
        "pointings": state.pointings,
        "science window": state.scw_id,
    }
    for name, record in said.items():
        if record is not None:
            inputs.append(InputRef(name=name, sha256=sha256_hex(to_json(record)), source=source, simulated=simulated))
    return Provenance(
        step="geometry",
        version=context.version,
        parameters={
            "t0": event.t0.iso if event.t0 is not None else None,
            "mission": context.mission.name,
            "sun_angles_deg": list(sun_angles_deg(context.mission, context.settings.mission.sun_half_width_deg)),
            "exposure_half_window_d": EXPOSURE_HALF_WINDOW_D,
            "operations_time_zone": context.settings.mission.operations_time_zone,
        },
        inputs=tuple(inputs),
    )

"""The step that needs no count rates: where the spacecraft was, where it looked, what it could see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
import numpy as np

from schemas import Event, Geometry, Instant, OrbitState, Orientation, Provenance, Urgency, Visibility, sha256_hex, to_json
from schemas.errors import ComputingLost, NoData, TooLarge
from schemas.provenance import InputRef
from transients.missions import frames, to_time
from transients.missions.bodies import light_travel_s
from transients.missions.ephemeris import body_km
from transients.sky import SkyMap, coarsened, peak_deg, sun_angles_deg, urgency, visibility

from .context import Context, Given
from .localise import Found, Localised, localised
from .outlook import EXPOSURE_HALF_WINDOW_D, FORECAST_D, FORECAST_STEP_S, OtherPlaces, other_places, outlook
from .spacecraft import SpacecraftState

_UNSHIFTED = "Without a position the light travel time is not known: T0 is taken as the time at the spacecraft."


async def geometry(
    event: Event,
    found: Found,
    state: SpacecraftState,
    now: Instant,
    context: Context,
    before: Geometry | None = None,
    *,
    with_map: bool = True,
) -> tuple[SkyMap | None, Localised, Geometry]:
    """Make the sky map of an event with a known T0, and compute its geometry, off the event loop.

    Parameters
    ----------
    before
        One that was computed earlier: where it rests on the same inputs, parameters and version it is not computed again; only its
        urgency, which hangs on the hour and the alert's own numbers, and its caveats are told anew.
    with_map
        Whether the map is wanted: it may be large, and is made in another process.
    """
    if event.t0 is None:
        raise NoData("the alert gives no time", where=event.event_key)
    try:
        return await _geometry(event, event.t0, found, state, now, context, before, with_map)
    except (ComputingLost, TooLarge):
        unusable = await _unusable(event, found, context)
        if unusable is None:
            raise
        return await _geometry(event, event.t0, unusable, state, now, context, before, with_map)


async def _unusable(event: Event, found: Found, context: Context) -> Found | None:
    """After a process was lost: what was found, with the reason, where it is a map that by itself takes a process with it."""
    if found.data is None:
        return None
    try:
        await context.compute(_localised, event, found, False)
    except (ComputingLost, TooLarge) as error:
        return found.failed(error)
    return None


async def _geometry(
    event: Event,
    t0: Instant,
    found: Found,
    state: SpacecraftState,
    now: Instant,
    context: Context,
    before: Geometry | None,
    with_map: bool,
) -> tuple[SkyMap | None, Localised, Geometry]:
    # Files of orbits are read when they are first asked.
    others = await asyncio.to_thread(other_places, t0, context.given) if found.is_place else OtherPlaces({})
    if before is not None and before.provenance == _provenance(event, found.source, state, others.places, context.given):
        skymap, place = await context.compute(_localised, event, found, with_map)
        return skymap, place, _renewed(before, event, place, state, now, context.given)
    return await context.compute(_compute, event, t0, found, state, others, now, context.given, with_map)


def _localised(event: Event, found: Found, with_map: bool) -> tuple[SkyMap | None, Localised]:
    skymap, place = localised(event, found)
    return skymap if with_map else None, place


def _renewed(before: Geometry, event: Event, place: Localised, state: SpacecraftState, now: Instant, context: Given) -> Geometry:
    return msgspec.structs.replace(
        before,
        urgency=_urgency(event, place, before.orientation, before.visibility, now, context),
        caveats=_caveats(place, state),
    )


def _located(place: Localised) -> bool:
    """Without a position there is no direction, and no number may be made from one."""
    return place.localisation.kind != "all-sky"


def _compute(
    event: Event,
    t0: Instant,
    found: Found,
    state: SpacecraftState,
    others: OtherPlaces,
    now: Instant,
    context: Given,
    with_map: bool,
) -> tuple[SkyMap | None, Localised, Geometry]:
    skymap, place = localised(event, found)
    mission, time = context.mission, to_time(t0)
    top = peak_deg(skymap) if _located(place) else None
    direction = None if top is None else frames.unit_vector(*np.radians(top))
    others = others if _located(place) else OtherPlaces({})
    revolution = mission.revolution(time)
    oriented = None if state.attitude is None or top is None else frames.oriented(*top, state.attitude, mission.orientation_word)
    coarse = coarsened(skymap)
    half_width_deg = context.settings.mission.sun_half_width_deg
    seen = visibility(skymap, t0, mission, state.attitude, state.orbit, half_width_deg, coarse=coarse)
    ahead = outlook(t0, skymap, coarse, direction, state, others, context)
    facts = Geometry(
        t0=t0,
        mission=mission.name,
        revolution=None if revolution is None else revolution.number,
        phase=None if revolution is None else revolution.phase,
        phase_error=None if revolution is None else revolution.phase_error,
        scw_id=state.scw_id,
        attitude=state.attitude,
        orbit=state.orbit,
        orientation=oriented,
        expectation=state.expectation,
        light_travel_s=None if direction is None else light_travel_s(direction, state.orbit),
        sun_angle_deg=None if direction is None else frames.angle_deg(direction, body_km("sun", time)),
        localisation=place.localisation,
        visibility=seen,
        exposure=ahead.exposure,
        forecast=ahead.forecast,
        advice=ahead.advice,
        history=ahead.history,
        light_travels=ahead.light_travels,
        urgency=_urgency(event, place, oriented, seen, now, context),
        caveats=_caveats(place, state),
        planning_caveats=ahead.caveats,
        provenance=_provenance(event, place.source, state, others.places, context),
    )
    return skymap if with_map else None, place, facts


def _urgency(
    event: Event,
    place: Localised,
    oriented: Orientation | None,
    seen: Visibility | None,
    now: Instant,
    context: Given,
) -> Urgency:
    located = _located(place)
    return urgency(
        properties=event.properties,
        distance_mpc=distance_mpc(event, place),
        far_hz=None if event.significance is None else event.significance.far_hz,
        area90_deg2=place.localisation.area90_deg2 if located else None,
        theta_deg=None if oriented is None else oriented.theta_deg,
        visible_fraction=None if seen is None or not located else _plannable(seen),
        now=now,
        time_zone=context.settings.mission.operations_time_zone,
    )


def _caveats(place: Localised, state: SpacecraftState) -> tuple[str, ...]:
    return (*place.caveats, *state.caveats, *(() if _located(place) else (_UNSHIFTED,)))


def _plannable(seen: Visibility) -> float:
    """The part of the region that can be pointed at: by every constraint where that is known, else by the Sun's alone."""
    return seen.visible_fraction if seen.allowed_fraction is None else seen.allowed_fraction


def distance_mpc(event: Event, place: Localised) -> float | None:
    """The mean luminosity distance: the map's own, else the alert's."""
    mapped = place.localisation.distmean_mpc
    return event.distance_mpc if mapped is None else mapped


def _provenance(
    event: Event, place: InputRef, state: SpacecraftState, others: Mapping[str, OrbitState], context: Given
) -> Provenance:
    simulated, source = context.source.simulated, context.source.name
    inputs = [place]
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
    inputs += [InputRef(name=f"orbit of {name}", sha256=sha256_hex(to_json(o)), source=o.source) for name, o in others.items()]
    return Provenance(
        step="geometry",
        version=context.version,
        parameters={
            "t0": event.t0.iso if event.t0 is not None else None,
            "mission": context.mission.name,
            "sun_angles_deg": list(sun_angles_deg(context.mission, context.settings.mission.sun_half_width_deg)),
            "exposure_half_window_d": EXPOSURE_HALF_WINDOW_D,
            "forecast_d": FORECAST_D,
            "forecast_step_s": FORECAST_STEP_S,
            "constraints": context.mission.constraint(context.settings.mission.sun_half_width_deg).text,
            "operations_time_zone": context.settings.mission.operations_time_zone,
        },
        inputs=tuple(inputs),
    )

"""The step that needs no count rates: where the spacecraft was, where it looked, what it could see."""

from __future__ import annotations

from collections.abc import Mapping

import astropy.units as u

from schemas import Event, Geometry, Instant, OrbitState, Provenance, Visibility, sha256_hex, to_json
from schemas.errors import NoData
from schemas.provenance import InputRef
from transients.missions import light_travel, orientation, sun_direction, to_time
from transients.sky import coarsened, peak, sun_angles_deg, urgency, visibility

from .context import Context, Given
from .localise import Localised
from .outlook import EXPOSURE_HALF_WINDOW_D, FORECAST_D, FORECAST_STEP_S, outlook
from .spacecraft import SpacecraftState

_UNSHIFTED = "Without a position the light travel time is not known: T0 is taken as the time at the spacecraft."


async def geometry(event: Event, localised: Localised, state: SpacecraftState, now: Instant, context: Context) -> Geometry:
    """Compute the geometry of an event with a known T0, off the event loop."""
    return await context.compute(_compute, event, localised, state, now, context.given)


def _compute(event: Event, localised: Localised, state: SpacecraftState, now: Instant, context: Given) -> Geometry:
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
    coarse = coarsened(skymap)
    half_width_deg = context.settings.mission.sun_half_width_deg
    seen = visibility(skymap, event.t0, mission, state.attitude, state.orbit, half_width_deg, coarse=coarse)
    ahead = outlook(event.t0, skymap, coarse, direction, state, context)
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
        exposure=ahead.exposure,
        forecast=ahead.forecast,
        advice=ahead.advice,
        history=ahead.history,
        light_travels=ahead.light_travels,
        urgency=urgency(
            properties=event.properties,
            distance_mpc=distance_mpc(event, localised),
            far_hz=None if event.significance is None else event.significance.far_hz,
            area90_deg2=None if direction is None else localised.localisation.area90_deg2,
            theta_deg=None if oriented is None else oriented.theta_deg,
            visible_fraction=None if direction is None else _plannable(seen),
            now=now,
            time_zone=context.settings.mission.operations_time_zone,
        ),
        caveats=(*localised.caveats, *state.caveats, *(() if direction is not None else (_UNSHIFTED,))),
        planning_caveats=ahead.caveats,
        provenance=_provenance(event, localised, state, ahead.others, context),
    )


def _plannable(seen: Visibility) -> float:
    """The part of the region that can be pointed at: by every constraint where that is known, else by the Sun's alone."""
    return seen.visible_fraction if seen.allowed_fraction is None else seen.allowed_fraction


def distance_mpc(event: Event, localised: Localised) -> float | None:
    """The mean luminosity distance: the map's own, else the alert's."""
    mapped = localised.localisation.distmean_mpc
    return event.distance_mpc if mapped is None else mapped


def _provenance(
    event: Event, localised: Localised, state: SpacecraftState, others: Mapping[str, OrbitState], context: Given
) -> Provenance:
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

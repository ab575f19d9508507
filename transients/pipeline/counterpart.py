"""The step that looks at count rates: which data there is, and whether something is in it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping

from schemas import DataStatus, Geometry, Instant, LightCurve, Policy, SearchResult, TimeFrame
from schemas.errors import NoData, NotYet, RefusedInput, TransientsError
from transients.missions import shift
from transients.search import search
from transients.sources import bins_kept, without_periodic_bins

from .context import Context, Given

#: What each instrument's source answered: its light curve, or why there is none.
Answers = Mapping[str, LightCurve | TransientsError]


@dataclasses.dataclass(frozen=True)
class Counterpart:
    """What the count rates say. `not_yet` names the data that may still come, `passing` their instruments."""

    data: tuple[DataStatus, ...] = ()
    searches: tuple[SearchResult, ...] = ()
    caveats: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()


async def answers(geometry: Geometry, policy: Policy, context: Context) -> Answers:
    """Fetch all count rates about T0 at once, those that decide first."""
    instruments = (context.mission.searched, *context.mission.limiting)
    fetched = await asyncio.gather(*(_had(instrument, geometry, policy, context) for instrument in instruments))
    return dict(zip(instruments, fetched, strict=True))


def curves(found: Answers) -> tuple[LightCurve, ...]:
    """Those that there are."""
    return tuple(answer for answer in found.values() if not isinstance(answer, TransientsError))


def counterpart(geometry: Geometry, policy: Policy, found: Answers, context: Given) -> Counterpart:
    """Search the count rate that decides. What cannot be had is named, never replaced."""
    data: list[DataStatus] = []
    caveats: list[str] = []
    not_yet: list[str] = []
    passing: list[str] = []
    searches: tuple[SearchResult, ...] = ()
    for instrument, answer in found.items():
        if isinstance(answer, TransientsError):
            if answer.retriable:
                not_yet.append(f"{instrument}: {answer}")
                passing.append(instrument)
            caveats.append(f"No {instrument} data: {answer}")
            data.append(_no_data(instrument, context))
            continue
        data.append(_status(answer, policy, context))
        if instrument == context.mission.searched:
            try:
                searches = (_search(answer, geometry, policy),)
            except (NoData, RefusedInput) as error:
                caveats.append(f"{instrument} could not be searched: {error}")
    return Counterpart(tuple(data), searches, tuple(caveats), tuple(not_yet), tuple(passing))


async def _had(instrument: str, geometry: Geometry, policy: Policy, context: Context) -> LightCurve | TransientsError:
    """The light curve, or why there is none."""
    try:
        return await _about_t0(instrument, geometry, policy, context)
    except TransientsError as error:
        return error


async def _about_t0(instrument: str, geometry: Geometry, policy: Policy, context: Context) -> LightCurve:
    """The light curve about the moment T0 reached the spacecraft."""
    arrival = geometry.t0
    if geometry.light_travel_s is not None:
        arrival = shift(geometry.t0, -geometry.light_travel_s)
    light_curve = await context.source.light_curve(instrument, arrival, policy.search_half_width_s)
    if len(light_curve) == 0:
        raise NotYet(f"no bins about {arrival}", where=context.source.name)
    within_s = context.mission.instruments[instrument].periodic_within_s
    return light_curve if within_s is None else await _alone(light_curve, instrument, arrival, within_s, context)


async def _alone(light_curve: LightCurve, instrument: str, arrival: Instant, within_s: float, context: Context) -> LightCurve:
    """The light curve without its periodic bins of other data, whose period only a longer one shows."""
    try:
        longer = await context.source.light_curve(instrument, arrival, within_s)
    except TransientsError:
        # The event's own minutes stand as they are: a high bin makes the limit weaker, never wrong.
        return light_curve
    return bins_kept(light_curve, without_periodic_bins(longer)) if len(longer) else light_curve


def _search(light_curve: LightCurve, geometry: Geometry, policy: Policy) -> SearchResult:
    frame: TimeFrame = "spacecraft" if geometry.light_travel_s is None else "geocentre"
    return search(
        light_curve,
        geometry.t0,
        half_width_s=policy.search_half_width_s,
        time_frame=frame,
        light_travel_s=geometry.light_travel_s,
        association_window_s=policy.association_window_s,
    )


def _status(light_curve: LightCurve, policy: Policy, context: Given) -> DataStatus:
    info = light_curve.info
    observed = float(light_curve.width_s.sum()) / (2.0 * policy.search_half_width_s)
    simulated = info.simulated or context.source.simulated
    tier = "simulated" if simulated else "archive" if info.tier == "unknown" else info.tier
    return DataStatus(
        instrument=info.instrument, tier=tier, completeness=min(observed, 1.0), source=info.source, simulated=simulated
    )


def _no_data(instrument: str, context: Given) -> DataStatus:
    return DataStatus(
        instrument=instrument, tier="none", completeness=0.0, source=context.source.name, simulated=context.source.simulated
    )

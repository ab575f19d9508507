"""An event's journey, from what its notices say to everything that can be shown of it.

The service runs it as durable jobs, `transients process` calls the same function. It is entered again when better data or a better
position arrives; nothing here remembers anything.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from schemas import Assessment, Event, Geometry, Instant, Policy
from transients.sky import SkyMap

from .context import Context, Given, is_simulated
from .counterpart import Answers, Counterpart, answers, counterpart, curves
from .data import data_files
from .geometry import geometry
from .limits import Limited, limits
from .localise import find
from .rules import holds, proposes_circular
from .spacecraft import ATTITUDE, spacecraft_state
from .verdict import out_of_sight, verdict

#: "geometry" needs no count rates and is there at once; "search" is the whole journey.
Stage = Literal["geometry", "search"]

#: An own trigger as an assessment keeps it: kind, event id, seconds from T0.
OwnTrigger = tuple[str, str, float]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """An assessment and what it was made with: for the figures, and to know when to come again.

    Attributes
    ----------
    assessment
        Its revision is 0: the store counts.
    skymap
        None for a first look, which is not drawn from here.
    data
        The files its figures are drawn from, by name.
    not_yet
        What was not there yet and may still come; empty when coming again would change nothing.
    wanting
        The part of it without which the result cannot be final: the position, the attitude, the searched rate.
    """

    assessment: Assessment
    skymap: SkyMap | None = None
    data: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    not_yet: tuple[str, ...] = ()
    wanting: tuple[str, ...] = ()


async def journey(
    event: Event,
    policy: Policy,
    context: Context,
    *,
    now: Instant,
    stage: Stage = "search",
    own_triggers: Sequence[OwnTrigger] = (),
    before: Geometry | None = None,
) -> Outcome:
    """Assess an event.

    Parameters
    ----------
    event, policy
        The event as folded so far, and its messenger's policy.
    now
        When this is done: becomes `created`, and decides what counts as working hours.
    own_triggers
        The mission's own alerts received within the searched window.
    before
        The geometry of an earlier result: not computed again where nothing it rests on has changed.
    """
    if event.t0 is None:
        caveats = () if event.state == "retracted" else ("The alert gives no time: nothing can be computed.",)
        return Outcome(_assessment(event, policy, context, now, seen=Counterpart(caveats=caveats), searched=True))
    found, state = await asyncio.gather(find(event, context), spacecraft_state(event.t0, context))
    skymap, place, facts = await geometry(event, found, state, now, context, before, with_map=stage == "search")
    position = ("position",) if place.retry else ()
    not_yet, wanting = (*position, *state.passing), (*position, *(each for each in state.passing if each == ATTITUDE))
    if skymap is None or event.state == "retracted":
        assessment = _assessment(event, policy, context, now, geometry=facts)
        return Outcome(assessment, skymap=skymap, not_yet=not_yet, wanting=wanting)
    rates = await answers(facts, policy, context)
    seen, limited, data = await context.compute(_searched, event, facts, skymap, rates, policy, context.given)
    return Outcome(
        _assessment(
            event, policy, context, now, geometry=facts, seen=seen, limited=limited, own_triggers=own_triggers, searched=True
        ),
        skymap=skymap,
        data=data,
        not_yet=(*not_yet, *seen.not_yet),
        wanting=(*wanting, *_rates_wanting(facts, seen, context)),
    )


def _searched(
    event: Event, geometry: Geometry, skymap: SkyMap, rates: Answers, policy: Policy, context: Given
) -> tuple[Counterpart, Limited, dict[str, bytes]]:
    """All that the count rates say, in one call: they and the map are large, and travel between processes once."""
    seen, found = counterpart(geometry, policy, rates, context), curves(rates)
    limited = limits(event, geometry, skymap, found, policy, context)
    return seen, limited, data_files(found, limited.limit_map)


def _rates_wanting(geometry: Geometry, seen: Counterpart, context: Context) -> tuple[str, ...]:
    """The searched instrument, while its data may still come. In an expected break of the data nothing is waited for."""
    expected = geometry.expectation is None or geometry.expectation.status == "ONLINE"
    searched = context.mission.searched
    return (searched,) if expected and searched in seen.passing else ()


def _assessment(
    event: Event,
    policy: Policy,
    context: Context,
    now: Instant,
    *,
    geometry: Geometry | None = None,
    seen: Counterpart | None = None,
    limited: Limited | None = None,
    own_triggers: Sequence[OwnTrigger] = (),
    searched: bool = False,
) -> Assessment:
    seen = seen or Counterpart()
    limited = limited or Limited()
    word = verdict(event, geometry, seen.data, seen.searches, searched=searched)
    return Assessment(
        event_key=event.event_key,
        event_id=event.event_id,
        event_revision=event.revision,
        revision=0,
        mission=context.mission.name,
        created=now,
        role=event.role,
        state=event.state,
        simulated=is_simulated(geometry, seen.data, context),
        geometry=geometry,
        data=seen.data,
        searches=seen.searches,
        joint=limited.joint,
        limits=limited.result,
        verdict=word,
        own_triggers=tuple(own_triggers),
        caveats=(*seen.caveats, *limited.caveats, *out_of_sight(geometry)),
        circular_proposed=proposes_circular(event, policy, word),
        wake=event.state == "active" and holds(policy.wake_if, event),
        version=context.version,
    )

"""The status card: how fresh the data is, where the spacecraft is, how the service does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas import DataExpectation, Instant, OrbitState
from schemas.errors import TransientsError
from transients.config import Settings
from transients.missions import Mission, seconds_between, to_time
from transients.sources.offset import ClockOffset
from transients.store import Store, WatchPosition
from transients.web import StatusCard, TierStatus, WatchStatus, tier_status

from .lines import gap_words, line_statuses
from .observed import NO_ANSWER_YET, Observed

#: Open gaps that the card tells in words, the newest.
_MOST_GAPS = 10
#: Workers give a sign of each job every second or two; after so long without one they are gone, s.
_GONE_AFTER_S = 15.0
#: The live search says where it is with every step; one that has not for this long has ended, s.
_BELIEVED_S = 60.0


async def status_card(
    store: Store | None,
    observed: Observed,
    mission: Mission,
    settings: Settings,
    now: Instant,
    *,
    past: bool = False,
    notes: Sequence[str] = (),
) -> StatusCard:
    """The card as of now. What a source cannot say is None, with the reason among the caveats; never a guess.

    Ages are taken now, from the times that the sources told; when they were asked stands beside.

    Parameters
    ----------
    store
        None: no database is asked.
    observed
        What the sources said.
    past
        The card is of a moment of the past.
    notes
        Caveats of the service itself: a plug-in that is not in use.

    Raises
    ------
    NoData
        Before the mission's launch.
    """
    caveats = [*notes, *(_PAST if past else ())]
    revolution = mission.revolution(to_time(now))
    expected = observed.expectation
    if isinstance(expected, TransientsError):
        expected = mission.expectation(now)
        caveats.append(f"breaks are from the orbit model: {observed.expectation}")
    tiers = _tiers(observed, mission, expected, now)
    card = StatusCard(
        at=now,
        asked_at=observed.at,
        mission=mission.name,
        source=observed.source,
        **tiers,  # type: ignore[arg-type]
        revolution=None if revolution is None else revolution.number,
        phase=None if revolution is None else revolution.phase,
        revolution_source="" if revolution is None else revolution.source,
        **_distance(observed.orbit, mission, now, caveats),
        next_break=expected.sentence,
        next_break_source=expected.source,
        next_break_error_s=expected.error_s,
        **_offset(observed.clock_offset, caveats),
        hold=settings.hold,
        simulated=observed.simulated,
    )
    if store is None:
        caveats.append("no database asked: ingest and jobs are not known")
    else:
        card = msgspec.structs.replace(card, **await _house(store, now))
        caveats += await _left(store)
    return msgspec.structs.replace(card, caveats=tuple(caveats))


def _watch(position: WatchPosition, now: Instant) -> WatchStatus:
    return WatchStatus(
        state="watching" if position.age_s < _BELIEVED_S else "not watching",
        seen=position.seen,
        lag_s=seconds_between(now, position.seen),
    )


#: No source tells when its data came, and no database keeps how its lines were.
_PAST = ("of a moment of the past: which data had come by then is told by the usual delay of each tier",)


def _tiers(observed: Observed, mission: Mission, expected: DataExpectation, now: Instant) -> dict[str, TierStatus]:
    end = mission.last_observation
    over = end is not None and now > end
    why = mission.expectation(now).sentence if over else expected.sentence if expected.status == "OFFLINE" else ""
    return {
        tier.name: tier_status(
            tier, observed.tiers.get(tier.name, NO_ANSWER_YET), now, asked_at=observed.at, ended=end if over else None, why=why
        )
        for tier in mission.tiers
    }


def _distance(orbit: OrbitState | TransientsError, mission: Mission, now: Instant, caveats: list[str]) -> dict[str, Any]:
    if isinstance(orbit, TransientsError):
        caveats.append(f"distance is from the orbit model: {orbit}")
        orbit = mission.approximate_orbit(to_time(now))
    return {
        "distance_mm": orbit.distance_km / 1000.0,
        "distance_error_mm": None if orbit.error_km is None else orbit.error_km / 1000.0,
        "distance_source": orbit.source,
        "distance_at": orbit.at,
    }


def _offset(told: ClockOffset | None, caveats: list[str]) -> dict[str, Any]:
    if told is None:
        caveats.append("clock offset: no data service answered with its time")
        return {}
    if abs(told.offset_s) > told.error_s + 1.0:
        caveats.append(
            f"this machine's clock and that of {told.source} are {told.offset_s:+.1f} s apart: ages may be wrong by that"
        )
    return {"clock_offset_s": told.offset_s, "clock_offset_error_s": told.error_s, "clock_offset_source": told.source}


async def _left(store: Store) -> tuple[str, ...]:
    """What "running" would hide: a worker that was killed wrote nothing."""
    count = await store.jobs_left(_GONE_AFTER_S)
    return (f"jobs: {count} of those running were left by a worker that is gone; the next one takes them up",) if count else ()


async def _house(store: Store, now: Instant) -> dict[str, Any]:
    """What the database tells, as of now."""
    lines, gaps = await line_statuses(store), await store.gaps()
    return {
        "ingest": {name: line.lag_s for name, line in lines.items()},
        "lines": lines,
        "gaps": len(gaps),
        "open_gaps": tuple(map(gap_words, gaps[:_MOST_GAPS])),
        "quarantine": sum((await store.quarantine_counts()).values()),
        "jobs": await store.job_counts(),
        "hold": await store.hold(),
        "watch": {each.instrument: _watch(each, now) for each in await store.watch_positions()},
    }

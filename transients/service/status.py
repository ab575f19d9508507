"""The status card: how fresh the data is, where the spacecraft is, how the service does."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Instant
from schemas.errors import TransientsError
from transients.config import Settings
from transients.missions import Mission, seconds_between, shift, to_time
from transients.sources import DataSource
from transients.store import KeptGap, Store, WatchPosition
from transients.web import LineStatus, StatusCard, TierStatus, WatchStatus, tier_status

from .lines import gap_words, line_statuses

#: The newest real-time packet is looked for in this many seconds before now; the newest science window in this many days.
_REALTIME_LOOK_S = 3600.0
_WINDOWS_LOOK_D = 10.0
#: Open gaps that the card tells in words, the newest.
_MOST_GAPS = 10
#: The live search says where it is with every step; one that has not for this long has ended, s.
_BELIEVED_S = 60.0


async def status_card(
    store: Store | None,
    data: DataSource,
    mission: Mission,
    settings: Settings,
    now: Instant,
    *,
    notes: Sequence[str] = (),
) -> StatusCard:
    """The card as of now. What a source cannot say is None, with the reason among the caveats; never a guess.

    `notes` are caveats of the service itself: a plug-in that is not in use.
    """
    caveats: list[str] = list(notes)
    time = to_time(now)
    revolution = mission.revolution(time)
    orbit = mission.approximate_orbit(time)
    try:
        orbit = await data.orbit(now)
    except TransientsError as error:
        caveats.append(f"distance is from the orbit model: {error}")
    try:
        expectation = await data.expectation(now)
    except TransientsError:
        expectation = mission.expectation(now)
    jobs: dict[str, int] = {}
    lines: dict[str, LineStatus] = {}
    gaps: tuple[KeptGap, ...] = ()
    hold, refused = settings.hold, 0
    watched: dict[str, WatchStatus] = {}
    if store is not None:
        jobs, hold = await store.job_counts(), await store.hold()
        lines = await line_statuses(store)
        watched = {each.instrument: _watch(each, now) for each in await store.watch_positions()}
        gaps, refused = await store.gaps(), sum((await store.quarantine_counts()).values())
    else:
        caveats.append("no database asked: ingest and jobs are not known")
    return StatusCard(
        at=now,
        mission=mission.name,
        realtime=await _realtime(data, mission.searched, now, caveats),
        nrt=await _newest_window(data, now, caveats),
        revolution=revolution.number,
        phase=revolution.phase,
        distance_mm=orbit.distance_km / 1000.0,
        next_break=expectation.sentence,
        next_break_source=expectation.source,
        ingest={name: line.lag_s for name, line in lines.items()},
        lines=lines,
        gaps=len(gaps),
        open_gaps=tuple(map(gap_words, gaps[:_MOST_GAPS])),
        quarantine=refused,
        jobs=jobs,
        hold=hold,
        watch=watched,
        simulated=data.simulated,
        caveats=tuple(caveats),
    )


def _watch(position: WatchPosition, now: Instant) -> WatchStatus:
    return WatchStatus(
        state="watching" if position.age_s < _BELIEVED_S else "not watching",
        seen=position.seen,
        lag_s=seconds_between(now, position.seen),
    )


async def _realtime(data: DataSource, instrument: str, now: Instant, caveats: list[str]) -> TierStatus:
    """Age of the newest bin of the searched instrument, and where the spacecraft looks."""
    half_s = 0.5 * _REALTIME_LOOK_S
    try:
        curve = await data.light_curve(instrument, shift(now, -half_s), half_s)
        newest_s = seconds_between(now, curve.info.reference) - float(curve.stop_s[-1])
    except (TransientsError, IndexError) as error:
        caveats.append(f"no real-time data: {error}")
        return tier_status("realtime", None)
    try:
        attitude = await data.attitude(now)
    except TransientsError:
        return tier_status("realtime", newest_s)
    return tier_status("realtime", newest_s, ra_deg=attitude.x_ra_deg, dec_deg=attitude.x_dec_deg)


async def _newest_window(data: DataSource, now: Instant, caveats: list[str]) -> TierStatus:
    """The newest science window that the source lists, and its age."""
    try:
        windows = await data.pointings(shift(now, -86400.0 * _WINDOWS_LOOK_D), now)
    except TransientsError as error:
        caveats.append(f"no list of science windows: {error}")
        return tier_status("nrt", None)
    last = max((window for window in windows if window.stop <= now), key=lambda window: window.stop, default=None)
    if last is None:
        caveats.append(f"no science window within {_WINDOWS_LOOK_D:g} d")
        return tier_status("nrt", None)
    age_s = seconds_between(now, last.stop)
    return tier_status("nrt", age_s, last=last.scw_id, ra_deg=last.x_ra_deg, dec_deg=last.x_dec_deg)

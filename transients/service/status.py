"""The status card: how fresh the data is, where the spacecraft is, how the service does."""

from __future__ import annotations

from schemas import Instant
from schemas.errors import TransientsError
from transients.config import Settings
from transients.missions import Mission, to_time
from transients.sources import DataSource
from transients.store import Store
from transients.web import StatusCard


async def status_card(store: Store | None, data: DataSource, mission: Mission, settings: Settings, now: Instant) -> StatusCard:
    """The card as of now. What a source cannot say is None, with the reason among the caveats; never a guess."""
    caveats: list[str] = []
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
    lags: dict[str, float | None] = {}
    jobs: dict[str, int] = {}
    hold = settings.hold
    if store is not None:
        lags, jobs, hold = dict(await store.lags()), await store.job_counts(), await store.hold()
    else:
        caveats.append("no database asked: ingest and jobs are not known")
    return StatusCard(
        at=now,
        mission=mission.name,
        revolution=revolution.number,
        phase=revolution.phase,
        distance_mm=orbit.distance_km / 1000.0,
        next_break=expectation.sentence,
        next_break_source=expectation.source,
        ingest=lags,
        jobs=jobs,
        hold=hold,
        simulated=data.simulated,
        caveats=tuple(caveats),
    )

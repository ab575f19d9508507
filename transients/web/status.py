"""The words of the status card."""

from __future__ import annotations

from schemas import Instant
from schemas.errors import TransientsError
from transients.missions.base import DataTier
from transients.sources import freshness
from transients.sources.clock import seconds_between
from transients.sources.newest import Newest

from .ports import TierStatus

#: The consolidated data of a mission that ended is complete when it reaches this near to its end, s: about one orbit.
_COMPLETE_WITHIN_S = 3 * 86400.0


def tier_status(
    tier: DataTier,
    newest: Newest | TransientsError,
    now: Instant,
    *,
    asked_at: Instant | None = None,
    ended: Instant | None = None,
    why: str = "",
) -> TierStatus:
    """Judge a tier by the age of its newest data.

    Parameters
    ----------
    newest
        What the sources have of it, or what they said in its place.
    asked_at
        When they were asked.
    ended
        When the mission stopped observing, if it has.
    why
        Why no data comes now, if that is known.
    """
    if isinstance(newest, TransientsError):
        if ended is not None and tier.name == "realtime":
            return TierStatus(state="OFFLINE", reason=why, asked_at=asked_at)
        return TierStatus(state="UNAVAILABLE", reason=str(newest), asked_at=asked_at)
    age_s = seconds_between(now, newest.until)
    complete = ended is not None and tier.name == "cons" and seconds_between(ended, newest.until) < _COMPLETE_WITHIN_S
    state = "COMPLETE" if complete else freshness(tier, age_s)
    return TierStatus(
        state=state,
        last=newest.scw_id,
        until=newest.until,
        latency_s=age_s,
        ra_deg=newest.x_ra_deg,
        dec_deg=newest.x_dec_deg,
        source=newest.source,
        asked_at=asked_at,
        reason="" if state in ("ONLINE", "COMPLETE") else why,
    )

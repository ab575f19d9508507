"""How long data that has not come is waited for, and what is shown meanwhile."""

from __future__ import annotations

from schemas import Assessment, Event, Instant
from transients.missions import seconds_between

#: A source that has no data yet is asked again after a tenth of the time since the last notice, within these limits, s …
ASK_AGAIN_S = (60.0, 6 * 3600.0)
#: … and no more this long after it: then what there is is the result.
GIVE_UP_S = 14 * 86400.0


def waited_s(event: Event, now: Instant) -> float:
    """Seconds since the last notice of the event came."""
    return seconds_between(now, max(entry.received for entry in event.history))


def given_up(event: Event, now: Instant) -> bool:
    """Whether nothing is waited for any longer."""
    return waited_s(event, now) > GIVE_UP_S


def next_look_s(event: Event, now: Instant, limits_s: tuple[float, float] = ASK_AGAIN_S) -> float:
    """Seconds until the source is asked again."""
    least, most = limits_s
    return min(max(0.1 * waited_s(event, now), least), most)


def adds(assessment: Assessment, before: Assessment | None) -> bool:
    """Whether a result that still wants something says more than the one there is; what fails for a while replaces nothing."""
    if not assessment.searches:
        return False
    return before is None or not before.searches or before.event_revision < assessment.event_revision

"""Results made by an older version of the code or an older calibration: which they are, and the jobs that make them anew."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Instant, sha256_hex
from transients import __version__
from transients.missions import Mission, shift
from transients.store import Outdated, Store, Wanted

from .priorities import Work, priority

_DAY_S = 86400.0
#: Jobs queued in one transaction.
_AT_ONCE = 500


def calibration_of(mission: Mission) -> str:
    """How results name the response they rest on."""
    return f"{mission.response.source}, version {mission.response.version}"


async def outdated(
    store: Store, mission: Mission, *, now: Instant | None = None, days: float | None = None
) -> tuple[Outdated, ...]:
    """Active events whose newest result was made by another version of the code, or whose limits rest on another response.

    Parameters
    ----------
    now, days
        Only events with T0 within so many days before now; neither: all of them.
    """
    since = None if now is None or days is None else shift(now, -days * _DAY_S)
    return await store.outdated(mission.name, __version__, calibration_of(mission), since)


async def reassess(store: Store, mission: Mission, events: Sequence[Outdated], work: Work = "again") -> int:
    """Queue each event's whole journey once for this version and calibration; gives how many jobs are new.

    A result whose parts come out the same is not saved again; one whose limits alone differ keeps its geometry.
    """
    key = sha256_hex(f"{__version__}|{calibration_of(mission)}".encode())[:16]
    new = 0
    for begin in range(0, len(events), _AT_ONCE):
        wanted = [
            Wanted(
                "assess",
                event.event_key,
                {"stage": "again", "event_revision": event.event_revision},
                dedupe_key=f"{event.event_key}:{event.event_revision}:again:{key}",
                priority=priority(work),
            )
            for event in events[begin : begin + _AT_ONCE]
        ]
        new += sum(job is not None for job in await store.enqueue_many(wanted))
    return new

"""Who goes first: telling people, a new alert, whoever waits at a screen, figures, data that came later, then the archive."""

from __future__ import annotations

from typing import Literal

from transients.store.queue import FIRST_PRIORITY

#: Kinds of work, by what it is for.
Work = Literal["tell", "geometry", "search", "draw", "asked", "publish", "nrt", "cons", "again"]

#: Kinds of jobs, by the handler that runs them.
JobKind = Literal["assess", "draw", "tell", "deliver", "publish", "withdraw"]

#: Higher goes first, and from FIRST_PRIORITY on has a place of its own in every worker. A first look
#: takes little and is wanted at once; what a new version or calibration changes is wanted some day.
_OF_NOW: dict[Work, int] = {
    "tell": FIRST_PRIORITY + 10, "geometry": FIRST_PRIORITY,
    "search": 80, "asked": 70, "draw": 65, "publish": 60, "nrt": 50, "cons": 40, "again": 5,
}  # fmt: skip
#: An alert about something this long ago came out of an archive, s: nobody waits for it.
ARCHIVE_AGE_S = 7 * 86400.0
#: What of it is put behind everything of now, keeping its own order.
_OF_THE_ARCHIVE: dict[Work, int] = {"geometry": 30, "search": 20, "draw": 15, "publish": 10, "nrt": 9, "cons": 8}


def priority(work: Work, age_s: float | None = None) -> int:
    """The priority of a job.

    Parameters
    ----------
    work
        What it is for.
    age_s
        Seconds since the event's T0; None: not known, taken as of now.

    Examples
    --------
    >>> priority("geometry") > priority("search", 60.0) > priority("asked") > priority("geometry", 1e9) > priority("again")
    True
    """
    if age_s is not None and age_s > ARCHIVE_AGE_S:
        return _OF_THE_ARCHIVE.get(work, _OF_NOW[work])
    return _OF_NOW[work]

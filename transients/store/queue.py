"""Where jobs wait: the lanes of the queue, which is the table `job`."""

from __future__ import annotations

#: Where the lanes of new jobs are told, as queries have it.
DUE_CHANNEL = "transients_due"
#: Jobs of this priority or a higher one wait in a lane of their own, which has a place in every worker besides: however long what is
#: at work takes, they need not wait for it.
FIRST_PRIORITY = 90
FIRST_LANE = "first"
#: Kinds of jobs that wait for servers of others, and how many of each a worker has at once, in places of their own: a mail server that
#: takes a line and says nothing keeps no alert waiting, and no other kind.
OUTSIDE = {"deliver": 4, "publish": 1, "withdraw": 1}
#: Kinds that take long and that nobody waits for: of no place do they take a turn before a first look that is due.
LEISURELY = frozenset({"draw"})


def lane(kind: str, priority: int) -> str:
    """Where a job waits: its kind, or the first lane."""
    return FIRST_LANE if priority >= FIRST_PRIORITY and kind not in OUTSIDE else kind

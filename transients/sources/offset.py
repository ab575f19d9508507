"""How far this machine's clock is from that of a server that says its time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

#: The one form that HTTP allows; two dates, joined by a comma, tell nothing.
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", re.ASCII)


#: Middle of what a server's clock may be beyond the second it tells, s.
_BEYOND_S = 1.0


@dataclasses.dataclass(frozen=True)
class ClockOffset:
    """This machine's clock minus the server's, s (positive: ours is ahead), and the bound on its error."""

    offset_s: float
    error_s: float
    #: Address of the server.
    source: str


def clock_offset(headers: Mapping[str, str], sent: dt.datetime, heard: dt.datetime, source: str) -> ClockOffset | None:
    """The offset from the header `Date` of a reply; None where it says nothing.

    The header counts whole seconds, cut, servers write it anew once a second, and it was sent at some time between the request and the
    reply: so the server's clock was 0 to 2 s beyond it, at a time known to half the way. A reply that a cache kept (header `Age`) tells
    the time of another moment.
    """
    text = headers.get("date", "")
    if _DATE.fullmatch(text) is None or headers.get("age", "0").strip() not in ("", "0"):
        return None
    try:
        said = parsedate_to_datetime(text)
    except ValueError:
        return None
    way_s = (heard - sent).total_seconds()
    if way_s < 0:
        # Our own clock was set back in between.
        return None
    offset_s = (sent - said).total_seconds() + 0.5 * way_s - _BEYOND_S
    return ClockOffset(round(offset_s, 3), round(_BEYOND_S + 0.5 * way_s, 3), source)

"""The lines alerts come on: how far each was read, and what may be missing."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record


class Position(Record, kw_only=True):
    """The last message of a broker's partition that is in the inbox."""

    topic: str
    partition: int
    offset: int
    broker_time: Instant | None = None


class Gap(Record, kw_only=True):
    """A stretch of a line in which alerts may be missing. It stays visible until a person closes it or it was filled."""

    source: str
    topic: str
    partition: int | None = None
    #: "retention": the broker has dropped what was not read yet; "reset": its offsets began anew; "silence": the pulse stopped.
    reason: Literal["retention", "reset", "silence"]
    #: Offsets that were never read, both included, where they are known.
    first_offset: int | None = None
    last_offset: int | None = None
    #: From the last that was heard to the first that is heard again (None: still silent).
    since: Instant | None = None
    until: Instant | None = None
    #: What was done about it, for people.
    remark: str = ""

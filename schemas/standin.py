"""A document in the place of one that was not taken."""

from __future__ import annotations

from typing import Literal

from .base import Record

StandInReason = Literal["broken-archive", "no-such-file", "too-large", "unreadable"]


class StandIn(Record, kw_only=True, tag="stand-in", tag_field="transients"):
    """A source could not take a document, and puts this in its place: the inbox keeps it, and shows it as refused."""

    reason: StandInReason
    #: Where the document is, or came from: a path, an archive and its member, a broker's address.
    stands_for: str
    #: What is wrong, for people.
    message: str
    size_bytes: int | None = None

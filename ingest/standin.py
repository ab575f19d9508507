"""What goes to the inbox in the place of a document that cannot: so that it is seen among what was refused."""

from __future__ import annotations

from typing import Any

from schemas import StandIn, to_json

#: Characters kept of a name or a message: both may come from outside.
_LONGEST = 1000


def stand_in(reason: Any, stands_for: str, message: str, *, size_bytes: int | None = None) -> bytes:
    """The document that stands for another. The same trouble is the same bytes, so that it is kept once.

    Parameters
    ----------
    reason : str
        One of the words of `schemas.StandIn`.
    stands_for : str
        Where the document is or came from.
    message : str
        What is wrong, for people.
    size_bytes : int, optional
        Its size, where it is known.
    """
    record = StandIn(reason=reason, stands_for=stands_for[:_LONGEST], message=message[:_LONGEST], size_bytes=size_bytes)
    return to_json(record)

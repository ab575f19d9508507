"""What goes to the inbox in the place of a document that cannot: so that it is seen among what was refused."""

from __future__ import annotations

import os
from typing import Any

from schemas import Refusal, StandIn, to_json

from .documents import Document

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


def refused_document(document: Document, *, size_bytes: int | None = None) -> bytes:
    """What stands for a document of a file or archive that has none of its own. Raises ValueError for one that has."""
    if not isinstance(document.data, Refusal):
        raise ValueError(f"{document.name} was taken")
    message = printable_path(document.data.message)
    return stand_in(document.data.reason, printable_path(document.name), message, size_bytes=size_bytes)


def printable_path(path: str) -> str:
    """A path, or a text that quotes one, as text that can be stored: bytes of a name that are no UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

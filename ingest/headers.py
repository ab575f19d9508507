"""What a carrier says beside the bytes of an alert, as text that can be stored anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

#: Hop's have four, of some tens of bytes; a sender may send as many as it likes.
_MOST = 64
_LONGEST = 1024
#: Headers that are the 16 bytes of a UUID.
_UUIDS = frozenset({"_id"})


def header_texts(pairs: Iterable[tuple[str, bytes | str | None]]) -> dict[str, str]:
    """Headers by name; of one that comes again, every value, with commas.

    Text stays text, with what is not printable escaped; other bytes become "0x…". Names and values are cut at 1024
    characters, and only the first 64 headers are taken: nothing in them identifies an alert.
    """
    found: dict[str, str] = {}
    for count, (name, value) in enumerate(pairs):
        if count == _MOST:
            break
        key, text = _printable(name), _text(name, value)
        found[key] = f"{found[key]}, {text}"[:_LONGEST] if key in found else text
    return found


def _text(name: str, value: bytes | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _printable(value)
    if name in _UUIDS and len(value) == 16:
        return str(uuid.UUID(bytes=value))
    # A character that the cut went through would make all the rest no text.
    value = value[:_LONGEST]
    try:
        return _printable(value.decode())
    except UnicodeDecodeError:
        return f"0x{value.hex()}"[:_LONGEST]


def _printable(text: str) -> str:
    """Databases take no NUL, and no half of a surrogate pair."""
    cut = text[:_LONGEST]
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode("ascii")[:_LONGEST]

"""Out of gzip, never beyond a bound: files come from services and archives that are not trusted."""

from __future__ import annotations

import zlib

from schemas.errors import RefusedInput

_MAGIC = b"\x1f\x8b"


def unpacked(data: bytes, name: str, max_bytes: int) -> bytes:
    """The bytes, out of gzip where they are in it, and never more than `max_bytes`.

    A file may have several members, as concatenated files do; zeros after the last are padding, as tapes and archives add it.

    Raises
    ------
    RefusedInput
        Naming the file: it has or unpacks to more, is cut short or damaged, or something else follows the last member.
    """
    if not data.startswith(_MAGIC):
        if len(data) > max_bytes:
            raise RefusedInput(f"{len(data)} bytes are more than the {max_bytes} taken", where=name)
        return data
    parts: list[bytes] = []
    room = max_bytes
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, room + 1)
        except zlib.error as error:
            raise RefusedInput(f"broken gzip: {error}", where=name) from error
        room -= len(part)
        if room < 0:
            raise RefusedInput(f"unpacks to more than the {max_bytes} bytes taken", where=name)
        if not member.eof:
            raise RefusedInput("gzip that ends early", where=name)
        parts.append(part)
        data = member.unused_data.lstrip(b"\0")
    return b"".join(parts)

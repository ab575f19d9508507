"""Frames of VOEvents over TCP: a length of four bytes, big-endian, then as many bytes."""

from __future__ import annotations

import asyncio

_PREFIX_BYTES = 4
#: Longest message the prefix can count.
_LONGEST = 2**32 - 1


class FrameTooLarge(Exception):  # noqa: N818
    """A peer announced more bytes than are taken; nothing of them was read, and nothing behind them can be found."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a message of {length} bytes was announced")
        self.length = length


async def read_frame(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    """The next message, whole.

    Raises
    ------
    FrameTooLarge
        More than `max_bytes` are announced: told from the prefix alone.
    asyncio.IncompleteReadError
        The peer hung up, between messages (`partial` is empty) or within one.
    """
    length = int.from_bytes(await reader.readexactly(_PREFIX_BYTES), "big")
    if length > max_bytes:
        raise FrameTooLarge(length)
    return await reader.readexactly(length)


def frame(body: bytes) -> bytes:
    """A message as it goes over the line.

    >>> frame(b"<a/>")
    b'\\x00\\x00\\x00\\x04<a/>'
    """
    if len(body) > _LONGEST:
        raise ValueError("too long for a frame")
    return len(body).to_bytes(_PREFIX_BYTES, "big") + body

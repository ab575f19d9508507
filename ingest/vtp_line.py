"""One connection to a broker of VOEvents over TCP."""

from __future__ import annotations

import asyncio

import structlog

from .base import utc_now
from .connect import connect
from .frames import frame, read_frame
from .transport import answer

_FAREWELL_S = 1.0
#: A peer that takes none of our answers, up to this many bytes, is left.
_MAX_UNSENT_BYTES = 1024 * 1024


class VtpLine:
    """Messages from a broker, and answers to it.

    Parameters
    ----------
    reader, writer
        The connection.
    identity : str
        Who answers.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, identity: str) -> None:
        self._reader, self._writer, self._identity = reader, writer, identity
        self._log = structlog.get_logger("ingest.vtp")

    @classmethod
    async def open(cls, host: str, port: int, identity: str) -> VtpLine:
        """Connect. Raises OSError or UnicodeError."""
        return cls(*await connect(host, port), identity)

    async def read(self, max_bytes: int, patience_s: float) -> bytes:
        """The next message, whole. Raises TimeoutError, and what `read_frame` raises."""
        # For the whole message: one byte now and then is no sign of life.
        async with asyncio.timeout(patience_s):
            return await read_frame(self._reader, max_bytes)

    def say(self, role: str, origin: str, *, result: str = "") -> None:
        """Answer, as `transport.answer`; nobody waits for the broker to take it."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            self._log.warning("the broker takes no answers", action="answers-refused")
            self._writer.transport.abort()
            return
        self._writer.write(frame(answer(role, origin, self._identity, utc_now(), result=result)))

    async def hang_up(self) -> None:
        """End the connection; a broker that does not take what was said last is not waited for long."""
        self._writer.close()
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await self._writer.wait_closed()
        except OSError:
            self._writer.transport.abort()

"""A line on loopback that can be cut, stalled, refused and mended: a small proxy before a server's port or socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

Target = tuple[str, int] | Path
_PIECE = 1 << 16


class Line:
    """A proxy to one server, open at first: bytes pass.

    Parameters
    ----------
    target
        (host, port) or the path of a Unix socket.
    port
        Where it listens; 0: at a free one.
    """

    def __init__(self, target: Target, port: int = 0) -> None:
        self.target = target
        self.port = port
        self._listener: asyncio.Server | None = None
        self._passing = asyncio.Event()
        self._passing.set()
        self._cut = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        """Take connections; at the same port as before, if there was one."""
        self._listener = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    def stall(self) -> None:
        """Connections stand and new ones are taken, but nothing passes."""
        self._passing.clear()

    def cut(self) -> None:
        """Reset every connection; each new one is reset at once."""
        self._cut = True
        self._reset()

    def refuse(self) -> None:
        """Reset every connection, and take none."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._reset()

    async def mend(self, *, forget: bool = False) -> None:
        """Let everything pass again. With `forget` what stands stays silent for ever, as when a router on the way lost its table."""
        if forget:
            for task in self._tasks:
                task.cancel()
            self._tasks.clear()
        self._cut = False
        self._passing.set()
        if self._listener is None:
            await self.listen()

    async def end(self) -> None:
        """Take no more, and end what stands."""
        self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _reset(self) -> None:
        for end in self._ends:
            if end.is_closing():
                continue
            # With this, closing is RST: no good-bye.
            end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()
        self._ends.clear()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        if self._cut:
            self._reset()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._passing.wait()
            there, back = await self._reach()
            self._ends.add(back)
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        self._tasks.discard(task)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(str(self.target))
        return await asyncio.open_connection(*self.target)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            # What came while nothing passes goes on when it does again, as it would by TCP.
            await self._passing.wait()
            writer.write(piece)
            await writer.drain()
        await self._passing.wait()
        writer.close()
        self._ends.discard(writer)


@contextlib.asynccontextmanager
async def cuttable(target: Target) -> AsyncIterator[Line]:
    """A line to a server, ended with the block."""
    line = Line(target)
    await line.listen()
    try:
        yield line
    finally:
        await line.end()


def server_of(url: str) -> Target:
    """Where the server of a database's address listens."""
    parts = urlsplit(url)
    if parts.hostname is not None:
        return parts.hostname, parts.port or 5432
    return Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"


def by_way_of(line: Line, url: str) -> str:
    """The same database, reached over a line."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{line.port}", query="sslmode=disable").geturl()

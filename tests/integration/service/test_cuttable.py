"""The line that the fault tests cut does what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from cuttable import Line, cuttable


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A line to a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1000):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with cuttable(server.sockets[0].getsockname()) as made:
        yield made
    server.close()


class Caller:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, word: bytes) -> bytes:
        self.writer.write(word)
        async with asyncio.timeout(0.3):
            return await self.reader.readexactly(len(word))


async def calling(line: Line) -> Caller:
    return Caller(*await asyncio.open_connection("127.0.0.1", line.port))


async def test_open_it_passes_everything_and_ends_with_either_side(line: Line) -> None:
    caller = await calling(line)
    assert await caller.says(b"hallo") == b"hallo"
    caller.writer.write_eof()
    assert await caller.reader.read() == b""
    caller.writer.close()


async def test_cut_it_resets_what_stands_and_what_comes(line: Line) -> None:
    caller = await calling(line)
    assert await caller.says(b"hallo") == b"hallo"
    line.cut()
    for each in (caller, await calling(line)):
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await each.says(b"there?")
        each.writer.close()
    await line.mend()
    again = await calling(line)
    assert await again.says(b"hallo") == b"hallo"
    again.writer.close()


async def test_refused_nobody_listens(line: Line) -> None:
    line.refuse()
    with pytest.raises(ConnectionRefusedError):
        await calling(line)
    await line.mend()
    caller = await calling(line)
    assert await caller.says(b"hallo") == b"hallo"
    caller.writer.close()


@pytest.mark.parametrize("forget", [False, True])
async def test_stalled_nothing_passes_until_it_is_mended(line: Line, forget: bool) -> None:
    before = await calling(line)
    assert await before.says(b"hallo") == b"hallo"
    line.stall()
    during = await calling(line)
    for caller in (before, during):
        with pytest.raises(TimeoutError):
            await caller.says(b"there?")
    await line.mend(forget=forget)
    for caller in (before, during):
        if forget:
            with pytest.raises(TimeoutError):
                await caller.says(b"now?")
        else:
            async with asyncio.timeout(5.0):
                assert await caller.reader.readexactly(6) == b"there?"
        caller.writer.close()
    after = await calling(line)
    assert await after.says(b"hallo") == b"hallo"
    after.writer.close()

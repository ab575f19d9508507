"""A broker of VOEvents over TCP for tests: it says what it is told to, and keeps what it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from lxml import etree

from ingest.frames import frame

IDENTITY = "ivo://broker.example/one"


def transport(role: str, origin: str = IDENTITY, namespace: str = "http://telescope-networks.org/xml/Transport/v2.0") -> bytes:
    """A message about the line as a broker writes it."""
    return (
        f'<?xml version="1.0"?>\n<trn:Transport xmlns:trn="{namespace}" role="{role}" version="2.0">'
        f"<Origin>{origin}</Origin><TimeStamp>2026-01-02T03:04:05Z</TimeStamp></trn:Transport>"
    ).encode()


def event(number: int) -> bytes:
    """A VOEvent with an identity of its own."""
    return (
        f'<voe:VOEvent xmlns:voe="http://www.ivoa.net/xml/VOEvent/v2.0" ivorn="ivo://sender.example/event#{number}" role="test"'
        ' version="2.0"><Who><Date>2026-01-02T03:04:05</Date></Who></voe:VOEvent>'
    ).encode()


class Peer:
    """One subscriber, as the broker sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    def send(self, *bodies: bytes) -> None:
        """Send messages."""
        for body in bodies:
            self.writer.write(frame(body))

    async def answer(self) -> tuple[str, str, str, str]:
        """The next answer: its role, what it is about, who answers, and why."""
        async with asyncio.timeout(10):
            length = int.from_bytes(await self._reader.readexactly(4), "big")
            root = etree.fromstring(await self._reader.readexactly(length))
        found = {child.tag: child.text or "" for child in root.iter() if isinstance(child.tag, str)}
        return root.get("role", ""), found.get("Origin", ""), found.get("Response", ""), found.get("Result", "")

    async def gone(self) -> None:
        """Wait until the subscriber has hung up."""
        async with asyncio.timeout(10):
            while await self._reader.read(65536):
                pass

    def reset(self) -> None:
        """End the connection as a crash would."""
        self.writer.transport.abort()


class VtpBroker:
    """Listens on loopback. `greeting` is said to everybody who comes."""

    def __init__(self, greeting: Iterable[bytes] = ()) -> None:
        self.greeting = list(greeting)
        self._peers: asyncio.Queue[Peer] = asyncio.Queue()
        self._all: list[Peer] = []
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> VtpBroker:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def listen(self) -> None:
        """Take subscribers; again on the port of before."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End every connection, and take nobody any more."""
        assert self._server is not None
        self._server.close()
        for peer in self._all:
            peer.reset()
        await self._server.wait_closed()

    async def peer(self) -> Peer:
        """The next subscriber that comes."""
        return await asyncio.wait_for(self._peers.get(), 10)

    def tell_all(self, body: bytes) -> None:
        """Send a message to everybody who is there, and to all who come later."""
        self.greeting.append(body)
        for peer in self._all:
            if not peer.writer.is_closing():
                peer.send(body)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        peer.send(*self.greeting)
        self._all.append(peer)
        self._peers.put_nowait(peer)

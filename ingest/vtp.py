"""Alerts from a broker of VOEvents over TCP: we subscribe, it sends."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import structlog

from schemas import RawAlert
from schemas.errors import ConfigurationError

from .base import LineState, raw_alert, utc_now
from .documents import MAX_DOCUMENT_BYTES
from .frames import FrameTooLarge
from .gaps import OnGap
from .outages import Outages
from .standin import stand_in
from .transport import TransportMessage, read_message
from .vtp_line import VtpLine

#: Pause before connecting again: the first, the longest, and how long a connection must have lasted to begin with the first again.
_FIRST_PAUSE_S, _MAX_PAUSE_S, _STEADY_S = 1.0, 60.0, 60.0
#: What is answered by saying the same: are you there, who are you.
_ECHOED = ("iamalive", "authenticate")


class VtpSource:
    """Alerts of one broker that speaks the VOEvent Transport Protocol 2.0 (Comet and others).

    Every message that is not about the line itself is an alert, whatever is in it. An alert with an identity is acknowledged
    when it is stored. The broker keeps nothing for who is away: each time the line is lost, `on_gap` is told from when to when.
    Several brokers that relay each other are several sources; the inbox knows an alert it has by its content.

    Parameters
    ----------
    host : str
        Name or address of the broker.
    port : int
        Where it serves subscribers: 8099 by habit.
    name : str
        Name of the source in the inbox.
    identity : str
        Who we say we are, an IVOA identifier; empty: nobody.
    silence_s : float
        A line on which no whole message came for this long is taken for dead and made anew. Brokers say every 60 s that they
        live.
    max_bytes : int
        A longer message is not read: in its place comes a stand-in that the inbox shows as refused, and the line is made anew.
    on_gap : callable, optional
        Told of each outage, at its beginning and at its end.

    Raises
    ------
    ConfigurationError
        No host, a port that is none, or an identity that is no text.
    """

    def __init__(
        self,
        host: str,
        port: int = 8099,
        *,
        name: str = "vtp",
        identity: str = "",
        silence_s: float = 150.0,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        on_gap: OnGap | None = None,
    ) -> None:
        if not host or not 0 < port < 65536:
            raise ConfigurationError(f"no place to connect to: {host!r}, port {port}", where=name)
        if not identity.isprintable():
            raise ConfigurationError(f"no identity: {identity!r}", where=name)
        self._host, self._port, self._name, self._identity = host, port, name, identity
        self._silence_s, self._max_bytes = silence_s, max_bytes
        self._topic = f"{host}:{port}"
        #: How the line is.
        self.line = LineState()
        self._outages = Outages(name, self._topic, on_gap)
        self._closed = False
        self._connected: VtpLine | None = None
        #: Who the broker says it is.
        self._broker = ""
        #: Received and not yet stored: IVORNs to acknowledge on this connection, by content.
        self._pending: dict[str, list[str]] = {}
        self._log = structlog.get_logger("ingest.vtp").bind(source=name, broker=self._topic)

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        pause_s = _FIRST_PAUSE_S
        while not self._closed:
            began_s = time.monotonic()
            async with contextlib.aclosing(self._connection()) as alerts:
                async for raw in alerts:
                    self._pending.setdefault(raw.content_id, [])
                    yield raw
            if time.monotonic() - began_s >= _STEADY_S:
                pause_s = _FIRST_PAUSE_S
            wait_s = pause_s * random.uniform(0.5, 1.0)
            self._log.warning("the line is lost", action="line-lost", why=self.line.reason, again_in_s=round(wait_s, 1))
            await self._outages.begins(self.line.reason)
            await asyncio.sleep(wait_s)
            pause_s = min(2.0 * pause_s, _MAX_PAUSE_S)

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Acknowledge what is stored to the broker. On a line made anew there is nothing to acknowledge."""
        for raw in raws:
            for ivorn in self._pending.pop(raw.content_id, ()):
                self._say("ack", ivorn)

    async def aclose(self) -> None:
        """Hang up."""
        if self._closed:
            return
        self._closed = True
        await self._hang_up()
        if self._pending:
            await self._outages.left(f"{len(self._pending)} alerts had come and were not stored when we left")

    async def _connection(self) -> AsyncGenerator[RawAlert, None]:
        """The alerts of one connection. At its end the line's reason says why it ended."""
        try:
            self._connected = connected = await VtpLine.open(self._host, self._port, self._identity)
            while True:
                data = await connected.read(self._max_bytes, self._silence_s)
                await self._outages.heard()
                self.line.turn("connected")
                raw = self._understand(data)
                if raw is not None:
                    yield raw
        except FrameTooLarge as error:
            yield self._refuse(error.length)
            self.line.turn("waiting", str(error))
        except (OSError, UnicodeError, asyncio.IncompleteReadError) as error:
            self.line.turn("waiting", self._why(error))
        finally:
            await self._hang_up()

    def _why(self, error: OSError | UnicodeError | asyncio.IncompleteReadError) -> str:
        """What is to be said of an end."""
        if isinstance(error, asyncio.IncompleteReadError):
            return "the broker hung up" + (" within a message" if error.partial else "")
        if self._connected is None:
            return f"no connection: {error}"
        return f"no message within {self._silence_s:g} s" if isinstance(error, TimeoutError) else f"the line broke: {error}"

    def _understand(self, data: bytes) -> RawAlert | None:
        """The alert that a message is; what is about the line is answered."""
        message = read_message(data)
        if isinstance(message, TransportMessage):
            self._broker = message.origin or self._broker
            if message.role in _ECHOED:
                self.line.last_pulse = utc_now()
                self._say(message.role, message.origin)
            else:
                self._log.info("a message about the line", action="transport-message", role=message.role)
            return None
        raw = raw_alert(data, source=self._name, topic=self._topic)
        self.line.last_message = raw.received
        if message.ivorn is not None:
            self._pending.setdefault(raw.content_id, []).append(message.ivorn)
        return raw

    def _refuse(self, length: int) -> RawAlert:
        why = f"a message of {length} bytes is more than the {self._max_bytes} taken"
        self._say("nak", self._broker, result=why)
        return raw_alert(stand_in("too-large", self._topic, why, size_bytes=length), source=self._name, topic=self._topic)

    def _say(self, role: str, origin: str, *, result: str = "") -> None:
        if self._connected is not None:
            self._connected.say(role, origin, result=result)

    async def _hang_up(self) -> None:
        connected, self._connected = self._connected, None
        for ivorns in self._pending.values():
            ivorns.clear()
        if connected is not None:
            await connected.hang_up()

"""What others tell of the sky and the detectors, for the front page: looked at in the background, never waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from schemas import Instant
from schemas.errors import ConfigurationError, TransientsError
from transients.config import StatusSettings
from transients.sources.gw_network import read_gw_network
from transients.sources.transport import Transport
from transients.sources.xrays import read_xray_flux
from transients.web import Outside, Seen

T = TypeVar("T")

#: A day of minutes in two bands is 0.6 MB, a week 4.5 MB.
_MOST_BYTES = 8_000_000
_TIMEOUT_S, _ATTEMPTS = 20.0, 2

log = structlog.get_logger("transients.service")


class Watched(Generic[T]):
    """One address, looked at again and again. What was read last stays, with its time, when a look fails.

    Parameters
    ----------
    url
        The address.
    read
        Makes a value of the bytes, the address and now; raises RefusedInput.
    interval_s
        Between two looks.
    clock
        Now.
    """

    def __init__(
        self, url: str, read: Callable[[bytes, str, Instant], T], interval_s: float, clock: Callable[[], Instant]
    ) -> None:
        base, _, page = url.rpartition("/")
        if not url.startswith(("http://", "https://")) or not page:
            raise ConfigurationError("not the address of a document", where=url)
        self._base, self._page = base, page
        self._read, self._interval_s, self._clock = read, interval_s, clock
        self.seen: Seen[T] = Seen(reason="not looked at yet")

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until it stops."""
        transport = Transport(self._base, timeout_s=_TIMEOUT_S, attempts=_ATTEMPTS, max_bytes=_MOST_BYTES)
        async with contextlib.aclosing(transport):
            while not stopping.is_set():
                await self.look(transport)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self._interval_s)

    async def look(self, transport: Transport) -> None:
        """Look once."""
        try:
            reply = await transport.get(self._page)
            value = self._read(reply.content, reply.address, self._clock())
        except TransientsError as error:
            log.warning("an outside source was not read", action="outside-failed", error=str(error))
            self.seen = Seen(self.seen.value, self.seen.asked_at, str(error))
            return
        self.seen = Seen(value, self._clock())


class OutsideSources:
    """All outside sources that the settings name."""

    def __init__(self, settings: StatusSettings, clock: Callable[[], Instant]) -> None:
        every = settings.interval_s
        self._xrays = Watched(settings.goes_url, read_xray_flux, every, clock) if settings.goes_url else None
        self._network = Watched(settings.gw_network_url, read_gw_network, every, clock) if settings.gw_network_url else None

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at each until it stops."""
        async with asyncio.TaskGroup() as group:
            if self._xrays is not None:
                group.create_task(self._xrays.run(stopping), name="X-ray flux")
            if self._network is not None:
                group.create_task(self._network.run(stopping), name="gravitational-wave network")

    def seen(self) -> Outside:
        """What was read last."""
        return Outside(
            xrays=None if self._xrays is None else self._xrays.seen,
            network=None if self._network is None else self._network.seen,
        )

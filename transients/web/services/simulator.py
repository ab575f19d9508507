"""The simulated observatory as a web service of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from litestar import Litestar

from schemas import Instant
from schemas.errors import BadRequest

from ...config import WebSettings
from ...sources import SimulatedObservatory, SimulatedSource
from ...sources.clock import utc_now
from ...sources.provider import Provider
from ..server import serve_app
from .faults import Faults
from .routes import service_routes

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def create_simulator_app(provider: Provider, faults: Faults | None = None) -> Litestar:
    """A web application of the data services alone."""
    return Litestar([service_routes(provider, faults)], openapi_config=None, logging_config=None)


async def run_simulator(
    host: str,
    port: int,
    observatory: SimulatedObservatory,
    faults: Faults | None = None,
    clock: Callable[[], Instant] = utc_now,
    *,
    stop: asyncio.Event | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve a simulated observatory until told to stop, or cancelled.

    Parameters
    ----------
    host, port
        An address of this machine alone; port 0 takes a free one.
    faults
        What goes wrong on purpose.
    clock
        The simulated "now": data younger than its tier's delay is not there yet.
    stop
        Set by the caller to end it.
    started
        Called with the address once requests are answered.

    Raises
    ------
    BadRequest
        For an address beyond this machine: simulated data is not offered to others.
    OSError
        The address cannot be listened on.
    """
    if host not in _LOOPBACK:
        raise BadRequest(f"the simulator serves this machine only, not {host}")
    provider = Provider(SimulatedSource(observatory, clock), observatory.mission, clock)
    address = WebSettings(host=host, port=port)
    await serve_app(create_simulator_app(provider, faults), address, stop or asyncio.Event(), started=started)

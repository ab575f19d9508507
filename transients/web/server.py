"""Run the dashboard until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from litestar import Litestar

from schemas.errors import ConfigurationError, TransientsError
from transients.config import WebSettings

#: After the event streams were closed an answer may take this long before it is cut off.
GRACE_S = 5


class _Server(uvicorn.Server):
    """Signals are the service's affair; `ready` is set once requests are answered."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_app(
    app: Litestar, settings: WebSettings, stop: asyncio.Event, *, started: Callable[[str], None] | None = None
) -> None:
    """Serve `app` until `stop` is set; open event streams are ended first, so that the server can leave.

    Parameters
    ----------
    app : Litestar
        From `create_app`, or any other.
    settings : WebSettings
        Address and port; port 0 takes a free one.
    stop : asyncio.Event
        Set by the service.
    started : callable, optional
        Called with the address once requests are answered.

    Raises
    ------
    ConfigurationError
        The address cannot be listened on; it is named.
    TransientsError
        The application did not start.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    # Bound here: uvicorn itself would end the process where the port is taken.
    listener = await asyncio.get_running_loop().run_in_executor(None, _bind, settings)
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="dashboard")
        stopping = asyncio.create_task(stop.wait(), name="dashboard-stop")
        ready = asyncio.create_task(server.ready.wait(), name="dashboard-ready")
        try:
            await asyncio.wait({serving, stopping, ready}, return_when=asyncio.FIRST_COMPLETED)
            if server.ready.is_set() and started is not None:
                started(f"http://{_shown(settings.host)}:{listener.getsockname()[1]}")
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            ready.cancel()
            if "hub" in app.state:
                await app.state.hub.close()
            server.should_exit = True
            await serving
    if not server.ready.is_set() and not stop.is_set():
        raise TransientsError("the dashboard did not start; the log says why")


def _bind(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"the dashboard cannot listen there: {reason}", where=f"{settings.host}:{settings.port}"
        ) from error


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host

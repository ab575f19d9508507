"""The simulated data services on loopback, which tell the truth or what a test puts into their mouth."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, MutableMapping
from typing import Any

import uvicorn

from schemas import Instant
from transients.missions.integral import Integral
from transients.sources import Provider, SimulatedObservatory, SimulatedSource, load_response
from transients.web.services import create_simulator_app

#: Long after the shipped scenario: every tier of its data is there.
NOW = Instant.parse("2024-06-01T00:00:00")
Scope = MutableMapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What goes out for a question."""

    status: int
    body: bytes
    headers: dict[bytes, bytes] = dataclasses.field(default_factory=dict)


#: (path, the true answer): what is said instead; None: nothing, ever.
Lie = Callable[[str, Answer], Answer | None]


class Services:
    """The services, and how they are asked.

    Attributes
    ----------
    lie
        In force; None: the truth.
    reroute
        What question is answered in place of one, by their paths; None: that which was asked.
    asked
        Paths, in order.
    """

    def __init__(self) -> None:
        mission = Integral(load_response())
        observatory = SimulatedObservatory(3, mission)
        source = SimulatedSource(observatory, lambda: NOW)
        self._app = create_simulator_app(Provider(source, mission, lambda: NOW))
        self.lie: Lie | None = None
        self.reroute: Callable[[str], str] | None = None
        self.asked: list[str] = []
        self.port = 0

    async def tell_the_truth(self) -> None:
        """From now on."""
        self.lie = self.reroute = None

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        self.asked.append(path)
        if self.reroute is not None:
            path = self.reroute(path)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        parts: list[dict[str, Any]] = []

        async def keep(part: dict[str, Any]) -> None:
            parts.append(part)

        # The truth first: a lie may be made of it.
        await self._app(scope, receive, keep)  # type: ignore[arg-type]
        headers = {name: value for name, value in parts[0]["headers"] if name != b"content-length"}
        truth = Answer(parts[0]["status"], b"".join(part.get("body", b"") for part in parts[1:]), headers)
        said = truth if self.lie is None else self.lie(path, truth)
        if said is None:
            await asyncio.Event().wait()
            return
        await send({"type": "http.response.start", "status": said.status, "headers": list(said.headers.items())})
        await send({"type": "http.response.body", "body": said.body})


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Services]:
    """The services, on a port of their own."""
    services = Services()
    config = uvicorn.Config(services, host="127.0.0.1", port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- there is no event for it
        await asyncio.sleep(0.005)
    services.port = server.servers[0].sockets[0].getsockname()[1]
    yield services
    server.should_exit = True
    await task

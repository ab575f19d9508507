"""Whether the services work."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from ...sources.provider import Provider
from .answers import json_reply


def health_routes(provider: Provider) -> list[HTTPRouteHandler]:
    """`healthcheck` and `rthealth`."""

    @get("/healthcheck")
    async def health() -> Response[Any]:
        return json_reply({"status": "OK"})

    @get("/integralhk/api/v1.0/rthealth")
    async def rthealth() -> Response[Any]:
        """OK while data is expected now."""
        expected = await provider.source.expectation(provider.clock())
        return json_reply({"status": "OK" if expected.status == "ONLINE" else "NOK"})

    return [health, rthealth]

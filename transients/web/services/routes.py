"""All routes of the data services under one path."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from litestar import Request, Response, Router

from schemas import to_json
from schemas.errors import TransientsError

from ...sources.provider import Provider
from .answers import error_reply
from .counts import count_routes
from .faults import Faults, faulty
from .health import health_routes
from .spacecraft import spacecraft_routes
from .times import time_routes

#: Whether this request's reply is to be cut short.
_cut: contextvars.ContextVar[bool] = contextvars.ContextVar("cut", default=False)
_SIMULATED = {"X-Simulated": "transients"}


def service_routes(provider: Provider, faults: Faults | None = None, path: str = "/") -> Router:
    """All data-service routes under `path`.

    Parameters
    ----------
    provider
        What answers.
    faults
        What goes wrong on purpose; looked at with every request.
    path
        The gateway's path.
    """
    broken = Faults() if faults is None else faults
    marks = _SIMULATED if provider.simulated else {}

    async def before(request: Request[Any, Any, Any]) -> Response[Any] | None:
        fault = broken.take(request.url.path)
        _cut.set(False)
        if fault is None:
            return None
        _cut.set(fault.cut)
        if fault.delay_s > 0:
            await asyncio.sleep(fault.delay_s)
        return faulty(fault)

    async def mark(response: Response[Any]) -> Response[Any]:
        if _cut.get():
            whole = response.content if isinstance(response.content, str | bytes) else to_json(response.content)
            response.content = whole[: len(whole) // 2]
        response.headers.update(marks)
        return response

    def refuse(request: Request[Any, Any, Any], error: TransientsError) -> Response[Any]:
        response = error_reply(request.url.path, error)
        response.headers.update(marks)
        return response

    return Router(
        path,
        route_handlers=[
            *time_routes(provider),
            *spacecraft_routes(provider),
            *count_routes(provider),
            *health_routes(provider),
        ],
        before_request=before,
        after_request=mark,
        exception_handlers={TransientsError: refuse},
        include_in_schema=False,
    )

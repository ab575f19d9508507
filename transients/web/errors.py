"""The edge where errors become answers: pages for people, JSON for programs."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Template

from schemas.errors import NotFound, RefusedInput, ServiceUnreachable, TransientsError

_log = structlog.get_logger("transients.web")
_WORDS = {
    400: "That cannot be read",
    404: "Not found",
    405: "Not possible here",
    500: "Something broke",
    503: "Not reachable now",
}


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """An error of the web framework."""
    return _answer(request, error.status_code, "http", str(error.detail))


def on_ours(request: Request[Any, Any, Any], error: TransientsError) -> Response[Any]:
    """An error of this project."""
    status = 404 if isinstance(error, NotFound) else 400 if isinstance(error, RefusedInput) else 500
    if isinstance(error, ServiceUnreachable):
        status = 503
    if status >= 500:
        _log.error("a request failed", action="request-failed", path=request.url.path, error=str(error))
    return _answer(request, status, error.kind, error.message)


def on_any(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Anything else: logged in full, told in brief."""
    _log.error("a request failed", action="request-failed", path=request.url.path, exc_info=error)
    return _answer(request, 500, "error", "The service log says what happened.")


def _answer(request: Request[Any, Any, Any], status: int, kind: str, message: str) -> Response[Any]:
    path = request.url.path
    if path.startswith(("/api/", "/health/", "/schema", "/metrics")):
        return Response({"error": {"kind": kind, "message": message}}, status_code=status, media_type=MediaType.JSON)
    context = {"status": status, "word": _WORDS.get(status, "Not possible"), "message": message}
    return Template("error.html", context=context, status_code=status)

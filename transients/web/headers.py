"""What every request must be, and the headers that every answer carries."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from schemas.errors import NotFound

#: No inline script or style, nothing from elsewhere; pico draws its arrows from data: images.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: For bytes that others wrote: nothing in them may run.
FOREIGN_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


async def secure(message: Message, scope: Scope) -> None:
    """Add the headers as the answer leaves, errors included; an answer may bring a stricter policy of its own."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _ALWAYS.items():
        headers[name] = value
    headers.setdefault("content-security-policy", PAGE_POLICY)
    headers.setdefault("cache-control", "no-cache")


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """No name here has a NUL in it, and the database takes none: such an address names nothing."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise NotFound("no name has a NUL character in it")

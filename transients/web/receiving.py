"""Alerts that others send to us: POST /api/alerts, with a token."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, post
from litestar.types import ControllerRouterHandler

from ingest.base import raw_alert
from ingest.documents import MAX_DOCUMENT_BYTES
from schemas import RawAlert, Record
from schemas.errors import TransientsError
from transients.config import HttpSettings

from .senders import Refused, Sender, Senders

#: Stores an alert and says whether its content was new; afterwards it is safe.
Take = Callable[[RawAlert], Awaitable[bool]]
#: A body that is not whole by then is not waited for any longer.
BODY_TIMEOUT_S = 60.0
#: When to try again while the inbox is away.
_AGAIN_S = 5
#: Handlers know topics by short names.
_LONGEST_TOPIC = 200


class Received(Record, frozen=True, kw_only=True):
    """What became of an alert. `new`: its content was not known before."""

    content_id: str
    new: bool


def alert_routes(
    settings: HttpSettings, take: Take, *, max_bytes: int = MAX_DOCUMENT_BYTES, body_timeout_s: float = BODY_TIMEOUT_S
) -> tuple[ControllerRouterHandler, ...]:
    """The route, or none where nobody has a token.

    Parameters
    ----------
    settings : HttpSettings
        Who may send, from where, and how much.
    take : callable
        Stores one alert.
    max_bytes : int
        A longer body is refused as soon as it is longer.
    body_timeout_s : float
        How long a body may take.
    """
    if not settings.tokens:
        return ()
    senders = Senders(settings)

    @post(
        "/api/alerts",
        status_code=202,
        request_max_body_size=max_bytes,
        tags=["alerts"],
        summary="Send an alert; 202 means that it is stored",
    )
    async def receive_alert(request: Request[Any, Any, Any]) -> Response[Any]:
        """The body is the alert, as it is, whatever its type; `X-Topic` says which topic it would come on."""
        try:
            with senders.admit(request) as sender:
                raw = await _read(request, sender, body_timeout_s)
                return Response(await _keep(raw, take), status_code=202)
        except Refused as refused:
            return refused.response()

    return (receive_alert,)


async def _read(request: Request[Any, Any, Any], sender: Sender, timeout_s: float) -> RawAlert:
    topic = request.headers.get("x-topic", "http")
    if not topic.strip() or len(topic) > _LONGEST_TOPIC or not (topic.isascii() and topic.isprintable()):
        raise Refused(400, "X-Topic is no name of a topic")
    try:
        async with asyncio.timeout(timeout_s):
            body = b"".join([part async for part in request.stream()])
    except TimeoutError:
        raise Refused(408, f"the body did not come within {timeout_s:g} s", close=True) from None
    if not body:
        raise Refused(400, "there is no alert in it")
    kind = request.headers.get("content-type")
    headers = [] if kind is None else [("content-type", kind)]
    return raw_alert(body, source=sender.source, topic=topic, headers=headers)


async def _keep(raw: RawAlert, take: Take) -> Received:
    try:
        return Received(content_id=raw.content_id, new=await take(raw))
    except TransientsError as error:
        if not error.retriable:
            raise
        raise Refused(503, "the inbox is away", again_s=_AGAIN_S) from error

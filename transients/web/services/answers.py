"""How the services answer: text, JSON, and refusals in the original's manner."""

from __future__ import annotations

from typing import Any

import numpy as np
from litestar import Response

from schemas.errors import BadRequest, NoData, RefusedInput, TransientsError


def text_reply(content: str, status: int = 200) -> Response[Any]:
    """Plain text."""
    return Response(content, media_type="text/plain", status_code=status)


def json_reply(content: Any) -> Response[Any]:
    """JSON."""
    return Response(content, media_type="application/json")


def finite(text: str) -> float:
    """A finite number out of an address.

    Raises
    ------
    BadRequest
        Naming the text.
    """
    try:
        value = float(text)
    except ValueError as error:
        raise BadRequest(f"not a number: {text[:40]!r}") from error
    if not np.isfinite(value):
        raise BadRequest(f"not a finite number: {text[:40]!r}")
    return value


def error_reply(path: str, error: TransientsError) -> Response[Any]:
    """The original's manner: problems of the time service as 400 with a JSON list, the others' as text with status 200."""
    message = error.message
    if isinstance(error, NoData) and "no data" not in message.lower():
        message = f"No Data (at this time?): {message}"
    if "/timesystem/" in path:
        return Response([message], media_type="application/json", status_code=400)
    if isinstance(error, BadRequest | RefusedInput) and "Over revolution" not in message and "Bad Target" not in message:
        return text_reply(message, 400)
    return text_reply(message)

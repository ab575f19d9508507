"""Bytes that others wrote, handed out so that no browser runs them."""

from __future__ import annotations

import re
from urllib.parse import quote

from litestar import Response

from .headers import FOREIGN_POLICY

#: Shown in the page; everything else is offered for saving.
_SHOWN = frozenset({"image/png", "image/jpeg", "application/json", "text/plain"})
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def raw_response(body: bytes, name: str) -> Response[bytes]:
    """An alert as it came: plain text where it is text, else a file to save."""
    if _is_text(body):
        return _response(body, "text/plain", f"{name}.txt", shown=True)
    return _response(body, "application/octet-stream", f"{name}.bin", shown=False)


def file_response(body: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file of ours by its media type; markup (HTML, SVG, notebooks) is never shown in place."""
    kind = media_type.partition(";")[0].strip().lower()
    shown = kind in _SHOWN
    return _response(body, kind if shown else "application/octet-stream", name, shown=shown)


def _is_text(body: bytes) -> bool:
    if _CONTROL.search(body):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _response(body: bytes, media_type: str, name: str, *, shown: bool) -> Response[bytes]:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    way = "inline" if shown else "attachment"
    return Response(
        body,
        media_type=media_type,
        headers={
            "content-disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "content-security-policy": FOREIGN_POLICY,
        },
    )

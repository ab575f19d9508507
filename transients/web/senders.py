"""Who may send alerts: tokens, places, and how much at once."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from litestar import MediaType, Request, Response

from transients.config import HttpSettings

_log = structlog.get_logger("transients.web")


class Refused(Exception):  # noqa: N818
    """A request that is not served, with its answer."""

    def __init__(self, status: int, message: str, *, again_s: int | None = None, close: bool = False) -> None:
        super().__init__(message)
        self.status, self.message, self.again_s, self.close = status, message, again_s, close

    def response(self) -> Response[Any]:
        """The answer."""
        headers: dict[str, str] = {}
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        if self.again_s is not None:
            headers["retry-after"] = str(self.again_s)
        if self.close:
            headers["connection"] = "close"
        content = {"error": {"kind": "http", "message": self.message}}
        return Response(content, status_code=self.status, media_type=MediaType.JSON, headers=headers)


class Sender:
    """One token's share: so many alerts at once, and so many in a minute (as many at a stretch)."""

    def __init__(self, name: str, secret: str, concurrent: int, per_minute: int, clock: Callable[[], float]) -> None:
        self.source = f"http:{name}"
        self._digest = _digest(secret)
        self._concurrent, self._per_minute, self._clock = concurrent, per_minute, clock
        self._running = 0
        self._left, self._counted_s = float(per_minute), clock()

    def is_named_by(self, digest: bytes) -> bool:
        """Whether this is the digest of its token; takes as long for every answer."""
        return hmac.compare_digest(self._digest, digest)

    @contextlib.contextmanager
    def share(self) -> Iterator[None]:
        """Take a share. Raises Refused (429) when there is none left."""
        now_s = self._clock()
        self._left = min(float(self._per_minute), self._left + (now_s - self._counted_s) * self._per_minute / 60.0)
        self._counted_s = now_s
        if self._running >= self._concurrent:
            raise Refused(429, f"{self._concurrent} alerts of this token are being taken", again_s=1)
        if self._left < 1.0:
            again_s = math.ceil((1.0 - self._left) * 60.0 / self._per_minute)
            raise Refused(429, f"more than {self._per_minute} alerts of this token in a minute", again_s=again_s)
        self._left -= 1.0
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


class Senders:
    """Everybody who has a token."""

    def __init__(self, settings: HttpSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._remote = settings.remote
        self._senders = [
            Sender(name, secret.reveal(), settings.concurrent, settings.per_minute, clock)
            for name, secret in settings.tokens.items()
        ]

    @contextlib.contextmanager
    def admit(self, request: Request[Any, Any, Any]) -> Iterator[Sender]:
        """Who sends, with a share taken; nothing of the body is read before. Raises Refused: 401, 403 or 429."""
        host = request.client.host if request.client is not None else ""
        if not self._remote and not is_loopback(host):
            _log.warning("an alert from elsewhere is not taken", action="sender-refused", status=403, host=host)
            raise Refused(403, "alerts are taken from this machine only (http.remote)")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        sender = self._known(given.strip()) if scheme.lower() == "bearer" else None
        if sender is None:
            _log.warning("an alert without a valid token is not taken", action="sender-refused", status=401, host=host)
            raise Refused(401, "no valid token")
        with sender.share():
            yield sender

    def _known(self, given: str) -> Sender | None:
        digest = _digest(given)
        # All are asked, so that the time says nothing of whose token comes close.
        named = [sender for sender in self._senders if sender.is_named_by(digest)]
        return named[0] if named else None


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own; what is no address is not.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1", "", "localhost.example")]
    [True, True, True, False, False, False]
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _digest(secret: str) -> bytes:
    """Of equal length for all, so that a comparison tells no lengths."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()

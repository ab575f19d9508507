"""Sky maps from their addresses: configured hosts only, with limits of time and size."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

import httpx2
import stamina

from schemas.errors import NotFound, NotYet, RefusedInput, ServiceRefused, ServiceUnreachable, TransientsError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REDIRECTS = 3


class SkyMapLimits(Protocol):
    """The part of the settings that applies (`config.SourceSettings`)."""

    @property
    def skymap_hosts(self) -> tuple[str, ...]: ...
    @property
    def skymap_max_bytes(self) -> int: ...
    @property
    def timeout_s(self) -> float: ...


async def fetch_skymap(url: str, settings: SkyMapLimits, *, attempts: int = 4, wait_s: float = 1.0) -> bytes:
    """The bytes at an address.

    Plain HTTP is taken from this machine only. A redirection is followed only to a configured host.

    Parameters
    ----------
    url
        Address as an alert gives it: not trusted.
    settings
        Hosts, size, time.
    attempts, wait_s
        Tries in all where the failure may pass, and the first pause.

    Raises
    ------
    ServiceRefused
        A host that is not configured, or a refusal by the server.
    NotYet
        Status 404: maps appear seconds after their alerts.
    ServiceUnreachable
        No answer in time.
    RefusedInput
        Too large, empty, or a page instead of a map.
    """
    _require_allowed(url, settings)
    context = stamina.retry_context(on=_passes, attempts=attempts, timeout=None, wait_initial=wait_s, wait_max=20 * wait_s)
    async with httpx2.AsyncClient(timeout=settings.timeout_s, follow_redirects=False) as client:
        async for attempt in context:
            with attempt:
                return await _fetch(client, url, settings)
    raise AssertionError("unreachable: the last try raises")


def _passes(error: Exception) -> bool:
    return isinstance(error, ServiceUnreachable | NotYet)


def _require_allowed(url: str, settings: SkyMapLimits) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host not in settings.skymap_hosts:
        raise _NotAllowed(f"sky maps are not fetched from {host or 'an address without host'}", where=url[:200])
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise _NotAllowed(f"sky maps are not fetched by {parts.scheme or 'no scheme'}", where=url[:200])
    if parts.username is not None:
        raise _NotAllowed("an address with a user name", where=url[:200])


class _NotAllowed(ServiceRefused):
    """The configuration does not allow this address."""

    retriable = False


async def _fetch(client: httpx2.AsyncClient, url: str, settings: SkyMapLimits) -> bytes:
    for _ in range(_REDIRECTS + 1):
        try:
            async with client.stream("GET", url) as response:
                if response.is_redirect:
                    url = str(response.url.join(response.headers.get("location", "")))
                    _require_allowed(url, settings)
                    continue
                if response.status_code != 200:
                    raise _status(response.status_code, url)
                return await _body(response, url, settings.skymap_max_bytes)
        except httpx2.HTTPError as error:
            raise ServiceUnreachable(f"no answer: {str(error) or type(error).__name__}", where=url) from error
    raise ServiceRefused("too many redirections", where=url)


def _status(status: int, url: str) -> TransientsError:
    if status == 404:
        return NotYet("no sky map at this address (yet)", where=url)
    if status in (429, 500, 502, 503, 504):
        return ServiceUnreachable(f"status {status}", where=url)
    if status == 410:
        return NotFound("the sky map is gone", where=url)
    return ServiceRefused(f"status {status}", where=url)


async def _body(response: httpx2.Response, url: str, most: int) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > most:
            raise RefusedInput(f"a sky map of more than {most} bytes", where=url)
        parts.append(part)
    content = b"".join(parts)
    if not content:
        raise RefusedInput("an empty reply, not a sky map", where=url)
    if content.lstrip()[:1] == b"<":
        raise RefusedInput("a page, not a sky map", where=url)
    return content

"""The deposit API of Zenodo, one request at a time: throttling obeyed, errors in our own words, the token in a header only."""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import stamina

from schemas.errors import BadRequest, ConfigurationError, NotFound, ServiceRefused, ServiceUnreachable

#: Longest wait that a throttling server is granted before the step is given up for this time.
_LONGEST_WAIT_S = 120.0
_PAGE = 25


class Throttled(ServiceRefused):
    """The service asks to wait."""

    kind = "throttled"

    def __init__(self, wait_s: float, where: str) -> None:
        super().__init__(f"asks to wait {wait_s:.0f} s", where=where)
        self.wait_s = wait_s


class ZenodoApi:
    """Requests against one Zenodo.

    Parameters
    ----------
    base_url : str
        "https://sandbox.zenodo.org", "https://zenodo.org", or a stand-in.
    token : str
        With scopes deposit:write and deposit:actions; sent to the host of `base_url` and to no other.
    attempts : int
        Tries of a request that may be repeated (all but those that create or publish, which the server may have done).
    """

    def __init__(self, base_url: str, token: str, *, timeout_s: float = 60.0, attempts: int = 4) -> None:
        self._base = base_url.rstrip("/")
        self._attempts = attempts
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def search(self, query: str) -> AsyncIterator[dict[str, Any]]:
        """Our own depositions that match, every version, newest first."""
        page = 1
        while True:
            parameters = {"q": query, "size": str(_PAGE), "page": str(page), "all_versions": "true", "sort": "mostrecent"}
            found = await self._json("GET", "/api/deposit/depositions", again=True, params=parameters)
            for deposition in found:
                yield deposition
            if len(found) < _PAGE:
                return
            page += 1

    async def get(self, number: str) -> dict[str, Any]:
        """One deposition."""
        return dict(await self._json("GET", f"/api/deposit/depositions/{number}", again=True))

    async def create(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """A new deposition that carries its metadata from the first moment."""
        return dict(await self._json("POST", "/api/deposit/depositions", again=False, json={"metadata": metadata}))

    async def describe(self, number: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Replace the metadata."""
        return dict(await self._json("PUT", f"/api/deposit/depositions/{number}", again=True, json={"metadata": metadata}))

    async def files(self, number: str) -> dict[str, tuple[str, str]]:
        """Files of a deposition: name to (md5, id)."""
        listed = await self._json("GET", f"/api/deposit/depositions/{number}/files", again=True)
        return {f.get("filename") or f["key"]: (_md5(f["checksum"]), str(f["id"])) for f in listed}

    async def delete_file(self, number: str, file_id: str) -> None:
        """Remove a file from a draft; one already gone is fine."""
        try:
            await self._request("DELETE", f"/api/deposit/depositions/{number}/files/{quote(file_id, safe='')}", again=True)
        except NotFound:
            return

    async def discard(self, number: str) -> None:
        """Delete an unpublished deposition; one already gone is fine."""
        try:
            await self._request("DELETE", f"/api/deposit/depositions/{number}", again=True)
        except NotFound:
            return

    async def upload(self, bucket: str, name: str, data: bytes) -> str:
        """Put one file into a bucket; returns the md5 the server has computed."""
        content = {"Content-Type": "application/octet-stream"}
        reply = await self._json("PUT", f"{bucket}/{quote(name, safe='')}", again=True, content=data, headers=content)
        return _md5(reply["checksum"])

    async def act(self, number: str, action: str) -> dict[str, Any]:
        """Run "publish" or "newversion"."""
        return dict(await self._json("POST", f"/api/deposit/depositions/{number}/actions/{action}", again=False))

    async def _json(self, method: str, path: str, *, again: bool, **options: Any) -> Any:
        reply = await self._request(method, path, again=again, **options)
        try:
            return reply.json()
        except ValueError as error:
            raise ServiceRefused(f"{method} {path}: the reply is no JSON", where="Zenodo") from error

    async def _request(self, method: str, path: str, *, again: bool, **options: Any) -> httpx2.Response:
        url = self._own(path)

        def worth_another(error: Exception) -> bool | float:
            if isinstance(error, Throttled):
                return error.wait_s if error.wait_s <= _LONGEST_WAIT_S else False
            return again and isinstance(error, ServiceRefused | ServiceUnreachable)

        tries = stamina.retry_context(on=worth_another, attempts=self._attempts, timeout=None, wait_initial=0.2, wait_max=5.0)
        async for attempt in tries:
            with attempt:
                return await self._once(method, url, **options)
        raise AssertionError("stamina ends by returning or raising")

    async def _once(self, method: str, url: str, **options: Any) -> httpx2.Response:
        where = f"{method} {urlsplit(url).path}"
        try:
            reply = await self._client.request(method, url, **options)
        except httpx2.TransportError as error:
            raise ServiceUnreachable(f"{type(error).__name__}: {error}".rstrip(": "), where=where) from error
        if not reply.is_success:
            raise _refusal(reply, where)
        return reply

    def _own(self, path: str) -> str:
        """The address of a path or link; a link to another host is refused, for the token would go there."""
        url = path if "://" in path else f"{self._base}{path}"
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            raise ServiceRefused(f"the service names another host: {urlsplit(url).netloc}", where="Zenodo")
        return url


def _refusal(reply: httpx2.Response, where: str) -> Exception:
    code = reply.status_code
    if code == 429:
        return Throttled(wait_s(reply.headers, time.time()), where)
    message = f"HTTP {code}: {reply.text[:300]}"
    if code in (401, 403):
        return ConfigurationError(f"the token is not accepted ({message})", where=where)
    if code in (404, 410):
        return NotFound(message, where=where)
    return ServiceRefused(message, where=where) if code >= 500 else BadRequest(message, where=where)


def wait_s(headers: Mapping[str, str], now_unix_s: float) -> float:
    """Seconds a throttled client has to wait: Retry-After (seconds or a date), else X-RateLimit-Reset (Unix time), else 60."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    if asked:
        try:
            until = email.utils.parsedate_to_datetime(asked)
        except ValueError:
            until = None
        if until is not None:
            until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
            return max(0.0, until.timestamp() - now_unix_s)
    reset = headers.get("X-RateLimit-Reset", "").strip()
    return max(0.0, float(reset) - now_unix_s) if reset.isdigit() else 60.0


def _md5(checksum: str) -> str:
    return checksum.removeprefix("md5:")

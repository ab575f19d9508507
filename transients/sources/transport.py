"""One polite HTTP client: limits of time and size, retries where trying again can help, and errors that say who failed."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import stamina

from schemas.errors import BadRequest, NotFound, RefusedInput, ServiceRefused, ServiceUnreachable, TransientsError

from .offset import ClockOffset, clock_offset
from .refusals import error_in, is_page, plain_text

#: Header that everything simulated carries.
SIMULATED_HEADER = "X-Simulated"
_MINUTE_S = 60.0


class Reply:
    """A reply's bytes, and whether they are simulated."""

    def __init__(self, content: bytes, simulated: bool, address: str) -> None:
        self.content = content
        self.simulated = simulated
        self.address = address

    @property
    def text(self) -> str:
        """The reply as text. Raises RefusedInput when it is none."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RefusedInput("the reply is no text", where=self.address) from error

    def json(self) -> Any:
        """The reply as JSON. Raises what its text means when it is an error, else RefusedInput."""
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            known = error_in(self.text, self.address)
            if known is not None:
                raise known from error
            what = "an HTML page" if is_page(self.text) else f"{plain_text(self.text)[:80]!r}"
            raise RefusedInput(f"the reply is {what}, not JSON", where=self.address) from error


class Transport:
    """GET with retries.

    Parameters
    ----------
    base_url
        What paths are relative to.
    timeout_s
        For one try, from connecting to the last byte asked for.
    attempts
        Tries in all where the failure is of a kind that passes.
    max_bytes
        Largest reply taken.
    wait_s
        First pause between tries; it doubles, with jitter.
    """

    def __init__(
        self, base_url: str, *, timeout_s: float = 60.0, attempts: int = 3, max_bytes: int = 300_000_000, wait_s: float = 0.5
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self._attempts = attempts
        self._max_bytes = max_bytes
        self._wait_s = wait_s
        #: This machine's clock against the server's, as its replies tell it.
        self.clock_offset: ClockOffset | None = None
        self._compared = 0.0
        self._client = httpx2.AsyncClient(timeout=timeout_s, follow_redirects=False, headers={"User-Agent": "transients"})

    async def aclose(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET.

        Raises
        ------
        ServiceUnreachable
            No answer in time, after all tries.
        ServiceRefused, BadRequest, NotFound, RefusedInput
            By the status, and by the text that came with it.
        """
        context = stamina.retry_context(
            on=_passes, attempts=self._attempts, timeout=None, wait_initial=self._wait_s, wait_max=20 * self._wait_s
        )
        async for attempt in context:
            with attempt:
                return await self._once(path, params)
        raise AssertionError("unreachable: the last try raises")

    async def _once(self, path: str, params: Mapping[str, str] | None) -> Reply:
        address = self.base_url + path.lstrip("/")
        sent = dt.datetime.now(dt.UTC)
        try:
            async with self._client.stream("GET", address, params=params) as response:
                self._compare(clock_offset(response.headers, sent, dt.datetime.now(dt.UTC), self.base_url))
                content = await self._content(response, address)
        except httpx2.TimeoutException as error:
            raise ServiceUnreachable("no answer in time", where=address) from error
        except httpx2.HTTPError as error:
            raise ServiceUnreachable(f"no answer: {str(error) or type(error).__name__}", where=address) from error
        if response.status_code != 200:
            raise _status_error(response, content, address)
        return Reply(content, SIMULATED_HEADER in response.headers, address)

    def _compare(self, told: ClockOffset | None) -> None:
        """Keep the surest comparison of the clocks of the last minute: a quick reply tells more than a slow one."""
        before = self.clock_offset
        if told is not None and (
            before is None or told.error_s <= before.error_s or time.monotonic() > self._compared + _MINUTE_S
        ):
            self.clock_offset, self._compared = told, time.monotonic()

    async def _content(self, response: httpx2.Response, address: str) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._max_bytes:
                raise RefusedInput(f"a reply of more than {self._max_bytes} bytes", where=address)
            parts.append(part)
        return b"".join(parts)


def _passes(error: Exception) -> bool:
    """Failures that may pass within seconds: no answer, and a server that is busy; data that is not there yet takes longer."""
    return isinstance(error, ServiceUnreachable) or (isinstance(error, ServiceRefused) and getattr(error, "busy", False))


def _status_error(response: httpx2.Response, content: bytes, address: str) -> TransientsError:
    status = response.status_code
    text = content.decode("utf-8", "replace")
    known = error_in(text, address)
    if known is not None:
        return known
    words = f"status {status}: {plain_text(text)[:120]}"
    if status == 404:
        return NotFound(words, where=address)
    if status in (401, 403):
        return ServiceRefused(words, where=address)
    if status in (429, 500, 502, 503, 504):
        refused = ServiceRefused(words, where=address)
        # Who is told to come back in a minute does not ask three times in one.
        refused.busy = "retry-after" not in response.headers  # type: ignore[attr-defined]
        return refused
    if 400 <= status < 500:
        return BadRequest(words, where=address)
    return ServiceRefused(words, where=address)

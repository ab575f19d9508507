"""Sky maps from addresses: what is allowed, and what comes back."""

from __future__ import annotations

import types

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from schemas.errors import NotYet, RefusedInput, ServiceRefused, ServiceUnreachable
from transients.sources import fetch_skymap


def settings(*hosts: str, most: int = 1000, timeout_s: float = 2.0) -> types.SimpleNamespace:
    return types.SimpleNamespace(skymap_hosts=hosts, skymap_max_bytes=most, timeout_s=timeout_s)


LOCAL = settings("127.0.0.1", "localhost")


async def fetch(url: str, limits: types.SimpleNamespace = LOCAL) -> bytes:
    return await fetch_skymap(url, limits, attempts=2, wait_s=0.01)


async def test_a_map_comes_back(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/map.fits").respond_with_data(b"SIMPLE  = T")
    assert await fetch(httpserver.url_for("/map.fits")) == b"SIMPLE  = T"


async def test_a_map_that_appears_a_moment_later(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/map.fits").respond_with_data("none", status=404)
    httpserver.expect_ordered_request("/map.fits").respond_with_data(b"SIMPLE  = T")
    assert await fetch(httpserver.url_for("/map.fits")) == b"SIMPLE  = T"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Response("none", status=404), NotYet),
        (Response("no", status=403), ServiceRefused),
        (Response("busy", status=503), ServiceUnreachable),
        (Response(b"x" * 1001), RefusedInput),
        (Response(b""), RefusedInput),
        (Response(b"<html>log in</html>"), RefusedInput),
        (Response(status=302, headers={"Location": "http://elsewhere.example/map.fits"}), ServiceRefused),
        (Response(status=302, headers={"Location": "/map.fits"}), ServiceRefused),
    ],
)
async def test_what_is_no_map(httpserver: HTTPServer, reply: Response, error: type[Exception]) -> None:
    httpserver.expect_request("/map.fits").respond_with_response(reply)
    with pytest.raises(error):
        await fetch(httpserver.url_for("/map.fits"))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/map.fits",
        "http://gracedb.ligo.org/map.fits",
        "ftp://gracedb.ligo.org/map.fits",
        "https://gracedb.ligo.org.evil.example/map.fits",
        "https://user@gracedb.ligo.org/map.fits",
        "file:///etc/passwd",
        "no address",
        "",
    ],
)
async def test_addresses_that_are_not_allowed(url: str) -> None:
    with pytest.raises(ServiceRefused) as caught:
        await fetch(url, settings("gracedb.ligo.org"))
    assert not caught.value.retriable


async def test_nobody_there() -> None:
    with pytest.raises(ServiceUnreachable):
        await fetch("http://127.0.0.1:1/map.fits")

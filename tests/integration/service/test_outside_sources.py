"""Outside sources in the background: read, kept with their time when a look fails, and in nobody's way."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from schemas import Instant
from schemas.errors import ConfigurationError
from transients.config import StatusSettings
from transients.service.outside import OutsideSources, Watched
from transients.sources.gw_network import read_gw_network
from transients.sources.transport import Transport

NOW = Instant.parse("2019-06-09T18:16:25")
GOOD = json.dumps({"UTC": "Jun 09, 18:16 UTC", "detectors": [{"site": "Virgo", "status": "Troubleshooting"}]})


def watched(url: str) -> Watched:
    return Watched(url, read_gw_network, 10.0, lambda: NOW)


async def look(watch: Watched, url: str) -> None:
    transport = Transport(url.rpartition("/")[0], timeout_s=0.5, attempts=1)
    await watch.look(transport)
    await transport.aclose()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Response("", 503), "status 503"),
        (Response("<html><body>moved</body></html>"), "no JSON"),
        (Response("{}"), "detectors"),
        (Response("", 302, {"Location": "http://127.0.0.1:9/"}), "status 302"),
    ],
)
async def test_what_was_read_stays_with_its_time_when_a_look_fails(httpserver: HTTPServer, bad: Response, why: str) -> None:
    url = httpserver.url_for("/gwistat.json")
    httpserver.expect_ordered_request("/gwistat.json").respond_with_data(GOOD)
    httpserver.expect_ordered_request("/gwistat.json").respond_with_response(bad)
    httpserver.expect_ordered_request("/gwistat.json").respond_with_data(GOOD)
    watch = watched(url)
    assert (watch.seen.value, watch.seen.reason) == (None, "not looked at yet")
    await look(watch, url)
    read = watch.seen
    assert (read.value.detectors[0].status, read.asked_at, read.reason) == ("Troubleshooting", NOW, "")
    await look(watch, url)
    assert (watch.seen.value, watch.seen.asked_at) == (read.value, read.asked_at)
    assert why in watch.seen.reason
    assert url in watch.seen.reason
    await look(watch, url)
    assert watch.seen.reason == ""


async def test_a_server_that_hangs_is_given_up(httpserver: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        time.sleep(1.0)
        return Response(GOOD)

    httpserver.expect_request("/gwistat.json").respond_with_handler(slow)
    watch = watched(httpserver.url_for("/gwistat.json"))
    await look(watch, httpserver.url_for("/gwistat.json"))
    assert "no answer in time" in watch.seen.reason


async def test_only_what_the_settings_name_is_looked_at(httpserver: HTTPServer) -> None:
    assert OutsideSources(StatusSettings(), lambda: NOW).seen().network is None
    httpserver.expect_request("/gwistat.json").respond_with_data(GOOD)
    around = OutsideSources(StatusSettings(gw_network_url=httpserver.url_for("/gwistat.json")), lambda: NOW)
    stopping = asyncio.Event()
    looking = asyncio.create_task(around.run(stopping))
    async with asyncio.timeout(10.0):
        while around.seen().network.value is None:  # noqa: ASYNC110  # nothing tells when a look is done
            await asyncio.sleep(0.01)
        stopping.set()
        await looking
    assert around.seen().xrays is None


@pytest.mark.parametrize("url", ["ftp://a/b.json", "gwistat.json", "http://a/"])
def test_what_is_no_address_of_a_document_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ConfigurationError):
        OutsideSources(StatusSettings(goes_url=url), lambda: NOW)

"""`transients status` of sources alone: of now and of the past, and of data services that hang, lie, or are none."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest
from command_line import ask, command


def test_status_of_a_moment_of_the_past() -> None:
    card = ask("status", "--source", "sim:1", "--at", "2019-06-09T18:16:25")
    assert card["at"] == "2019-06-09T18:16:25.000"
    assert (card["revolution"], round(card["distance_mm"])) == (2100, 152)
    assert [card[tier]["state"] for tier in ("realtime", "nrt", "cons")] == ["ONLINE", "Delayed", "ONLINE"]
    assert card["realtime"]["latency_s"] < 67.0
    assert card["nrt"]["last"].startswith("2100")
    assert card["cons"]["last"].startswith("2090")
    assert any("moment of the past" in caveat for caveat in card["caveats"])
    text = command("status", "--source", "sim:1", "--at", "2019-06-09T18:16:25").out
    for words in ("Real-time  ONLINE", "2100, 151.75 ± 0.00 Mm", "next break in data in 29 hr", "SIMULATED"):
        assert words in text, words


def test_status_of_an_archive_makes_sense() -> None:
    card = ask("status", "--source", "sim:1")
    assert [card[tier]["state"] for tier in ("realtime", "nrt", "cons")] == ["OFFLINE", "OFFLINE", "COMPLETE"]
    assert card["realtime"]["reason"].startswith("INTEGRAL stopped observing on 2025-02-28")
    assert card["cons"]["until"].startswith("2025-02-28")


def test_status_refuses_what_makes_no_sense() -> None:
    assert command("status", "--url", "http://127.0.0.1:9", "--at", "2019-06-09T18:16:25").code == 2
    assert command("status", "--url", "http://127.0.0.1:9", "--source", "sim:1").code == 2
    assert command("status", "--at", "yesterday").code == 2
    before = command("status", "--at", "1999-06-09T18:16:25", "--json")
    assert (before.code, before.error["kind"]) == (1, "no-data")


class Lying(http.server.BaseHTTPRequestHandler):
    """A data service whose clock is an hour ahead, whose stream has bins of the future, and whose lists are a page."""

    def do_GET(self) -> None:
        day = (dt.datetime.now(dt.UTC) - dt.datetime(2000, 1, 1, tzinfo=dt.UTC)).total_seconds() / 86400.0
        rows = [[4500.0, day + 1.0 + i * 0.05 / 86400.0] for i in range(20)]
        stream = json.dumps({"lc": {"columns": ["counts", "ijd"], "data": rows}})
        page = "<!DOCTYPE html><html><body>It works!</body></html>"
        body = (stream if "/rtlc/" in self.path else page).encode()
        self.send_response(200 if "/ephs/" not in self.path else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() + 3600.0)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Hanging(http.server.BaseHTTPRequestHandler):
    """A data service that listens and never answers."""

    leave = threading.Event()

    def do_GET(self) -> None:
        self.leave.wait(60.0)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a server with the handler that a test asks for."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    Hanging.leave.set()
    server.shutdown()
    server.server_close()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("served", [Lying], indirect=True)
def test_a_data_service_that_lies_fools_nobody(served: str) -> None:
    found = command("status", "--source", served, "--json")
    assert found.code == 0
    card = found.data
    assert {card[tier]["state"] for tier in ("nrt", "cons")} == {"UNAVAILABLE"}
    assert "an HTML page" in card["nrt"]["reason"]
    # INTEGRAL has ended; bins of the future are no stream.
    assert (card["realtime"]["state"], card["realtime"]["until"]) == ("OFFLINE", None)
    assert card["clock_offset_s"] == pytest.approx(-3600.5, abs=1.5)
    assert any("apart" in caveat for caveat in card["caveats"])
    assert card["distance_source"] == "orbit model"


@pytest.mark.parametrize("served", [Hanging], indirect=True)
def test_a_data_service_that_hangs_is_given_up(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transients.service.observed.PATIENCE_S", 0.3)
    card = ask("status", "--source", served)
    assert "no answer within 0.3 s" in card["cons"]["reason"]
    assert card["next_break_source"] == "orbit"
    assert card["clock_offset_s"] is None

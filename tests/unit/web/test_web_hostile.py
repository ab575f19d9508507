"""Nothing that others wrote may become markup, run, or break out of its place."""

from __future__ import annotations

from urllib.parse import unquote

import dashboard_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from lxml import html

from schemas import sha256_hex
from transients.web.keys import key_to_segment, segment_to_key
from transients.web.memory import MemoryStore

MARKUP = ("<script>alert", "<img src=x", "onerror=alert(2)>")


@pytest.fixture
def evil(client: TestClient, dashboard_store: MemoryStore) -> TestClient:
    event, assessment = samples.hostile()
    dashboard_store.put_event(event)
    dashboard_store.put_assessment(assessment, {"<b>x</b>.png": ("image/png", samples.png()), "a/b~c.txt": ("text/plain", b"x")})
    dashboard_store.put_raw(samples.raw(b"<script>alert(4)</script>"))
    return client


@pytest.mark.parametrize(
    "address", ["/", f"/events/{key_to_segment(samples.HOSTILE_KEY)}", "/refused", "/?q=<script>alert(1)</script>"]
)
def test_texts_stay_texts(evil: TestClient, address: str) -> None:
    answer = evil.get(address)
    assert answer.status_code == 200
    for markup in MARKUP:
        assert markup not in answer.text
    tree = html.fromstring(answer.text)
    assert all(script.get("src", "").startswith("/static/") and not script.text for script in tree.xpath("//script"))
    assert tree.xpath("//*[@onerror or @onclick or @onload or @style]") == []
    assert tree.xpath("//a[starts-with(@href,'javascript:')]") == []
    assert tree.xpath("//img[not(starts-with(@src,'/events/'))]") == []


def test_the_hostile_event_is_shown_and_reached(evil: TestClient) -> None:
    tree = html.fromstring(evil.get("/").text)
    link = tree.xpath("//a[@class='open' and contains(text(),'<script>')]/@href")[0]
    assert evil.get(link).status_code == 200
    page = html.fromstring(evil.get(link).text)
    for file in page.xpath("//ul[@class='files']//a/@href"):
        assert evil.get(file).status_code == 200, file


def test_errors_do_not_echo_markup(evil: TestClient) -> None:
    for address in ("/events/<script>alert(1)</script>", "/raw/<script>alert(1)</script>", "/<script>alert(1)</script>"):
        answer = evil.get(address)
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text


def test_raw_markup_is_plain_text_in_a_sandbox(evil: TestClient) -> None:
    answer = evil.get(f"/raw/{sha256_hex(b'<script>alert(4)</script>')}")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("body", [b"\x00\x01binary", b"\xff\xfe", b"ok\x1b[31m"])
def test_raw_bytes_are_a_file_to_save(client: TestClient, dashboard_store: MemoryStore, body: bytes) -> None:
    dashboard_store.put_raw(samples.raw(body))
    answer = client.get(f"/raw/{sha256_hex(body)}")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "address", ["/", "/nope", "/events/none", "/api/v1/events", "/static/dashboard.css", "/metrics", "/?page=0"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("address", ["/raw/%00", "/events/a%00b", "/?q=%00", "/api/v1/events?q=%00", "/api/v1/events/%00"])
def test_nul_names_nothing(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


@given(st.text(min_size=1, max_size=30))
def test_every_key_survives_its_address(key: str) -> None:
    segment = key_to_segment(key.encode("utf-8", "replace").decode())
    assert "/" not in segment
    assert segment_to_key(unquote(segment)) == key.encode("utf-8", "replace").decode()

"""The JSON API, health, metrics, the description of it all."""

from __future__ import annotations

import asyncio

import dashboard_samples as samples
import msgspec
import outgoing_samples
from litestar.testing import TestClient

from schemas import Assessment, CircularLink, from_json
from schemas.errors import ServiceUnreachable
from transients.config import Settings
from transients.web import create_app
from transients.web.api import EventAnswer
from transients.web.keys import key_to_segment
from transients.web.memory import MemoryStore

KEY = key_to_segment(samples.S230518H)


def test_events_are_the_records(client: TestClient) -> None:
    page = client.get("/api/v1/events?messenger=gravitational-wave&limit=1").json()
    assert page["total"] == 3
    assert page["items"][0]["event"]["event_key"] == samples.S230518H
    event = from_json(client.get(f"/api/v1/events/{KEY}").content, EventAnswer)
    assert event.event_id == "S230518h"
    newest = from_json(client.get(f"/api/v1/events/{KEY}/assessment").content, Assessment)
    assert newest.revision == 3
    older = from_json(client.get(f"/api/v1/events/{KEY}/assessment?revision=2").content, Assessment)
    assert older.verdict == "pending"


def test_circulars_of_an_event_are_with_it_and_on_its_page(client: TestClient, dashboard_store: MemoryStore) -> None:
    link = CircularLink(
        kind="gcn.circulars", circular_id="33813", version=2, subject="LIGO/Virgo/KAGRA S230518h: <b>Identification</b>",
        aliases=("S230518h",), submitter="A. Nother at X", time=outgoing_samples.T0,
    )  # fmt: skip
    dashboard_store.put_circular_link(link)
    dashboard_store.put_circular_link(msgspec.structs.replace(link, circular_id="33814", aliases=("S230518x",)))
    answer = from_json(client.get(f"/api/v1/events/{KEY}").content, EventAnswer)
    assert answer.circulars == (link,)
    page = client.get(f"/events/{KEY}").text
    assert 'href="https://gcn.nasa.gov/circulars/33813"' in page
    assert "S230518h: &lt;b&gt;Identification" in page
    assert "A. Nother at X" in page
    assert "33814" not in page


def test_filters_agree_with_the_pages(client: TestClient) -> None:
    found = client.get("/api/v1/events?origin=fermi").json()
    assert [item["event"]["event_id"] for item in found["items"]] == ["699898651", "700000001"]
    assert client.get("/api/v1/events?limit=0").status_code == 400
    assert client.get("/api/v1/events?q=518H").json()["total"] == 1


def test_errors_are_one_object(client: TestClient) -> None:
    answer = client.get("/api/v1/events/none")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"kind": "not-found", "message": "no event 'none'"}}
    assert client.get("/api/v1/events/ANTARES:230518A/assessment").status_code == 404
    assert client.get("/api/v1/nope").json()["error"]["kind"] == "http"


def test_status(client: TestClient) -> None:
    found = client.get("/api/v1/status").json()
    assert found["status"]["realtime"]["state"] == "ONLINE"
    assert found["status"]["distance_mm"] == 151.93
    assert found["totals"]["events"] == 8


def test_schema_names_every_route(client: TestClient) -> None:
    for address in ("/schema", "/schema/openapi.json"):
        described = client.get(address).json()
        assert {
            "/api/v1/events",
            "/api/v1/events/{key}",
            "/api/v1/events/{key}/assessment",
            "/api/v1/status",
            "/api/v1/stream",
            "/health/live",
            "/health/ready",
        } <= set(described["paths"])


def test_metrics(client: TestClient) -> None:
    client.get("/")
    text = client.get("/metrics").text
    assert 'transients_http_requests_total{app_name="transients",method="GET",path="/"' in text


def test_health(client: TestClient) -> None:
    assert client.get("/health/live").json()["status"] == "OK"
    assert client.get("/health/ready").json() == {"status": "OK", "checks": {"database": None}}


class Unreachable(MemoryStore):
    async def ping(self) -> None:
        raise ServiceUnreachable("postgresql://user:secret@host/db")


def test_readiness_names_what_fails_and_tells_no_secret(monkeypatch) -> None:
    monkeypatch.setattr("transients.web.health.CHECK_TIMEOUT_S", 0.05)

    async def never() -> str | None:
        await asyncio.Event().wait()
        return None

    async def behind() -> str | None:
        return "no heartbeat for 90 s"

    app = create_app(Unreachable(), Settings(), status=samples.status, health={"gcn": behind, "kafka": never})
    with TestClient(app) as testing:
        answer = testing.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "NOK",
        "checks": {"database": "failed: ServiceUnreachable", "gcn": "no heartbeat for 90 s", "kafka": "no answer within 0.05 s"},
    }


class Broken(MemoryStore):
    async def totals(self):
        raise RuntimeError("secret detail")


def test_a_broken_part_is_told_in_brief() -> None:
    app = create_app(Broken(), Settings(), status=samples.status)
    with TestClient(app, raise_server_exceptions=False) as testing:
        for address in ("/", "/api/v1/status"):
            answer = testing.get(address)
            assert answer.status_code == 500
            assert "secret" not in answer.text


def test_records_with_a_hostile_name_reach_programs_unchanged(client: TestClient, dashboard_store: MemoryStore) -> None:
    event, assessment = samples.hostile()
    dashboard_store.put_event(event)
    dashboard_store.put_assessment(assessment)
    answer = from_json(client.get(f"/api/v1/events/{key_to_segment(event.event_key)}").content, EventAnswer)
    assert answer == EventAnswer(**msgspec.structs.asdict(event))
    assert outgoing_samples.T0.iso == "2023-05-18T12:59:08.167"

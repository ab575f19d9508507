"""Blind search's candidates on their page and for programs."""

from __future__ import annotations

import msgspec
import pytest
from litestar.testing import TestClient

from schemas import Candidate, Instant, from_json
from transients.store import KeptCandidate, WatchPosition
from transients.web.candidates import PAGE_SIZE, CandidatesAnswer
from transients.web.memory import MemoryStore

AT = Instant(utc="2023-05-18T10:00:00", ns=120_000_000)
BURST = Candidate(
    mission="INTEGRAL", instrument="SPI-ACS", tier="realtime", start=AT, duration_s=1.25, peak=AT, counts=12_345.0,
    background_cts_s=90_000.0, snr=34.5, far_hz=2.5e-9, classification="burst", spike_probability=0.012, source="<b>services</b>",
    version="v",
)  # fmt: skip


@pytest.fixture
def found(dashboard_store: MemoryStore) -> list[KeptCandidate]:
    kept = []
    for k in range(PAGE_SIZE + 10):
        start = Instant(utc=f"2023-05-18T10:{k % 60:02d}:00", ns=120_000_000)
        candidate = msgspec.structs.replace(BURST, start=start, classification="spike" if k % 2 else "burst", saturated=k == 3)
        kept.append(KeptCandidate(candidate_id=k, scan_id="abcdef0123456789" if k % 3 else "", candidate=candidate, known=AT))
        dashboard_store.put_candidate(kept[-1])
    return kept


def test_the_page_shows_them_in_pages_and_by_class(client: TestClient, found: list[KeptCandidate]) -> None:
    page = client.get("/candidates").text
    assert "all 60" in page
    assert "burst 30" in page
    assert "34.5" in page
    assert "2.5e-09" in page
    assert "0.012" in page
    assert "&lt;b&gt;services" in page
    assert "abcdef012345" in page
    assert "older" in page
    assert "newer" not in page
    second = client.get("/candidates?page=2").text
    assert "counters may have saturated" in second
    assert "newer" in second
    spikes = client.get("/candidates?classification=spike").text
    assert "<td>burst" not in spikes
    assert client.get("/candidates?classification=nonsense").status_code == 400


def test_an_empty_page_says_so(client: TestClient, dashboard_store: MemoryStore) -> None:
    page = client.get("/candidates").text
    assert "None." in page
    assert "has not run" in page
    dashboard_store.watched = [WatchPosition(mission="INTEGRAL", instrument="SPI-ACS", settled=AT, seen=AT)]
    assert "Live: INTEGRAL SPI-ACS" in client.get("/candidates").text


def test_programs_get_the_records(client: TestClient, found: list[KeptCandidate]) -> None:
    answer = from_json(client.get("/api/v1/candidates?limit=2&classification=burst").content, CandidatesAnswer)
    assert [kept.candidate.classification for kept in answer.items] == ["burst", "burst"]
    assert answer.counts == {"burst": 30}
    live = from_json(client.get("/api/v1/candidates?scan=live&limit=500").content, CandidatesAnswer)
    assert {kept.scan_id for kept in live.items} == {""}
    assert len(live.items) == 20
    assert client.get("/api/v1/candidates?far_hz_at_most=1e-12").json()["items"] == []
    assert "/api/v1/candidates" in client.get("/schema/openapi.json").json()["paths"]

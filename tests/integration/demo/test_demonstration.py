"""The shipped scenario, through the real service on embedded PostgreSQL and Kafka."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import httpx2
import pytest

from schemas import sha256_hex
from transients import demo
from transients.config import GcnSettings, Secret, Settings, ZenodoSettings
from transients.service.demonstration import demonstration

#: Verdict and draft of each alert.
EXPECTED = {
    "LIGO Virgo KAGRA:S230518h": ("non-detection", "non-detection"),
    "LIGO Virgo KAGRA:S230524x": ("retracted", "retraction"),
    "Fermi-GBM:699896651": ("detection", "detection"),
    "IceCube:138181_66037171": ("non-detection", "non-detection"),
    "ANTARES:1439919723": ("non-detection", "non-detection"),
    "LIGO Virgo KAGRA:S231127cg": ("inactive", "inactive"),
    "IceCube:138193_21103478": ("inactive", "inactive"),
}


async def test_the_demonstration(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="transients-test-demo-"))
    # Of the user's own settings nothing may be touched: these would fail at once, or reach the world.
    theirs = Settings(
        gcn=GcnSettings(enabled=True, client_id="x", client_secret=Secret("x")),
        zenodo=ZenodoSettings(mode="production", url="http://127.0.0.1:9", publish="all"),
    )
    try:
        async with demonstration(theirs, folder, None) as (service, played):
            store = service.store
            assert store is not None
            assert (played.events, played.circular_drafts) == (demo.event_count(), demo.event_count())
            found = {event.event_key: await store.assessment(event.event_key) for event in await store.events()}
            words = {key: assessment.verdict for key, assessment in found.items() if assessment is not None}
            drafts = {key: await store.circular(key) for key in found}
            for key, (verdict, variant) in EXPECTED.items():
                draft = drafts.pop(key)
                assert draft is not None, key
                assert (words.pop(key), draft.variant) == (verdict, variant), key
                assert "SIMULATED" in draft.subject, key
            # The eighth is INTEGRAL's own.
            ((weak, verdict),) = words.items()
            assert weak.startswith("INTEGRAL")
            assert verdict in ("detection", "non-detection")
            assert drafts[weak] is not None
            for key, assessment in found.items():
                assert assessment is not None
                assert assessment.simulated
                assert assessment.event_revision == (await store.event(key)).revision
            icecube = found["IceCube:138181_66037171"]
            assert icecube is not None
            assert icecube.geometry is not None
            assert icecube.geometry.orientation is not None
            assert icecube.geometry.orientation.word == "bottom"
            assert icecube.geometry.orientation.theta_deg > 100.0
            # The storm: 140 deliveries of one document are one notice.
            storm = demo.messages()[-1]
            assert len(await store.deliveries(sha256_hex(storm.body))) == demo.scenario.STORM_COPIES
            assert (await store.event("IceCube:138193_21103478")).revision == 1
            assert (await store.event("LIGO Virgo KAGRA:S230518h")).revision == 4
            assert await store.jobs(state="failed") == ()
            assert {each.state for each in await store.publications()} == {"recorded"}
            assert {each.state for each in await store.messages()} == {"recorded"}
            await _dashboard_answers(played.url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert "cannot reach the data folder" not in capsys.readouterr().err + caplog.text


async def _dashboard_answers(url: str) -> None:
    async with httpx2.AsyncClient(trust_env=False, base_url=url) as client:
        board = await client.get("/")
        assert board.status_code == 200
        assert "simulated" in board.text.lower()
        for name in ("S230518h", "699896651", "138181_66037171", "1439919723"):
            assert name in board.text
        page = await client.get("/events/Fermi-GBM%3A699896651")
        assert page.status_code == 200
        assert "SIMULATED" in page.text

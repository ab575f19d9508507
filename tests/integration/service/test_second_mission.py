"""The whole service with a mission that a plug-in brings: the settings name it, and nothing else is told."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx2
import pytest
from second_mission.alerts import burst_alert
from second_mission.plugin import BURST
from service_samples import raw, running, settings, worked

from transients import demo
from transients.config import MissionSettings, SourceSettings, WebSettings
from transients.service.intake import Intake
from transients.store import Store

SEEN, HIDDEN, OFF = "Fermi-GBM:738900001", "Fermi-GBM:738900002", "Fermi-GBM:738900003"
ALERTS = (
    burst_alert(738900001, "2024-06-01T12:00:00", BURST.ra_deg, BURST.dec_deg),
    burst_alert(738900002, "2024-06-01T13:00:00", 0.0, 0.0, 60.0),
    burst_alert(738900003, "2024-06-01T19:44:00", BURST.ra_deg, BURST.dec_deg),
)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


async def test_alerts_become_results_of_the_mission_that_the_settings_name(
    store: Store, postgres_url: str, tmp_path: Path, low_earth: str, free_port: int
) -> None:
    made = settings(
        postgres_url,
        tmp_path,
        mission=MissionSettings(name=low_earth),
        sources=SourceSettings(archive_dirs=("sim:100",)),
        web=WebSettings(port=free_port),
    )
    intake = Intake(store, made)
    for offset, alert in enumerate(ALERTS):
        await intake.put(raw(demo.Message("gcn.classic.voevent.FERMI_GBM_FIN_POS", alert), offset))
    async with (
        running(made, ("worker", "web")) as service,
        httpx2.AsyncClient(trust_env=False, base_url=service.url, timeout=20.0) as client,
    ):
        assert service.broken_plugins == {}
        await worked(store)
        found = {key: await store.assessment(key) for key in (SEEN, HIDDEN, OFF)}
        assert [None if a is None else (a.mission, a.verdict) for a in found.values()] == [
            (low_earth, "detection"),
            (low_earth, "non-detection"),
            (low_earth, "inactive"),
        ]
        partly = found[HIDDEN]
        assert partly is not None
        assert partly.geometry is not None
        assert partly.geometry.visibility is not None
        assert 0.02 < (partly.geometry.visibility.earth_fraction or 0.0) < 0.98
        draft = await store.circular(SEEN)
        assert draft is not None
        assert "Low-Earth test mission LAM" in draft.subject
        assert "for the Low-Earth test mission, which does not exist" in draft.body
        (publication,) = await store.publications(SEEN)
        assert publication.state == "recorded"
        names = {file.name for file in await store.artefacts(SEEN)}
        assert {"lightcurve-LAM.png", "limits.multiorder.fits", "allsky.png", "circular.txt"} <= names

        board, event = await page(client, "/"), await page(client, f"/events/{SEEN}")
        assert low_earth in board
        assert "South Atlantic Anomaly" in board
        assert "Low-Earth test mission LAM" in event
        assert "Sun angle 45° to 180°" in event
        assert "Revolution" not in event
        assert "subject: does not name" not in event


async def page(client: httpx2.AsyncClient, path: str) -> str:
    """A page, once the server listens."""
    async with asyncio.timeout(20.0):
        while True:
            try:
                answer = await client.get(path)
                break
            except httpx2.TransportError:
                await asyncio.sleep(0.02)
    assert answer.status_code == 200
    return answer.text

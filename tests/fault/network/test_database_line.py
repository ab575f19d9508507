"""The line between the service and its database is cut, refused, stalled or forgotten while alerts come in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cuttable import by_way_of, cuttable, server_of
from journey_samples import SaidSource, mission
from network_faults import BEFORE, DURING, all_well, asking, drop, until
from service_samples import free_port, running, settings

from ingest import DirectorySource
from schemas.errors import NoData
from transients.config import WebSettings
from transients.store import Store, database, runner

pytestmark = pytest.mark.fault

#: Longer than the time after which others take up a silent worker's jobs.
AWAY_S = runner.HEARTBEAT_TIMEOUT_S + 2.0


@pytest.mark.parametrize(
    "how",
    ["cut", "stalled", pytest.param("refused", marks=pytest.mark.nightly), pytest.param("forgotten", marks=pytest.mark.nightly)],
)
async def test_alerts_wait_and_none_is_lost_or_made_twice(
    how: str, store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute each in life.
    for module in (database, runner):
        monkeypatch.setattr(module, "COMMAND_TIMEOUT_S", 3.0)
    monkeypatch.setitem(database.SERVER_SETTINGS, "idle_in_transaction_session_timeout", "3000")
    folder = tmp_path / "alerts"
    drop(folder, BEFORE)
    async with cuttable(server_of(postgres_url)) as line:
        made = settings(by_way_of(line, postgres_url), tmp_path, web=WebSettings(port=free_port()))
        source = DirectorySource(folder, name="folder", interval_s=0.05)
        parts = {"alerts": (source,), "data": SaidSource({"light_curve": NoData("none here")}), "mission": mission()}
        async with running(made, ("ingest", "worker", "web"), **parts) as service, asking(service.url) as client:

            async def at_work() -> bool:
                return bool(await store.jobs(state="running"))

            await until(at_work)
            match how:
                case "cut":
                    line.cut()
                case "refused":
                    line.refuse()
                case _:
                    line.stall()
            drop(folder, DURING)
            await asyncio.sleep(AWAY_S)
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/health/ready")).status_code == 503
            assert len(await store.events()) < 4
            await line.mend(forget=how == "forgotten")
            await all_well(store, len(BEFORE + DURING))

            async def ready() -> bool:
                return (await client.get("/health/ready")).status_code == 200

            await until(ready)

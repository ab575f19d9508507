"""The database's disk fills up under a worker: results wait for space, however long, and then are saved, once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from intake_faults import postgres_on, started_again
from journey_samples import SaidSource, mission
from network_faults import BEFORE, DURING, all_well, until
from plugins.small_disk import fill_up
from service_samples import raw, running, settings

from transients.service.intake import Intake
from transients.store import Store, runner

pytestmark = pytest.mark.fault


async def test_results_wait_for_space(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Half a minute in life.
    monkeypatch.setattr(runner, "MAX_DATABASE_DELAY_S", 0.2)
    async with postgres_on(small_disk) as server:
        made = settings(server.url, tmp_path)
        store = await Store.open(server.url, pool_size=2)
        intake = Intake(store, made)
        for number, message in enumerate((*BEFORE, *DURING)):
            await intake.put(raw(message, number))
        ballast = small_disk / "ballast"
        await asyncio.to_thread(fill_up, ballast)
        # Room for a word of what is tried, none for a result with its figures.
        os.truncate(ballast, ballast.stat().st_size - 400_000)
        async with running(made, data=SaidSource(), mission=mission()):

            async def in_vain() -> bool:
                """A result could not be written, or the server gave up."""
                return server.pid is None or any("DiskFullError" in (job.error or "") for job in await store.jobs())

            await until(in_vain)
            await asyncio.sleep(3.0)
            ballast.unlink()
            # A server that could not write its log has ended itself.
            if server.pid is None:
                await started_again(server)
            await all_well(store, len(BEFORE + DURING))
        await store.aclose()

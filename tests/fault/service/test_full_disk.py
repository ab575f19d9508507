"""Disks fill up: under the worker's database, where results wait for space and then are saved, once; and where alerts are set aside."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from intake_faults import postgres_on, started_again
from journey_samples import SaidSource, mission
from network_faults import BEFORE, DURING, all_well, until
from plugins.small_disk import fill_up
from service_samples import about, raw, running, settings

from schemas import RawAlert
from transients.service.aside import Aside
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


async def test_an_alert_set_aside_waits_for_space(small_disk: Path) -> None:
    small, large = (raw(about(name)[0]) for name in ("Antares", "S230518h"))
    aside, ballast = Aside(small_disk / "aside"), small_disk / "ballast"
    aside.keep(small)
    fill_up(ballast)
    aside.keep(large)
    assert (len(aside.held), aside.count()) == (1, 1)
    ballast.unlink()
    aside.write_held()
    taken: list[RawAlert] = []

    async def take(raws: Sequence[RawAlert]) -> None:
        taken.extend(raws)

    assert await aside.give_back(take) == 2
    assert sorted(taken, key=lambda each: len(each.body)) == [small, large]
    # Nothing half written is left.
    assert list((small_disk / "aside").iterdir()) == []

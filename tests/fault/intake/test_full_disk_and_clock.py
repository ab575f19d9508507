"""The inbox's disk fills up; the machine's clock is stepped: alerts wait, and none is lost."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from intake_faults import Ingest, all_committed, fill, nothing_lost_nothing_doubled, notices, postgres_on, started_again, stored
from plugins.brokers import ApacheKafka
from plugins.small_disk import fill_up

from ingest import base, run
from ingest.archive import ArchiveSource
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

pytestmark = pytest.mark.fault

COUNT = 2000


async def test_the_disk_of_the_inbox_is_full_for_a_while(
    small_disk: Path, apache_kafka: ApacheKafka, topic: str, tmp_path: Path
) -> None:
    bodies = notices(COUNT)
    await asyncio.to_thread(fill, apache_kafka, topic, bodies[:500])
    async with postgres_on(small_disk) as server:
        url = server.url
        ingest = Ingest(apache_kafka, topic, url, tmp_path)
        async with ingest.running():
            await stored(url, 500, ingest)
            ballast = small_disk / "ballast"
            await asyncio.to_thread(fill_up, ballast)
            await asyncio.to_thread(fill, apache_kafka, topic, bodies[500:])
            async with asyncio.timeout(60):
                while "No space left" not in ingest.log.read_text() and server.pid is not None:
                    ingest.check()
                    await asyncio.sleep(0.2)
            ballast.unlink()
            # A server that could not write its log has ended itself.
            if server.pid is None:
                await started_again(server)
            await stored(url, COUNT, ingest)
            await all_committed(apache_kafka, topic, COUNT, ingest)
        store = await Store.open(url, pool_size=4)
        await nothing_lost_nothing_doubled(store, bodies)
        await store.aclose()


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0, -86400.0 * 400])
async def test_the_clock_is_stepped(step_s: float, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = notices(400)
    for number, body in enumerate(bodies):
        (tmp_path / f"{number:04}.xml").write_bytes(body)
    intake, taken = Intake(store, Settings()), 0

    class Stepped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            nonlocal taken
            taken += 1
            step = dt.timedelta(seconds=step_s if taken > 200 else 0.0)
            return dt.datetime.now(tz) + step

    monkeypatch.setattr(base, "dt", _Clock(Stepped))
    stats = await run(ArchiveSource([tmp_path]), intake.put_many, asyncio.Event())
    assert taken == stats.stored == 400
    await nothing_lost_nothing_doubled(store, bodies)
    (state,) = await store.source_states()
    assert state.lag_s >= 0.0
    assert state.deliveries == 400


class _Clock:
    """The module of dates with another clock."""

    def __init__(self, clock: type[dt.datetime]) -> None:
        self.datetime, self.UTC = clock, dt.UTC

"""Five thousand notices from a real Apache Kafka into a real PostgreSQL, and everything that can fail on the way does."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import confluent_kafka
import confluent_kafka.admin
import pytest
from command_line import ask
from intake_faults import (
    SOURCE,
    Ingest,
    all_committed,
    fill,
    nothing_lost_nothing_doubled,
    notices,
    postgres_on,
    started_again,
    stored,
)
from plugins.brokers import ApacheKafka
from plugins.postgres import server_folder

from transients.embedded import EmbeddedPostgres
from transients.store import Store

pytestmark = pytest.mark.fault

COUNT = 5000


@pytest.fixture
async def own_postgres() -> AsyncIterator[EmbeddedPostgres]:
    """A server of the test's own, with the tables made."""
    folder = server_folder()
    try:
        async with postgres_on(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def killed_again_and_again(
    seed: int, broker: ApacheKafka, topic: str, store: Store, url: str, folder: Path, count: int
) -> None:
    """One round: kill -9 at three random moments of the work, then let it end."""
    rng = random.Random(seed)
    bodies = notices(count)
    await asyncio.to_thread(fill, broker, topic, bodies)
    ingest = Ingest(broker, topic, url, folder)
    for moment in sorted(rng.sample(range(1, count), 3)):
        ingest.start()
        await stored(url, moment, ingest)
        # Anywhere between two batches or inside one.
        await asyncio.sleep(rng.uniform(0.0, 0.2))
        assert await ingest.end(signal.SIGKILL) == -signal.SIGKILL
    async with ingest.running():
        await stored(url, count, ingest)
        await all_committed(broker, topic, count, ingest)
    await nothing_lost_nothing_doubled(store, bodies)
    assert await store.gaps() == ()


@pytest.mark.parametrize("seed", range(4))
async def test_killed_at_random_moments(
    seed: int, apache_kafka: ApacheKafka, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    await killed_again_and_again(seed, apache_kafka, topic, store, postgres_url, tmp_path, COUNT)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4, 210))
async def test_killed_at_random_moments_all_night(
    seed: int, apache_kafka: ApacheKafka, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    await killed_again_and_again(seed, apache_kafka, topic, store, postgres_url, tmp_path, COUNT)


async def test_the_broker_is_away_for_a_minute(
    own_kafka: ApacheKafka, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    bodies = notices(COUNT)
    await asyncio.to_thread(fill, own_kafka, topic, bodies[:2000])
    ingest = Ingest(own_kafka, topic, postgres_url, tmp_path)
    async with ingest.running():
        await stored(postgres_url, 2000, ingest)
        await asyncio.to_thread(own_kafka.kill)
        away_until = time.monotonic() + 60.0
        while time.monotonic() < away_until:
            ingest.check()
            await asyncio.sleep(1.0)
        await asyncio.to_thread(own_kafka.start)
        await asyncio.to_thread(fill, own_kafka, topic, bodies[2000:])
        await stored(postgres_url, COUNT, ingest)
    await nothing_lost_nothing_doubled(store, bodies)
    assert "broker" in ingest.log.read_text()


async def test_the_database_is_killed_and_comes_back(
    apache_kafka: ApacheKafka, topic: str, own_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    bodies = notices(COUNT)
    await asyncio.to_thread(fill, apache_kafka, topic, bodies)
    url = own_postgres.url
    ingest = Ingest(apache_kafka, topic, url, tmp_path)
    async with ingest.running():
        await stored(url, 800, ingest)
        await asyncio.to_thread(own_postgres.kill)
        await asyncio.sleep(3.0)
        ingest.check()
        await started_again(own_postgres)
        assert own_postgres.url == url
        await stored(url, COUNT, ingest)
        await all_committed(apache_kafka, topic, COUNT, ingest)
    store = await Store.open(url, pool_size=4)
    await nothing_lost_nothing_doubled(store, bodies)
    await store.aclose()


async def test_two_share_the_work_and_one_is_killed(
    apache_kafka: ApacheKafka, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    bodies = notices(COUNT)
    await asyncio.to_thread(fill, apache_kafka, topic, bodies, 4)
    first = Ingest(apache_kafka, topic, postgres_url, tmp_path, "first")
    second = Ingest(apache_kafka, topic, postgres_url, tmp_path, "second")
    first.start()
    await stored(postgres_url, 300, first)
    async with second.running():
        await stored(postgres_url, 1500, first, second)
        await first.end(signal.SIGKILL)
        # What the first had in hand goes to the second when the group misses it.
        await stored(postgres_url, COUNT, second)
        await all_committed(apache_kafka, topic, COUNT, second, 4)
    await nothing_lost_nothing_doubled(store, bodies)


async def test_what_the_broker_dropped_is_a_gap_that_the_status_shows(
    apache_kafka: ApacheKafka, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    bodies = notices(COUNT)
    await asyncio.to_thread(fill, apache_kafka, topic, bodies[:1000])
    ingest = Ingest(apache_kafka, topic, postgres_url, tmp_path)
    async with ingest.running():
        await stored(postgres_url, 1000, ingest)
        await all_committed(apache_kafka, topic, 1000, ingest)
    # While we were away: more came, and the oldest of it was dropped.
    await asyncio.to_thread(fill, apache_kafka, topic, bodies[1000:])
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": apache_kafka.bootstrap_servers})
    for done in admin.delete_records([confluent_kafka.TopicPartition(topic, 0, 1500)]).values():
        await asyncio.to_thread(done.result, 30)
    async with ingest.running():
        await stored(postgres_url, COUNT - 500, ingest)
    (gap,) = await store.gaps()
    assert (gap.gap.source, gap.gap.topic, gap.gap.reason) == (SOURCE, topic, "retention")
    assert (gap.gap.first_offset, gap.gap.last_offset) == (1000, 1499)
    told = await asyncio.to_thread(ask, "status", TRANSIENTS_DATABASE__URL=postgres_url)
    assert told["gaps"] == 1
    (shown,) = told["open_gaps"]
    for part in (SOURCE, topic, "1000", "1499"):
        assert part in shown

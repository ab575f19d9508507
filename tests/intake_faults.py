"""`transients serve --role ingest` under fire: thousands of notices on a real broker, and what must hold of them in the end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import confluent_kafka
import confluent_kafka.admin
import handler_samples
from plugins.brokers import ApacheKafka

from schemas import sha256_hex
from schemas.errors import ServiceUnreachable
from transients.config import Settings
from transients.embedded import EmbeddedPostgres
from transients.service.intake import Intake
from transients.store import Store

#: The stages of one burst.
KINDS = (110, 111, 112, 115)
GROUP = "transients-fault"
SOURCE = "fire"


@functools.cache
def notices(count: int) -> tuple[bytes, ...]:
    """So many notices of our own writing, four of each burst, those of one burst far from each other."""
    bursts = count // len(KINDS)
    return tuple(
        handler_samples.voevent(kind, {"TrigID": str(700000000 + burst), "Pkt_Ser_Num": str(stage)})
        for stage, kind in enumerate(KINDS)
        for burst in range(bursts)
    )


def fill(broker: ApacheKafka, topic: str, bodies: Sequence[bytes], partitions: int = 1) -> None:
    """Make the topic when it is new, and put the documents on it."""
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    if topic not in admin.list_topics(timeout=20).topics:
        admin.create_topics([confluent_kafka.admin.NewTopic(topic, partitions, 1)])[topic].result(30)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "linger.ms": 5})
    for number, body in enumerate(bodies):
        producer.produce(topic, body, partition=number % partitions)
        producer.poll(0)
    assert producer.flush(60) == 0


class Ingest:
    """A process of the service's ingest role, as an operator starts it."""

    def __init__(self, broker: ApacheKafka, topic: str, url: str, folder: Path, name: str = "ingest") -> None:
        self.log = folder / f"{name}.log"
        settings = folder / f"{name}.toml"
        settings.write_text(
            # No alert of our own among those that are counted.
            f'data_dir = "{folder}"\nlog_format = "json"\n[canary]\ninterval_s = 0.0\n[database]\nurl = "{url}"\n'
            f'[[kafka]]\nname = "{SOURCE}"\n'
            f'bootstrap_servers = ["{broker.bootstrap_servers}"]\ntopics = ["{topic}"]\ngroup_id = "{GROUP}"\nsession_timeout_s = 1.0\n'
        )
        self._command = [sys.executable, "-m", "transients.cli", "--config", str(settings), "serve", "--role", "ingest"]
        self._process: subprocess.Popen[bytes] | None = None
        self._told = 0

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._told = log.tell()
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment())

    def check(self) -> None:
        """It runs."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()[-3000:]

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait."""
        assert self._process is not None
        self._process.send_signal(number)
        return await asyncio.to_thread(self._process.wait, 60)

    async def ready(self) -> None:
        """It runs, and would take a signal in good order."""
        async with asyncio.timeout(60):
            while b'"action": "started"' not in self.log.read_bytes()[self._told :]:
                self.check()
                await asyncio.sleep(0.05)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started, and ended in good order."""
        self.start()
        try:
            await self.ready()
            yield
        except BaseException:
            await self.end(signal.SIGKILL)
            raise
        assert await self.end() == 0, self.log.read_text()[-3000:]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TRANSIENTS_")}


async def stored(url: str, count: int, *processes: Ingest, patience_s: float = 120.0) -> None:
    """Wait until the inbox holds so many documents."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(patience_s):
            while await connection.fetchval("SELECT count(*) FROM document") < count:
                for process in processes:
                    process.check()
                await asyncio.sleep(0.02)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def postgres_on(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server whose data lies there, with the tables made."""
    server = EmbeddedPostgres(folder / "data", fast=True)
    try:
        await asyncio.to_thread(server.start)
        store = await Store.open(server.url, pool_size=1)
        await store.migrate()
        await store.aclose()
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def started_again(server: EmbeddedPostgres) -> None:
    """Start a server that was killed: its children hold the folder for a moment."""
    async with asyncio.timeout(30):
        while True:
            try:
                await asyncio.to_thread(server.start)
                return
            except ServiceUnreachable:
                await asyncio.sleep(0.2)


async def nothing_lost_nothing_doubled(store: Store, bodies: Sequence[bytes]) -> None:
    """Every document once, understood; every burst one event with its whole history once; every job once."""
    # What was stored by a process that died before it understood it: any worker's sweep.
    intake = Intake(store, Settings())
    while await intake.sweep():
        pass
    connection = await asyncpg.connect(store.url)
    try:
        rows = await connection.fetch("SELECT content_id, outcome FROM document")
        assert {row["content_id"] for row in rows} == {sha256_hex(body) for body in bodies}
        assert {row["outcome"] for row in rows} == {"notice"}
        jobs = await connection.fetch("SELECT dedupe_key, count(*) AS times FROM job GROUP BY dedupe_key")
        assert all(row["times"] == 1 for row in jobs)
        due = {row["dedupe_key"] for row in jobs}
    finally:
        await connection.close()
    page = await store.events(limit=len(bodies))
    assert len(page) == len(bodies) // len(KINDS)
    for event in page:
        history = [entry.content_id for entry in event.history]
        assert len(history) == len(set(history)) == event.revision == len(KINDS), event.event_key
        # The event as it is in the end is to be assessed.
        assert f"{event.event_key}:{event.revision}:geometry" in due


async def all_committed(broker: ApacheKafka, topic: str, count: int, process: Ingest, partitions: int = 1) -> None:
    """Wait until the group has committed so many messages: what was stored and not committed is read once more before."""
    async with asyncio.timeout(60):
        while await asyncio.to_thread(_committed, broker, topic, partitions) != count:
            process.check()
            await asyncio.sleep(0.2)


def _committed(broker: ApacheKafka, topic: str, partitions: int) -> int:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": broker.bootstrap_servers, "group.id": GROUP})
    try:
        asked = [confluent_kafka.TopicPartition(topic, number) for number in range(partitions)]
        # Nothing committed is an offset below zero.
        return sum(max(0, found.offset) for found in consumer.committed(asked, timeout=30))
    finally:
        consumer.close()

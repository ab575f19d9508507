"""The sources against a real Apache Kafka (KRaft)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import confluent_kafka
import confluent_kafka.admin
import pytest
from plugins.brokers import ApacheKafka

from ingest import GcnSource, KafkaSource, Source, one_by_one, run
from schemas import RawAlert, sha256_hex
from transients.store import Store

pytestmark = pytest.mark.kafka

TIMES = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 500, "fetch.wait.max.ms": 10}
BODIES = [b"<voe/>", b"\x00\xff", b"{}", b"x" * 3_000_000]


def gcn(servers: str, topic: str, group: str = "") -> GcnSource:
    config = {"bootstrap.servers": servers, "security.protocol": "plaintext", **TIMES}
    return GcnSource([topic], group_id=group or topic, config=config)


def kafka(servers: str, topic: str, group: str = "") -> KafkaSource:
    return KafkaSource([topic], bootstrap_servers=[servers], group_id=group or topic, config=TIMES)


Make = Callable[[str, str], Source]
BOTH = pytest.mark.parametrize("make", [gcn, kafka])


def produce(servers: str, topic: str, bodies: list[bytes], partitions: int = 1) -> None:
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": servers})
    if topic not in admin.list_topics(timeout=10).topics:
        made = admin.create_topics([confluent_kafka.admin.NewTopic(topic, partitions, 1)])
        made[topic].result(20)
    # As GCN's own producer does.
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": servers, "compression.type": "zstd", "message.max.bytes": 8_000_000, "linger.ms": 0}
    )
    for n, body in enumerate(bodies):
        producer.produce(topic, body, partition=n % partitions)
    assert producer.flush(20) == 0


async def take(source: Source, count: int, put: Callable[[RawAlert], Any]) -> list[RawAlert]:
    """The first so many alerts of a source, each put and committed."""
    taken: list[RawAlert] = []
    stop = asyncio.Event()

    async def keep(raw: RawAlert) -> None:
        await put(raw)
        taken.append(raw)
        if len(taken) == count:
            stop.set()

    stats = await asyncio.wait_for(run(source, one_by_one(keep), stop), 40)
    assert stats.committed == count
    return taken


@BOTH
async def test_alerts_into_the_inbox_and_on_from_there(make: Make, apache_kafka: ApacheKafka, topic: str, store: Store) -> None:
    servers, name = apache_kafka.bootstrap_servers, f"{topic}.{make.__name__}"
    await asyncio.to_thread(produce, servers, name, BODIES, 2)
    taken = await take(make(servers, name), len(BODIES), store.put_raw)
    assert sorted(alert.body for alert in taken) == sorted(BODIES)
    assert all(alert.broker_time is not None for alert in taken)
    # The group goes on where it was, also when the same content comes again.
    await asyncio.to_thread(produce, servers, name, [b"{}", b"new"])
    again = await take(make(servers, name), 2, store.put_raw)
    assert {alert.body for alert in again} == {b"{}", b"new"}
    assert await store.backlog() == 5
    assert len(await store.deliveries(sha256_hex(b"{}"))) == 2


async def test_a_broker_that_is_killed_and_comes_back(apache_kafka: ApacheKafka, topic: str) -> None:
    servers = apache_kafka.bootstrap_servers
    await asyncio.to_thread(produce, servers, topic, [b"before"])
    stop = asyncio.Event()
    waiting: list[tuple[asyncio.Queue[RawAlert], asyncio.Task[Any]]] = []
    for make in (gcn, kafka):
        got: asyncio.Queue[RawAlert] = asyncio.Queue()
        # Each in a group of its own.
        waiting.append(
            (got, asyncio.create_task(run(make(servers, topic, f"{topic}.{make.__name__}"), one_by_one(got.put), stop)))
        )
        assert (await asyncio.wait_for(got.get(), 20)).body == b"before"
    # The commits are at the broker before the broker goes.
    await asyncio.sleep(0.3)
    await asyncio.to_thread(apache_kafka.kill)
    await asyncio.to_thread(apache_kafka.start)
    await asyncio.to_thread(produce, servers, topic, [b"after"])
    for got, _ in waiting:
        assert (await asyncio.wait_for(got.get(), 40)).body == b"after"
    stop.set()
    for _, task in waiting:
        await asyncio.wait_for(task, 20)

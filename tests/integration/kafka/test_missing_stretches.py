"""What a real Apache Kafka dropped, or began anew, before we read it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from plugins.brokers import ApacheKafka

from ingest import GcnSource, KafkaSource, one_by_one, run
from ingest.group import GroupSource
from schemas import Gap, Instant, Position, RawAlert

pytestmark = pytest.mark.kafka

TIMES = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 500, "fetch.wait.max.ms": 10}
Make = Callable[..., GroupSource]


class Broker:
    """Makes topics, drops records, and writes; through the plain listener."""

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self._admin = AdminClient({"bootstrap.servers": servers})
        self._producer = confluent_kafka.Producer({"bootstrap.servers": servers, "linger.ms": 0})

    async def make(self, topic: str) -> None:
        # A name that was just deleted is free a little later.
        async with asyncio.timeout(20):
            while True:
                try:
                    await asyncio.to_thread(self._admin.create_topics([NewTopic(topic, 1, 1)])[topic].result, 20)
                    return
                except confluent_kafka.KafkaException:
                    await asyncio.sleep(0.2)

    async def delete(self, topic: str) -> None:
        await asyncio.to_thread(self._admin.delete_topics([topic])[topic].result, 20)

    async def drop(self, topic: str, before: int) -> None:
        part = confluent_kafka.TopicPartition(topic, 0, before)
        await asyncio.to_thread(self._admin.delete_records([part])[part].result, 20)

    async def write(self, topic: str, *bodies: bytes, at_ms: int | None = None) -> None:
        for body in bodies:
            self._producer.produce(topic, body, **({} if at_ms is None else {"timestamp": at_ms}))
        assert await asyncio.to_thread(self._producer.flush, 20) == 0


@pytest.fixture
def broker(apache_kafka: ApacheKafka) -> Broker:
    return Broker(apache_kafka.bootstrap_servers)


@pytest.fixture(params=["gcn", "kafka"])
def make(request: pytest.FixtureRequest, broker: Broker, topic: str) -> Make:
    def made(**more: Any) -> GroupSource:
        group = f"{topic}.{request.param}"
        if request.param == "gcn":
            config = {"bootstrap.servers": broker.servers, "security.protocol": "plaintext", **TIMES}
            return GcnSource([topic], group_id=group, pulse_topic=None, config=config, **more)
        return KafkaSource([topic], bootstrap_servers=[broker.servers], group_id=group, config=TIMES, **more)

    return made


@contextlib.asynccontextmanager
async def reading(make: Make, **more: Any) -> AsyncIterator[tuple[asyncio.Queue[RawAlert], list[Gap]]]:
    got: asyncio.Queue[RawAlert] = asyncio.Queue()
    gaps: list[Gap] = []
    stop = asyncio.Event()

    async def on_gap(gap: Gap) -> None:
        gaps.append(gap)

    task = asyncio.create_task(run(make(on_gap=on_gap, **more), one_by_one(got.put), stop))
    try:
        yield got, gaps
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def bodies(got: asyncio.Queue[RawAlert], count: int) -> list[bytes]:
    async with asyncio.timeout(20):
        return [(await got.get()).body for _ in range(count)]


async def test_messages_dropped_by_the_broker_are_told_and_the_rest_is_read(make: Make, broker: Broker, topic: str) -> None:
    await broker.make(topic)
    await broker.write(topic, b"0", b"1")
    async with reading(make) as (got, _):
        assert await bodies(got, 2) == [b"0", b"1"]
    await broker.write(topic, *[b"%d" % n for n in range(2, 10)])
    await broker.drop(topic, 6)
    async with reading(make) as (got, gaps):
        assert await bodies(got, 4) == [b"6", b"7", b"8", b"9"]
    assert [(gap.reason, gap.first_offset, gap.last_offset) for gap in gaps] == [("retention", 2, 5)] * 2
    assert gaps[0].until is None
    assert gaps[1].until is not None


async def test_a_topic_made_anew_is_told_and_read_from_the_time_of_what_we_have(make: Make, broker: Broker, topic: str) -> None:
    now_ms = int(time.time() * 1000)
    at = Instant.from_unix_ms(now_ms)

    async def positions() -> Mapping[tuple[str, int], Position]:
        return {(topic, 0): Position(topic=topic, partition=0, offset=2, broker_time=at)}

    await broker.make(topic)
    await broker.write(topic, b"0", b"1", b"2")
    async with reading(make) as (got, _):
        await bodies(got, 3)
    await broker.delete(topic)
    await broker.make(topic)
    await broker.write(topic, b"long before", at_ms=now_ms - 7_200_000)
    await broker.write(topic, b"after", at_ms=now_ms + 1000)
    async with reading(make, positions=positions) as (got, gaps):
        assert await bodies(got, 1) == [b"after"]
    assert [(gap.reason, gap.since) for gap in gaps] == [("reset", at)] * 2
    assert "0 to 1" in gaps[0].remark

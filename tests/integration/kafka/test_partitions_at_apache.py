"""What a real Apache Kafka dropped, or began anew, before we read it; large messages; two of one group."""

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

    async def make(self, topic: str, partitions: int = 1) -> None:
        # A name that was just deleted is free a little later.
        async with asyncio.timeout(20):
            while True:
                try:
                    await asyncio.to_thread(self._admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result, 20)
                    return
                except confluent_kafka.KafkaException:
                    await asyncio.sleep(0.2)

    async def delete(self, topic: str) -> None:
        await asyncio.to_thread(self._admin.delete_topics([topic])[topic].result, 20)

    async def drop(self, topic: str, before: int) -> None:
        part = confluent_kafka.TopicPartition(topic, 0, before)
        await asyncio.to_thread(self._admin.delete_records([part])[part].result, 20)

    async def write(self, topic: str, *bodies: bytes, partition: int = 0, at_ms: int | None = None) -> None:
        for body in bodies:
            self._producer.produce(topic, body, partition=partition, **({} if at_ms is None else {"timestamp": at_ms}))
        assert await asyncio.to_thread(self._producer.flush, 20) == 0


@pytest.fixture
def broker(apache_kafka: ApacheKafka) -> Broker:
    return Broker(apache_kafka.bootstrap_servers)


@pytest.fixture(params=["gcn", "kafka"])
def make(request: pytest.FixtureRequest, broker: Broker, topic: str) -> Make:
    def made(config: Mapping[str, Any] | None = None, **more: Any) -> GroupSource:
        group, settings = f"{topic}.{request.param}", {**TIMES, **(config or {})}
        if request.param == "gcn":
            own = {"bootstrap.servers": broker.servers, "security.protocol": "plaintext", **settings}
            return GcnSource([topic], group_id=group, pulse_topic=None, config=own, **more)
        return KafkaSource([topic], bootstrap_servers=[broker.servers], group_id=group, config=settings, **more)

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


async def test_a_forgotten_group_goes_on_from_the_time_of_what_we_have(make: Make, broker: Broker, topic: str) -> None:
    now_ms = int(time.time() * 1000)

    async def positions() -> Mapping[tuple[str, int], Position]:
        return {(topic, 0): Position(topic=topic, partition=0, offset=2, broker_time=Instant.from_unix_ms(now_ms))}

    # Made anew, with more messages by now than the third, which was the last that we had read of the old.
    await broker.make(topic)
    await broker.write(topic, b"long before", at_ms=now_ms - 7_200_000)
    await broker.write(topic, b"new 1", b"new 2", b"new 3", b"new 4", at_ms=now_ms + 1000)
    async with reading(make, positions=positions) as (got, gaps):
        assert await bodies(got, 4) == [b"new 1", b"new 2", b"new 3", b"new 4"]
    assert gaps == []


async def test_a_message_larger_than_what_is_asked_for_at_once_comes_too(make: Make, broker: Broker, topic: str) -> None:
    await broker.make(topic)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.servers, "message.max.bytes": 8_000_000})
    for body in (b"before", b"x" * 5_000_000, b"after"):
        producer.produce(topic, body)
    assert await asyncio.to_thread(producer.flush, 20) == 0
    async with reading(make, config={"fetch.message.max.bytes": 1000}) as (got, gaps):
        assert [len(body) for body in await bodies(got, 3)] == [6, 5_000_000, 5]
    assert gaps == []


async def test_two_of_one_group_share_a_topic_and_each_message_comes_to_one(make: Make, broker: Broker, topic: str) -> None:
    await broker.make(topic, partitions=2)
    async with reading(make) as (first, _):
        await broker.write(topic, b"0", b"1", partition=0)
        await broker.write(topic, b"2", b"3", partition=1)
        assert sorted(await bodies(first, 4)) == [b"0", b"1", b"2", b"3"]
        async with reading(make) as (second, _):
            # Each has one partition when the second gets something.
            number, got = 4, []
            async with asyncio.timeout(30):
                while second.empty():
                    await broker.write(topic, b"%d" % number, partition=0)
                    await broker.write(topic, b"%d" % (number + 1), partition=1)
                    number += 2
                    await asyncio.sleep(0.2)
        # The second has left: the first has both again.
        await broker.write(topic, b"last 0", partition=0)
        await broker.write(topic, b"last 1", partition=1)
        async with asyncio.timeout(30):
            while not {b"last 0", b"last 1"} <= set(got):
                got.append((await first.get()).body)
    got += [second.get_nowait().body for _ in range(second.qsize())]
    assert set(got) == {*(b"%d" % n for n in range(4, number)), b"last 0", b"last 1"}
    # What was being stored just when the partitions went over may come to both.
    assert len(got) - len(set(got)) <= 4

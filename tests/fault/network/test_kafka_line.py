"""The line to the broker is cut or stalled: alerts by another way are done meanwhile, and those of the broker come when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import confluent_kafka
import confluent_kafka.admin
import pytest
from cuttable import Line
from journey_samples import SaidSource, mission
from network_faults import all_well, asking, until
from plugins.brokers import ApacheKafka, Door, running_kafka
from service_samples import about, free_port, running, settings

from schemas import sha256_hex
from schemas.errors import NoData
from transients.config import CanarySettings, HttpSettings, KafkaSettings, Secret, WebSettings
from transients.demo import Message
from transients.store import Store

pytestmark = pytest.mark.fault

DOOR = "LINE"
BEFORE, DURING = about("Antares"), (*about("699896651"), *about("138193"))
BY_HTTP = about("138181")
TOKEN = "a-token-of-32-characters-or-more"


@pytest.fixture(scope="module")
def port() -> int:
    """Of the line."""
    return free_port()


@pytest.fixture(scope="module")
def broker(port: int) -> Iterator[ApacheKafka]:
    """A broker that sends its clients over the line."""
    with running_kafka(lambda jars, folder: ApacheKafka(jars, folder, doors={DOOR: Door("PLAINTEXT", told=port)})) as made:
        yield made


@pytest.fixture
async def line(port: int, broker: ApacheKafka) -> AsyncIterator[Line]:
    host, number = broker.address(DOOR).split(":")
    made = Line((host, int(number)), port)
    await made.listen()
    yield made
    await made.end()


def publish(broker: ApacheKafka, topic: str, messages: Sequence[Message]) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers})
    for message in messages:
        producer.produce(topic, message.body)
    assert producer.flush(30) == 0


def make_topic(broker: ApacheKafka, topic: str) -> None:
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([confluent_kafka.admin.NewTopic(topic, 1, 1)])[topic].result(30)


@pytest.mark.parametrize("how", ["cut", "refused", "stalled"])
async def test_alerts_by_another_way_are_done_meanwhile(
    how: str, broker: ApacheKafka, line: Line, topic: str, store: Store, postgres_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(make_topic, broker, topic)
    await asyncio.to_thread(publish, broker, topic, BEFORE)
    kafka = KafkaSettings(
        name="house",
        bootstrap_servers=(f"127.0.0.1:{line.port}",),
        topics=(topic,),
        group_id=topic,
        session_timeout_s=1.5,
    )
    made = settings(
        postgres_url,
        tmp_path,
        kafka=(kafka,),
        canary=CanarySettings(interval_s=0.0),
        web=WebSettings(port=free_port()),
        http=HttpSettings(tokens={"observatory": Secret(TOKEN)}),
    )
    parts = {"alerts": None, "data": SaidSource({"light_curve": NoData("none here")}), "mission": mission()}
    async with running(made, ("ingest", "worker", "web"), **parts) as service, asking(service.url) as client:
        await all_well(store, len(BEFORE), 1)
        {"cut": line.cut, "refused": line.refuse, "stalled": line.stall}[how]()
        await asyncio.to_thread(publish, broker, topic, DURING)
        (message,) = BY_HTTP
        answer = await client.post(
            "/api/alerts", content=message.body, headers={"authorization": f"Bearer {TOKEN}", "x-topic": message.topic}
        )
        assert answer.status_code == 202
        # To its final result while the broker is away, and longer than the broker waits for a sign of life.
        await all_well(store, len(BEFORE + BY_HTTP), 2)
        await asyncio.sleep(2.0)
        assert (await client.get("/health/ready")).status_code == 200
        await line.mend()
        await all_well(store, len(BEFORE + BY_HTTP + DURING), 4)

        async def committed() -> bool:
            consumer = confluent_kafka.Consumer({"bootstrap.servers": broker.bootstrap_servers, "group.id": topic})
            try:
                asked = [confluent_kafka.TopicPartition(topic, 0)]
                (found,) = await asyncio.to_thread(consumer.committed, asked, 20)
                return bool(found.offset == len(BEFORE + DURING))
            finally:
                await asyncio.to_thread(consumer.close)

        await until(committed)
    # Nothing was lost, and what came twice is known to have.
    for message in (*BEFORE, *DURING):
        (delivery,) = await store.deliveries(sha256_hex(message.body))
        assert delivery.source == "house"
        assert 1 <= delivery.times <= 2
    assert await store.gaps() == ()

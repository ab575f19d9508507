"""A stretch of a topic between two times, on a real Apache Kafka: the in-process broker finds no offsets by time."""

from __future__ import annotations

import confluent_kafka
import confluent_kafka.admin
import pytest
from plugins.brokers import ApacheKafka

from ingest import topic_stretch
from schemas import Instant

pytestmark = pytest.mark.kafka

#: 2024-05-06T07:08:00 UTC.
START_MS = 1714979280000


@pytest.mark.parametrize(
    ("start", "stop", "wanted"),
    [
        (Instant.parse("2024-05-06T07:08:03"), Instant.parse("2024-05-06T07:08:05.5"), [3, 4, 5]),
        (Instant.parse("2024-05-06T07:08:07.5"), None, [8, 9]),
        (Instant.parse("2024-05-06T07:08:30"), None, []),
        (2, Instant.parse("2024-05-06T07:08:04"), [2, 3]),
    ],
)
async def test_times(
    apache_kafka: ApacheKafka, topic: str, start: int | Instant | None, stop: int | Instant | None, wanted: list[int]
) -> None:
    connection = {"bootstrap.servers": apache_kafka.bootstrap_servers}
    admin = confluent_kafka.admin.AdminClient(connection)
    admin.create_topics([confluent_kafka.admin.NewTopic(topic, 1, 1)])[topic].result(20.0)
    producer = confluent_kafka.Producer(connection)
    for number in range(10):
        producer.produce(topic, f"alert {number}".encode(), timestamp=START_MS + 1000 * number)
    assert producer.flush(30.0) == 0
    assert [raw.offset async for raw in topic_stretch(connection, topic, start, stop)] == wanted

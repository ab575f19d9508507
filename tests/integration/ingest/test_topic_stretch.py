"""A stretch of a topic, read beside the consumer group."""

from __future__ import annotations

import confluent_kafka
import pytest

from ingest import topic_stretch
from ingest.stretch import Place
from schemas import Instant
from schemas.errors import BadRequest
from transients.embedded import EmbeddedKafka

#: 2024-05-06T07:08:00 UTC.
START_MS = 1714979280000


@pytest.fixture
def filled(mock_kafka: EmbeddedKafka, topic: str) -> tuple[dict[str, str], str]:
    """A topic with ten messages, a second apart."""
    mock_kafka.create_topic(topic)
    connection = {"bootstrap.servers": mock_kafka.bootstrap_servers}
    producer = confluent_kafka.Producer(connection)
    for number in range(10):
        producer.produce(topic, f"alert {number}".encode(), timestamp=START_MS + 1000 * number)
    assert producer.flush(20.0) == 0
    return connection, topic


async def numbers(filled: tuple[dict[str, str], str], start: Place, stop: Place) -> list[int]:
    connection, topic = filled
    found = [raw async for raw in topic_stretch(connection, topic, start, stop, source="gcn")]
    assert all(raw.source == "gcn" and raw.topic == topic for raw in found)
    assert [raw.body for raw in found] == [f"alert {raw.offset}".encode() for raw in found]
    return [raw.offset for raw in found if raw.offset is not None]


@pytest.mark.parametrize(
    ("start", "stop", "wanted"),
    [
        (None, None, range(10)),
        (3, 6, range(3, 6)),
        (8, None, range(8, 10)),
        (None, 2, range(2)),
        (5, 5, range(0)),
        (20, None, range(0)),
        (8, 99, range(8, 10)),
    ],
)
async def test_offsets(filled: tuple[dict[str, str], str], start: Place, stop: Place, wanted: range) -> None:
    assert await numbers(filled, start, stop) == list(wanted)


async def test_nothing_is_committed(filled: tuple[dict[str, str], str]) -> None:
    assert len(await numbers(filled, None, None)) == 10
    assert len(await numbers(filled, None, None)) == 10
    connection, topic = filled
    consumer = confluent_kafka.Consumer({**connection, "group.id": "transients-replay"})
    (committed,) = consumer.committed([confluent_kafka.TopicPartition(topic, 0)], timeout=20.0)
    consumer.close()
    assert committed.offset < 0


async def test_messages_keep_their_times(filled: tuple[dict[str, str], str]) -> None:
    connection, topic = filled
    found = [raw async for raw in topic_stretch(connection, topic, 4, 5)]
    assert [raw.broker_time for raw in found] == [Instant.parse("2024-05-06T07:08:04")]


async def test_a_topic_that_is_not_there_is_named(mock_kafka: EmbeddedKafka) -> None:
    with pytest.raises(BadRequest, match=r"no\.such\.topic"):
        [raw async for raw in topic_stretch({"bootstrap.servers": mock_kafka.bootstrap_servers}, "no.such.topic", None, None)]


async def test_what_the_carrier_says_comes_along(mock_kafka: EmbeddedKafka, topic: str) -> None:
    mock_kafka.create_topic(topic)
    connection = {"bootstrap.servers": mock_kafka.bootstrap_servers}
    producer = confluent_kafka.Producer(connection)
    producer.produce(topic, b"{}", headers=[("_test", b"true")])
    assert producer.flush(20.0) == 0
    assert [raw.headers async for raw in topic_stretch(connection, topic, None, None)] == [{"_test": "true"}]

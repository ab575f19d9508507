"""The broker inside this process, through the real clients."""

from __future__ import annotations

import subprocess
import sys

import confluent_kafka
import pytest

from schemas.errors import ServiceUnreachable
from transients.embedded import EmbeddedKafka


def consumer(servers: str, group: str = "g") -> confluent_kafka.Consumer:
    return confluent_kafka.Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 1500,
            "fetch.wait.max.ms": 10,
        }
    )


def test_what_is_sent_comes_and_commits_are_kept(topic: str) -> None:
    with EmbeddedKafka(brokers=3) as broker:
        assert broker.bootstrap_servers.count("127.0.0.1:") == 3
        broker.create_topic(topic)
        producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "compression.type": "zstd"})
        for body in (b"one", b"two"):
            producer.produce(topic, body)
        assert producer.flush(10) == 0
        for expected in (b"one", b"two"):
            reader = consumer(broker.bootstrap_servers)
            reader.subscribe([topic])
            message = reader.poll(10)
            assert message is not None
            assert message.value() == expected
            reader.commit(message, asynchronous=False)
            reader.close()


def test_another_process_can_use_it(mock_kafka: EmbeddedKafka, topic: str) -> None:
    mock_kafka.create_topic(topic)
    script = "import sys, confluent_kafka as c; p = c.Producer({'bootstrap.servers': sys.argv[1]});"
    script += "p.produce(sys.argv[2], b'hello'); sys.exit(p.flush(10))"
    subprocess.run([sys.executable, "-c", script, mock_kafka.bootstrap_servers, topic], check=True, timeout=30)
    reader = consumer(mock_kafka.bootstrap_servers, topic)
    reader.subscribe([topic])
    message = reader.poll(10)
    assert message is not None
    assert message.value() == b"hello"
    reader.close()


def test_a_topic_twice_and_a_broker_that_is_not_there_are_refused(topic: str) -> None:
    with EmbeddedKafka() as broker:
        broker.create_topic(topic)
        with pytest.raises(ServiceUnreachable, match=topic):
            broker.create_topic(topic)


def test_closed_twice_and_not_usable_after() -> None:
    broker = EmbeddedKafka()
    broker.start()
    broker.stop()
    broker.stop()
    with pytest.raises(ServiceUnreachable, match="not running"):
        _ = broker.bootstrap_servers

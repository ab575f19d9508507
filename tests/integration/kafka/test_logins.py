"""Logins at a real Apache Kafka: GCN's (tokens of a token server), passwords, TLS; and topics that are not there yet."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import confluent_kafka
import confluent_kafka.admin
import pytest
import trustme
from plugins.brokers import ApacheKafka
from plugins.token_server import TokenServer

from ingest import GcnSource, KafkaSource, Source, one_by_one, run
from schemas import RawAlert
from schemas.errors import ConfigurationError

pytestmark = pytest.mark.kafka

QUICK = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 500, "fetch.wait.max.ms": 10}


class Writer:
    """Makes topics and writes to them, through the plain listener."""

    def __init__(self, broker: ApacheKafka) -> None:
        self._admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": broker.bootstrap_servers})
        self._producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "linger.ms": 0})

    async def make(self, topic: str) -> None:
        future = self._admin.create_topics([confluent_kafka.admin.NewTopic(topic, 1, 1)])[topic]
        await asyncio.to_thread(future.result, 20)

    async def write(self, topic: str, *bodies: bytes) -> None:
        for body in bodies:
            self._producer.produce(topic, body)
        assert await asyncio.to_thread(self._producer.flush, 20) == 0


@pytest.fixture(scope="module")
def writer(apache_kafka: ApacheKafka) -> Writer:
    return Writer(apache_kafka)


@pytest.fixture
def gcn(apache_kafka: ApacheKafka, token_server: TokenServer, topic: str) -> Callable[..., GcnSource]:
    """GcnSource as for GCN, but for where broker and token server are."""

    def make(*topics: str, client_id: str = "reader", client_secret: str = "right", **more: Any) -> GcnSource:
        config = {
            "bootstrap.servers": apache_kafka.address("TOKEN"),
            "security.protocol": "sasl_plaintext",
            "sasl.oauthbearer.token.endpoint.url": token_server.token_url,
            # The library's own lines on standard error.
            "log_level": 0,
            **QUICK,
            **more,
        }
        names = topics or (topic,)
        return GcnSource(names, client_id=client_id, client_secret=client_secret, group_id=f"group.{topic}", config=config)

    return make


@contextlib.asynccontextmanager
async def reading(source: Source) -> AsyncIterator[asyncio.Queue[RawAlert]]:
    """The source's alerts as they are stored; each is committed."""
    got: asyncio.Queue[RawAlert] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(run(source, one_by_one(got.put), stop))
    try:
        yield got
    finally:
        stop.set()
        stats = await asyncio.wait_for(task, 20)
    assert stats.committed == stats.stored == stats.received


async def body_of(got: asyncio.Queue[RawAlert], timeout_s: float = 20.0) -> bytes:
    return (await asyncio.wait_for(got.get(), timeout_s)).body


async def test_gcn_login_reads_commits_and_goes_on_there(
    gcn: Callable[..., GcnSource], writer: Writer, token_server: TokenServer, topic: str
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one", b"two", b"three")
    before = len(token_server.issued)
    source = gcn()
    alerts = aiter(source)
    first = await asyncio.wait_for(anext(alerts), 20)
    second = await asyncio.wait_for(anext(alerts), 20)
    assert (first.body, second.body) == (b"one", b"two")
    assert (first.source, first.topic, first.offset) == ("gcn", topic, 0)
    # The second was given and not stored: it comes again.
    await source.commit([first])
    await source.aclose()
    async with reading(gcn()) as got:
        assert [await body_of(got), await body_of(got)] == [b"two", b"three"]
    await writer.write(topic, b"four")
    async with reading(gcn()) as got:
        assert await body_of(got) == b"four"
    assert token_server.issued[before:] == ["reader"] * 3


@pytest.mark.parametrize("login", [{"client_secret": "wrong"}, {"client_id": "nobody"}])
async def test_a_wrong_secret_is_said_within_seconds(
    gcn: Callable[..., GcnSource], writer: Writer, topic: str, login: dict[str, str]
) -> None:
    await writer.make(topic)
    stored: list[RawAlert] = []

    async def put(raw: RawAlert) -> None:
        stored.append(raw)

    started = time.monotonic()
    with pytest.raises(ConfigurationError, match="invalid_client"):
        await asyncio.wait_for(run(gcn(**login), one_by_one(put), asyncio.Event()), 20)
    assert time.monotonic() - started < 5.0
    assert stored == []


async def test_a_secret_that_is_taken_back_ends_it_at_the_next_renewal(
    gcn: Callable[..., GcnSource], writer: Writer, token_server: TokenServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one")
    token_server.life_s = 5.0
    alerts = aiter(source := gcn())
    assert (await asyncio.wait_for(anext(alerts), 20)).body == b"one"
    monkeypatch.setitem(token_server.secrets, "reader", "another")
    with pytest.raises(ConfigurationError, match="invalid_client"):
        await asyncio.wait_for(anext(alerts), 15)
    await source.aclose()


async def test_a_broker_that_refuses_the_token_is_said_and_left_at_once(
    gcn: Callable[..., GcnSource], writer: Writer, token_server: TokenServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one")
    monkeypatch.setattr("ingest.logins._PATIENCE_S", 1.5)
    token_server.life_s = 4.0
    # librdkafka's own length of a session, for which leaving must not wait.
    alerts = aiter(source := gcn(**{"session.timeout.ms": 45_000}))
    assert (await asyncio.wait_for(anext(alerts), 20)).body == b"one"
    token_server.audience = "another broker"
    with pytest.raises(ConfigurationError, match="invalid_token"):
        await asyncio.wait_for(anext(alerts), 20)
    async with asyncio.timeout(3):
        await source.aclose()


async def test_the_token_is_renewed_and_a_token_server_in_trouble_is_waited_for(
    gcn: Callable[..., GcnSource], writer: Writer, token_server: TokenServer, topic: str
) -> None:
    await writer.make(topic)
    # At the start there is none to be had: neither silence nor the end, but a wait.
    token_server.life_s, token_server.status = 6.0, 403
    issued, asked = len(token_server.issued), token_server.asked
    async with reading(gcn()) as got:
        async with asyncio.timeout(10):
            while token_server.asked == asked:  # noqa: ASYNC110 (a thread counts)
                await asyncio.sleep(0.05)
        token_server.status = None
        await writer.write(topic, b"first")
        assert await body_of(got, 30) == b"first"
        first_life_ends = time.monotonic() + token_server.life_s
        number = 0
        # The broker ends a connection whose token has run out: what comes later came with another token.
        while time.monotonic() < first_life_ends + token_server.life_s:
            number += 1
            await writer.write(topic, b"%d" % number)
            assert await body_of(got) == b"%d" % number
            await asyncio.sleep(0.5)
    assert number > 5
    assert len(token_server.issued) - issued >= 3
    # Committed too, all of them.
    await writer.write(topic, b"last")
    async with reading(gcn()) as got:
        assert await body_of(got) == b"last"


async def test_an_idle_line_and_one_that_waits_for_the_store_outlive_their_tokens(
    gcn: Callable[..., GcnSource], writer: Writer, token_server: TokenServer, topic: str
) -> None:
    await writer.make(topic)
    token_server.life_s = 3.0
    stop, away = asyncio.Event(), asyncio.Event()
    stored: asyncio.Queue[bytes] = asyncio.Queue()

    async def put(raw: RawAlert) -> None:
        if raw.body == b"held up":
            away.set()
            await asyncio.sleep(2 * token_server.life_s)
        stored.put_nowait(raw.body)

    task = asyncio.create_task(run(gcn(), one_by_one(put), stop))
    await writer.write(topic, b"first")
    assert await asyncio.wait_for(stored.get(), 20) == b"first"
    await asyncio.sleep(1.5 * token_server.life_s)
    await writer.write(topic, b"after idling", b"held up")
    await asyncio.wait_for(away.wait(), 20)
    # More than is taken at once, so that nobody polls while the store is away.
    many = [b"%d" % n for n in range(450)]
    await writer.write(topic, *many)
    async with asyncio.timeout(30):
        assert [await stored.get() for _ in range(452)] == [b"after idling", b"held up", *many]
    stop.set()
    stats = await asyncio.wait_for(task, 20)
    assert stats.committed == stats.stored == 453


async def test_a_topic_that_is_not_there_yet_stalls_nothing_and_is_read_once_it_is(
    gcn: Callable[..., GcnSource], writer: Writer, topic: str
) -> None:
    await writer.make(topic)
    later = f"{topic}.later"
    async with reading(gcn(later, topic, **{"topic.metadata.refresh.interval.ms": 500})) as got:
        await writer.write(topic, b"there")
        assert await body_of(got) == b"there"
        await writer.make(later)
        await writer.write(later, b"first of the new")
        await writer.write(topic, b"and on")
        assert {await body_of(got), await body_of(got)} == {b"first of the new", b"and on"}


def kafka(broker: ApacheKafka, door: str, *topics: str, mechanism: str = "SCRAM-SHA-512", **more: Any) -> KafkaSource:
    protocol = {"PLAINTEXT": "PLAINTEXT", "WORD": "SASL_PLAINTEXT", "TLS": "SASL_SSL"}[door]
    login = {"security_protocol": protocol, "sasl_mechanism": mechanism, "username": "reader", "password": "right"}
    options: dict[str, Any] = {**login, **more}
    options["config"] = {"log_level": 0, **QUICK, **options.get("config", {})}
    return KafkaSource(topics, bootstrap_servers=[broker.address(door)], group_id=f"group.{topics[0]}", **options)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_password_opens_and_a_wrong_one_is_said(
    apache_kafka: ApacheKafka, writer: Writer, topic: str, mechanism: str
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one")
    async with reading(kafka(apache_kafka, "WORD", topic, mechanism=mechanism)) as got:
        assert await body_of(got) == b"one"
    await writer.write(topic, b"two")
    async with reading(kafka(apache_kafka, "WORD", topic, mechanism=mechanism)) as got:
        assert await body_of(got) == b"two"
    wrong = kafka(apache_kafka, "WORD", topic, mechanism=mechanism, password="wrong")
    with pytest.raises(ConfigurationError, match=r"(?i)authentication failed"):
        await asyncio.wait_for(run(wrong, pytest.fail, asyncio.Event()), 5)


async def test_tls_with_a_certificate_of_our_own(
    apache_kafka: ApacheKafka, writer: Writer, topic: str, authority: trustme.CA, tmp_path: Path
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one")
    signers = tmp_path / "signers.pem"
    authority.cert_pem.write_to_path(str(signers))
    async with reading(kafka(apache_kafka, "TLS", topic, ca_file=str(signers))) as got:
        assert await body_of(got) == b"one"
    with pytest.raises(ConfigurationError, match="no certificates"):
        kafka(apache_kafka, "TLS", topic, ca_file=str(tmp_path / "none.pem"))


async def test_a_broker_whose_certificate_nobody_signed_gets_no_password(
    apache_kafka: ApacheKafka, writer: Writer, topic: str, tmp_path: Path
) -> None:
    await writer.make(topic)
    await writer.write(topic, b"one")
    signers = tmp_path / "others.pem"
    trustme.CA().cert_pem.write_to_path(str(signers))
    got: list[RawAlert] = []

    async def put(raw: RawAlert) -> None:
        got.append(raw)

    with pytest.raises(ConfigurationError, match="certificate verify failed"):
        await asyncio.wait_for(run(kafka(apache_kafka, "TLS", topic, ca_file=str(signers)), one_by_one(put), asyncio.Event()), 10)
    assert got == []


async def test_any_kafka_reads_a_topic_once_it_is_there(apache_kafka: ApacheKafka, writer: Writer, topic: str) -> None:
    await writer.make(topic)
    later = f"{topic}.later"
    async with reading(kafka(apache_kafka, "PLAINTEXT", topic, later, config={"topic.metadata.refresh.interval.ms": 500})) as got:
        await writer.write(topic, b"there")
        assert await body_of(got) == b"there"
        await writer.make(later)
        await writer.write(later, b"first of the new")
        await writer.write(topic, b"and on")
        assert {await body_of(got), await body_of(got)} == {b"first of the new", b"and on"}

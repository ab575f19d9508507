"""What every source must do, on the in-process broker, over TCP, in a folder, and from an archive."""

from __future__ import annotations

import asyncio
import contextlib
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import confluent_kafka
import pytest
from vtp_broker import VtpBroker

from ingest import ArchiveSource, DirectorySource, GcnSource, KafkaSource, Source, VtpSource, one_by_one, run
from schemas import RawAlert, sha256_hex
from schemas.errors import ConfigurationError, ServiceUnreachable
from transients.embedded import EmbeddedKafka

BODIES = [b"<voe/>", b"\x00\xff not text", b'{"alert": 1}', b"", b"x" * 3_000_000]
FAST = {"session.timeout.ms": 1500, "heartbeat.interval.ms": 300, "fetch.wait.max.ms": 10}


class Rig(Protocol):
    """A place to put alerts, and sources that read it."""

    restarts_at_commit: bool

    def put(self, bodies: list[bytes]) -> None: ...

    def source(self) -> Source: ...


class BrokerRig:
    """A topic at a broker."""

    restarts_at_commit = True

    def __init__(self, servers: str, topic: str, make: Callable[[str, str], Source]) -> None:
        self.servers, self.topic, self._make = servers, topic, make
        self._producer = confluent_kafka.Producer({"bootstrap.servers": servers, "message.max.bytes": 8_000_000})

    def put(self, bodies: list[bytes]) -> None:
        for body in bodies:
            self._producer.produce(self.topic, body)
        assert self._producer.flush(10) == 0

    def source(self) -> Source:
        return self._make(self.servers, self.topic)


def gcn_source(servers: str, topic: str, **more: Any) -> GcnSource:
    config = {"bootstrap.servers": servers, "security.protocol": "plaintext", **FAST, **more}
    return GcnSource([topic], group_id=f"group.{topic}", config=config)


def kafka_source(servers: str, topic: str, **more: Any) -> KafkaSource:
    return KafkaSource([topic], bootstrap_servers=[servers], group_id=f"group.{topic}", config={**FAST, **more})


class FolderRig:
    """A folder that files come into."""

    restarts_at_commit = False

    def __init__(self, folder: Path) -> None:
        self.folder, self._count = folder, 0

    def put(self, bodies: list[bytes]) -> None:
        for body in bodies:
            self._count += 1
            unfinished = self.folder / f"{self._count:03}.part"
            unfinished.write_bytes(body)
            unfinished.rename(self.folder / f"{self._count:03}.xml")

    def source(self) -> Source:
        return DirectorySource(self.folder, interval_s=0.02)


class ArchiveRig(FolderRig):
    """The same, read once through."""

    def source(self) -> Source:
        return ArchiveSource([self.folder])


class VtpRig:
    """A broker of VOEvents over TCP that says all it has to everybody who comes."""

    restarts_at_commit = False

    def __init__(self, broker: VtpBroker) -> None:
        self._broker = broker

    def put(self, bodies: list[bytes]) -> None:
        for body in bodies:
            self._broker.tell_all(body)

    def source(self) -> Source:
        return VtpSource("127.0.0.1", self._broker.port)


@pytest.fixture(params=["gcn", "kafka", "vtp", "directory", "archive"])
async def rig(request: pytest.FixtureRequest, mock_kafka: EmbeddedKafka, topic: str, tmp_path: Path) -> AsyncIterator[Rig]:
    match request.param:
        case "directory":
            yield FolderRig(tmp_path)
        case "archive":
            yield ArchiveRig(tmp_path)
        case "vtp":
            async with VtpBroker() as broker:
                yield VtpRig(broker)
        case _:
            mock_kafka.create_topic(topic)
            yield BrokerRig(mock_kafka.bootstrap_servers, topic, gcn_source if request.param == "gcn" else kafka_source)


@contextlib.asynccontextmanager
async def running(source: Source, put: Callable[[RawAlert], Any]) -> AsyncIterator[asyncio.Task[Any]]:
    stop = asyncio.Event()
    task = asyncio.create_task(run(source, one_by_one(put), stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


class Inbox:
    """Remembers what was put, and can be waited for."""

    def __init__(self) -> None:
        self.alerts: list[RawAlert] = []
        self._more = asyncio.Condition()

    async def put(self, raw: RawAlert) -> None:
        async with self._more:
            self.alerts.append(raw)
            self._more.notify_all()

    async def holds(self, count: int) -> list[RawAlert]:
        async with asyncio.timeout(15), self._more:
            await self._more.wait_for(lambda: len(self.alerts) >= count)
        return self.alerts


async def test_every_alert_comes_as_it_was_sent(rig: Rig) -> None:
    rig.put(BODIES)
    inbox = Inbox()
    async with running(rig.source(), inbox.put):
        alerts = await inbox.holds(len(BODIES))
    assert sorted(alert.body for alert in alerts) == sorted(BODIES)
    for alert in alerts:
        assert alert.content_id == sha256_hex(alert.body)
        assert alert.source in {"gcn", "kafka", "vtp", "directory", "archive"}
        assert (alert.offset is not None) == rig.restarts_at_commit
        assert (alert.broker_time is not None) == rig.restarts_at_commit


async def test_what_was_stored_is_not_given_again_or_is_known_by_content(rig: Rig) -> None:
    rig.put([b"one", b"two"])
    first = Inbox()
    async with running(rig.source(), first.put):
        await first.holds(2)
    rig.put([b"three"])
    second = Inbox()
    async with running(rig.source(), second.put):
        await second.holds(1 if rig.restarts_at_commit else 3)
    expected = {b"three"} if rig.restarts_at_commit else {b"one", b"two", b"three"}
    assert {alert.body for alert in second.alerts} == expected


async def test_what_was_not_committed_comes_again(rig: Rig) -> None:
    rig.put([b"one", b"two"])
    source = rig.source()
    alerts = aiter(source)
    first = await asyncio.wait_for(anext(alerts), 15)
    await source.commit([first])
    second = await asyncio.wait_for(anext(alerts), 15)
    await source.aclose()
    again = Inbox()
    async with running(rig.source(), again.put):
        await again.holds(1 if rig.restarts_at_commit else 2)
    assert second.body in {alert.body for alert in again.alerts}
    assert (first.body in {alert.body for alert in again.alerts}) == (not rig.restarts_at_commit)


async def test_a_store_that_is_away_is_waited_for(rig: Rig) -> None:
    rig.put([b"one", b"two"])
    inbox, calls = Inbox(), []

    async def put(raw: RawAlert) -> None:
        calls.append(raw.body)
        if len(calls) <= 2:
            raise ServiceUnreachable
        await inbox.put(raw)

    async with running(rig.source(), put) as task:
        await inbox.holds(2)
    stats = task.result()
    assert calls[0] == calls[1] == calls[2]
    assert (stats.received, stats.stored, stats.failed, stats.retries) == (2, 2, 0, 2)


async def test_one_bad_alert_stops_nothing(rig: Rig) -> None:
    rig.put([b"bad", b"good"])
    inbox = Inbox()

    async def put(raw: RawAlert) -> None:
        if raw.body == b"bad":
            raise ConfigurationError("never")
        await inbox.put(raw)

    async with running(rig.source(), put) as task:
        await inbox.holds(1)
    assert [alert.body for alert in inbox.alerts] == [b"good"]
    assert task.result().failed == 1


async def test_it_stops_at_once_and_closes_twice(rig: Rig) -> None:
    source = rig.source()
    stop = asyncio.Event()
    task = asyncio.create_task(run(source, one_by_one(Inbox().put), stop))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(task, 5)
    await source.aclose()


@pytest.mark.parametrize("make", [gcn_source, kafka_source])
async def test_a_broker_that_goes_and_comes_back(make: Callable[..., Source], topic: str) -> None:
    with EmbeddedKafka() as broker:
        broker.create_topic(topic)
        rig = BrokerRig(broker.bootstrap_servers, topic, make)
        rig.put([b"before"])
        inbox = Inbox()
        async with running(rig.source(), inbox.put):
            await inbox.holds(1)
            broker.broker_down()
            await asyncio.sleep(0.3)
            broker.broker_up()
            await asyncio.to_thread(rig.put, [b"after"])
            await inbox.holds(2)
    assert [alert.body for alert in inbox.alerts][:2] == [b"before", b"after"]


async def test_an_unknown_topic_is_no_alert(mock_kafka: EmbeddedKafka, topic: str) -> None:
    mock_kafka.create_topic(topic)
    config = {"bootstrap.servers": mock_kafka.bootstrap_servers, "security.protocol": "plaintext", **FAST}
    config["allow.auto.create.topics"] = False
    source = GcnSource([f"{topic}.never", topic], group_id=topic, config=config)
    BrokerRig(mock_kafka.bootstrap_servers, topic, gcn_source).put([b"real"])
    inbox = Inbox()
    async with running(source, inbox.put):
        await inbox.holds(1)
        await asyncio.sleep(0.3)
    assert [alert.body for alert in inbox.alerts] == [b"real"]


async def test_an_error_message_is_never_an_alert(mock_kafka: EmbeddedKafka, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = gcn_source(mock_kafka.bootstrap_servers, topic)

    class Message:
        def __init__(self, code: int | None) -> None:
            self._code = code

        def error(self) -> confluent_kafka.KafkaError | None:
            return None if self._code is None else confluent_kafka.KafkaError(self._code)

        def value(self) -> bytes:
            return b"Subscribed topic not available: X: Broker: Unknown topic or partition"

        topic = staticmethod(lambda: "X")
        headers = staticmethod(lambda: None)
        partition = offset = staticmethod(lambda: 0)
        timestamp = staticmethod(lambda: (confluent_kafka.TIMESTAMP_NOT_AVAILABLE, -1))

    kinds = confluent_kafka.KafkaError
    given = [
        Message(code) for code in (kinds.UNKNOWN_TOPIC_OR_PART, kinds._PARTITION_EOF, kinds.TOPIC_AUTHORIZATION_FAILED, None)
    ]

    async def poll() -> list[Message]:
        return [given.pop(0)]

    monkeypatch.setattr(source._reader, "poll", poll)
    alert = await anext(aiter(source))
    assert given == []
    assert alert.topic == "X"
    await source.aclose()


async def test_a_refused_login_is_said_and_ends_it(mock_kafka: EmbeddedKafka, topic: str) -> None:
    source = gcn_source(mock_kafka.bootstrap_servers, topic)
    # What librdkafka calls from within poll when the token server knows no such client.
    text = 'Failed to acquire SASL OAUTHBEARER token: {"error":"invalid_client"}'
    source._on_error(confluent_kafka.KafkaError(confluent_kafka.KafkaError._AUTHENTICATION, text))
    with pytest.raises(ConfigurationError, match="invalid_client"):
        await run(source, one_by_one(Inbox().put), asyncio.Event())


async def test_login_at_gcn_is_set_up_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def consumer(settings: dict[str, Any]) -> object:
        seen.update(settings)
        return object()

    monkeypatch.setattr("ingest.gcn.gcn_kafka.Consumer", consumer)
    GcnSource(["t"], client_id="me", client_secret="word", domain="test.gcn.nasa.gov")
    assert {key: seen[key] for key in ("client_id", "client_secret", "domain", "group.id")} == {
        "client_id": "me",
        "client_secret": "word",
        "domain": "test.gcn.nasa.gov",
        "group.id": "transients",
    }
    # Where there is nothing committed, everything is read: tested with brokers.
    assert seen["auto.offset.reset"] == "error"
    assert seen["enable.auto.commit"] is False


async def test_files_written_again_or_in_parts(tmp_path: Path) -> None:
    source = DirectorySource(tmp_path, interval_s=0.05, max_bytes=100)
    inbox = Inbox()
    async with running(source, inbox.put):
        (tmp_path / "a.xml").write_bytes(b"first")
        (tmp_path / ".hidden").write_bytes(b"hidden")
        (tmp_path / "b.tmp").write_bytes(b"unfinished")
        await inbox.holds(1)
        (tmp_path / "a.xml").write_bytes(b"second")
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "c.xml").write_bytes(b"third")
        await inbox.holds(3)
        await asyncio.sleep(0.3)
    assert sorted(alert.body for alert in inbox.alerts) == [b"first", b"second", b"third"]


async def test_a_file_that_grows_is_taken_when_it_is_done(tmp_path: Path) -> None:
    inbox = Inbox()
    async with running(DirectorySource(tmp_path, interval_s=0.15), inbox.put):
        with (tmp_path / "slow.xml").open("wb", buffering=0) as file:
            for _ in range(12):
                file.write(b"x")
                await asyncio.sleep(0.04)
        await inbox.holds(1)
    assert [alert.body for alert in inbox.alerts] == [b"x" * 12]


async def test_a_missing_folder_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder"):
        await run(DirectorySource(tmp_path / "none"), one_by_one(Inbox().put), asyncio.Event())


async def test_an_archive_ends(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name in ("1.xml", "2.xml"):
            (tmp_path / name).write_text(name)
            archive.add(tmp_path / name, name)
            (tmp_path / name).unlink()
    inbox = Inbox()
    stats = await run(ArchiveSource([tmp_path / "a.tar.gz", tmp_path / "none"]), one_by_one(inbox.put), asyncio.Event())
    *taken, missing = inbox.alerts
    assert [alert.body for alert in taken] == [b"1.xml", b"2.xml"]
    assert b"no-such-file" in missing.body
    assert (stats.received, stats.committed) == (3, 3)

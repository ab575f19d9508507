"""Lines of brokers: where reading goes on, what is told of what is missing, and the pulse; on the in-process broker."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import confluent_kafka
import pytest

from ingest import GcnSource, KafkaSource, SourceStats, hop_source, one_by_one, run
from ingest.commits import Commits
from ingest.group import GroupSource
from ingest.reader import GroupReader
from schemas import Gap, Instant, Position, RawAlert
from schemas.errors import ConfigurationError, ServiceUnreachable
from transients.embedded import EmbeddedKafka

FAST = {"session.timeout.ms": 1500, "heartbeat.interval.ms": 300, "fetch.wait.max.ms": 10, "log_level": 0}
#: The in-process broker keeps 5 MiB of a partition.
LARGE = b"x" * 2_000_000
AT = Instant.parse("2026-01-02T03:04:05")
Make = Callable[..., GroupSource]
#: What takes seconds is run once: the code is the same for all.
ONCE = pytest.mark.parametrize("make", ["gcn"], indirect=True)


class Writer:
    """Writes to the in-process broker."""

    def __init__(self, broker: EmbeddedKafka) -> None:
        self._producer = confluent_kafka.Producer(
            {"bootstrap.servers": broker.bootstrap_servers, "message.max.bytes": 8_000_000, "linger.ms": 0}
        )

    async def write(self, topic: str, *bodies: bytes | None, partition: int = 0, headers: Any = None) -> None:
        for body in bodies:
            self._producer.produce(topic, body, partition=partition, headers=headers)
            assert await asyncio.to_thread(self._producer.flush, 10) == 0

    async def burst(self, topic: str, *bodies: bytes) -> None:
        """All at once: what does not fit into the broker is dropped before anybody reads it."""
        for body in bodies:
            self._producer.produce(topic, body, partition=0)
        assert await asyncio.to_thread(self._producer.flush, 10) == 0


@pytest.fixture
def writer(mock_kafka: EmbeddedKafka) -> Writer:
    return Writer(mock_kafka)


@pytest.fixture(params=["gcn", "kafka"])
def make(request: pytest.FixtureRequest, mock_kafka: EmbeddedKafka, topic: str) -> Make:
    """A source of the topic (made, with one partition), in a group of the topic's name."""
    mock_kafka.create_topic(topic)

    def made(*topics: str, config: Mapping[str, Any] | None = None, **more: Any) -> GroupSource:
        settings = {**FAST, **(config or {})}
        servers, group = mock_kafka.bootstrap_servers, f"group.{topic}"
        more = {"pulse_topic": None, **more}
        if request.param == "gcn":
            own = {"bootstrap.servers": servers, "security.protocol": "plaintext", **settings}
            return GcnSource(topics or (topic,), group_id=group, config=own, **more)
        return KafkaSource(topics or (topic,), bootstrap_servers=[servers], group_id=group, config=settings, **more)

    return made


class Line:
    """A source that runs, with what it gave and told."""

    def __init__(self, gaps: list[Gap]) -> None:
        self.alerts: asyncio.Queue[RawAlert] = asyncio.Queue()
        self.stats = SourceStats()
        self.gaps = gaps

    async def next(self, count: int = 1) -> list[RawAlert]:
        async with asyncio.timeout(15):
            return [await self.alerts.get() for _ in range(count)]

    async def bodies(self, count: int) -> list[bytes]:
        return [alert.body for alert in await self.next(count)]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(15):
            while not holds():  # noqa: ASYNC110 (threads and clocks move it)
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(make: Make, *topics: str, **more: Any) -> AsyncIterator[Line]:
    gaps: list[Gap] = []

    async def on_gap(gap: Gap) -> None:
        gaps.append(gap)

    line, stop = Line(gaps), asyncio.Event()
    source = make(*topics, on_gap=on_gap, **more)
    task = asyncio.create_task(run(source, one_by_one(line.alerts.put), stop, line.stats))
    try:
        yield line
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


def inbox(topic: str, offset: int, at: Instant | None = AT) -> Callable[[], Any]:
    async def positions() -> Mapping[tuple[str, int], Position]:
        return {(topic, 0): Position(topic=topic, partition=0, offset=offset, broker_time=at)}

    return positions


async def test_a_forgotten_group_goes_on_from_the_inbox(make: Make, writer: Writer, topic: str) -> None:
    await writer.write(topic, b"0", b"1", b"2", b"3")
    async with running(make, positions=inbox(topic, 1)) as line:
        assert await line.bodies(2) == [b"2", b"3"]
    assert line.gaps == []


async def test_what_was_committed_and_is_not_in_the_inbox_comes_again(make: Make, writer: Writer, topic: str) -> None:
    await writer.write(topic, b"0", b"1", b"2")
    async with running(make) as line:
        assert await line.bodies(3) == [b"0", b"1", b"2"]
        await line.until(lambda: line.stats.committed == 3)
    async with running(make, positions=inbox(topic, 0)) as line:
        assert await line.bodies(2) == [b"1", b"2"]
    assert line.gaps == []


async def test_what_the_broker_dropped_before_it_was_read_is_told_and_the_rest_is_read(
    make: Make, writer: Writer, topic: str
) -> None:
    await writer.write(topic, b"first")
    async with running(make) as line:
        assert await line.bodies(1) == [b"first"]
        await line.until(lambda: line.stats.committed == 1)
    await writer.write(topic, *[LARGE] * 5)
    async with running(make, positions=inbox(topic, 0)) as line:
        alerts = await line.next(2)
        await writer.write(topic, b"last")
        while alerts[-1].body != b"last":
            alerts += await line.next()
        await line.until(lambda: len(line.gaps) == 2)
    opened, closed = line.gaps
    assert (opened.reason, opened.topic, opened.partition, opened.since, opened.until) == ("retention", topic, 0, AT, None)
    assert (opened.first_offset, opened.last_offset) == (1, alerts[0].offset - 1)
    assert opened.last_offset >= 1
    assert [alert.offset for alert in alerts] == list(range(opened.last_offset + 1, 7))
    assert closed.until == alerts[0].broker_time
    assert (closed.first_offset, closed.last_offset) == (opened.first_offset, opened.last_offset)


@ONCE
async def test_what_the_broker_drops_while_we_wait_is_told_too(make: Make, writer: Writer, topic: str) -> None:
    gaps: list[Gap] = []

    async def on_gap(gap: Gap) -> None:
        gaps.append(gap)

    # As little as it can is read ahead.
    little = {"queued.max.messages.kbytes": 1, "queued.min.messages": 1, "fetch.message.max.bytes": 1000}
    source = make(on_gap=on_gap, config=little)
    await writer.write(topic, b"0", *[LARGE] * 2)
    alerts = aiter(source)
    first = await asyncio.wait_for(anext(alerts), 15)
    assert first.body == b"0"
    await source.commit([first])
    await writer.write(topic, *[LARGE] * 9, b"last")
    offsets = []
    async with asyncio.timeout(15):
        async for alert in alerts:
            offsets.append(alert.offset)
            if alert.body == b"last":
                break
    await source.aclose()
    assert offsets[-1] == 12
    assert gaps
    assert gaps[0].reason == "retention"
    assert gaps[0].first_offset is not None
    assert gaps[0].last_offset is not None
    # Nothing is between what was read and what is told, and nothing is both.
    assert sorted([*offsets, *range(gaps[0].first_offset, gaps[0].last_offset + 1)]) == list(range(1, 13))


async def test_offsets_that_began_anew_are_told_and_all_is_read(make: Make, writer: Writer, topic: str) -> None:
    await writer.write(topic, b"0", b"1")
    async with running(make, positions=inbox(topic, 500)) as line:
        assert await line.bodies(2) == [b"0", b"1"]
        await line.until(lambda: len(line.gaps) == 2)
    assert [(gap.reason, gap.since) for gap in line.gaps] == [("reset", AT)] * 2


async def test_an_inbox_that_does_not_answer_holds_nothing_up(make: Make, writer: Writer, topic: str) -> None:
    async def away() -> Mapping[tuple[str, int], Position]:
        raise ServiceUnreachable

    await writer.write(topic, b"0")
    async with running(make, positions=away) as line:
        assert await line.bodies(1) == [b"0"]


async def test_the_pulse_begins_with_its_last_and_its_silence_is_told(
    make: Make, mock_kafka: EmbeddedKafka, writer: Writer, topic: str
) -> None:
    pulse = f"{topic}.pulse"
    mock_kafka.create_topic(pulse)
    await writer.write(pulse, b"old", b"older", b"now")
    await writer.write(topic, b"alert")
    async with running(make, pulse_topic=pulse, silence_s=0.6) as line:
        assert sorted(await line.bodies(2)) == [b"alert", b"now"]
        state = line.stats.line
        assert state is not None
        assert (state.condition, state.last_pulse is not None) == ("connected", True)
        last = state.last_pulse
        await line.until(lambda: state.condition == "silent" and len(line.gaps) == 1)
        assert state.reason == f"no pulse for 0.6 s on {pulse}"
        await writer.write(pulse, b"again")
        assert await line.bodies(1) == [b"again"]
        await line.until(lambda: len(line.gaps) == 2)
        assert state.condition == "connected"
    begun, ended = line.gaps
    assert (begun.reason, begun.topic, begun.since, begun.until) == ("silence", pulse, last, None)
    assert (ended.since, ended.until) == (last, state.last_pulse)


@ONCE
async def test_a_silent_line_is_connected_anew_and_goes_on(
    make: Make, mock_kafka: EmbeddedKafka, writer: Writer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.watch.RENEW_S", 1.5)
    pulse = f"{topic}.pulse"
    mock_kafka.create_topic(pulse)
    renewed: list[object] = []
    real = GroupReader._renew
    monkeypatch.setattr(GroupReader, "_renew", lambda reader: (renewed.append(reader), real(reader)))
    async with running(make, pulse_topic=pulse, silence_s=0.2) as line:
        await writer.write(topic, b"before")
        assert await line.bodies(1) == [b"before"]
        state = line.stats.line
        assert state is not None
        await line.until(lambda: state.condition == "silent")
        await line.until(lambda: bool(renewed))
        await writer.write(topic, b"after")
        await writer.write(pulse, b"beat")
        assert sorted(await line.bodies(2)) == [b"after", b"beat"]
        await line.until(lambda: state.condition == "connected")
    assert [(gap.reason, gap.until is None) for gap in line.gaps[:2]] == [("silence", True), ("silence", False)]


@ONCE
async def test_a_beat_that_was_heard_does_not_end_the_silence_after_it(
    make: Make, mock_kafka: EmbeddedKafka, writer: Writer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.watch.RENEW_S", 0.3)
    pulse = f"{topic}.pulse"
    mock_kafka.create_topic(pulse)
    await writer.write(pulse, b"last")
    async with running(make, pulse_topic=pulse, silence_s=0.2) as line:
        assert await line.bodies(1) == [b"last"]
        state = line.stats.line
        assert state is not None
        heard = state.last_pulse
        await line.until(lambda: state.condition == "silent" and line.stats.committed >= 1)
        # Long enough for several new connections: each would read the last beat again.
        await writer.write(topic, b"while silent")
        assert await line.bodies(1) == [b"while silent"]
        await asyncio.sleep(2.5)
        assert (state.condition, state.last_pulse) == ("silent", heard)
        assert line.alerts.empty()
    async with running(make, pulse_topic=pulse, silence_s=60.0) as line:
        await writer.write(topic, b"another start")
        assert await line.bodies(1) == [b"another start"]
        assert line.stats.line is not None
        assert line.stats.line.last_pulse is None


@ONCE
async def test_who_has_not_the_pulse_says_no_silence_and_takes_it_over(
    make: Make, mock_kafka: EmbeddedKafka, writer: Writer, topic: str
) -> None:
    pulse = f"{topic}.pulse"
    mock_kafka.create_topic(pulse)

    async def beat(seconds: float) -> None:
        async with asyncio.timeout(seconds + 10):
            for _ in range(round(seconds / 0.1)):
                await writer.write(pulse, b"beat")
                await asyncio.sleep(0.1)

    async with running(make, pulse_topic=pulse, silence_s=1.5) as stays:
        async with running(make, pulse_topic=pulse, silence_s=1.5) as leaves:
            await beat(5.0)
            assert (stays.gaps, leaves.gaps) == ([], [])
        while not stays.alerts.empty():
            stays.alerts.get_nowait()
        await beat(1.0)
        await stays.next()
        assert stays.gaps == []
        await stays.until(lambda: len(stays.gaps) == 1)
    assert [(gap.reason, gap.until) for gap in stays.gaps] == [("silence", None)]


@ONCE
async def test_what_the_broker_drops_before_anything_came_is_told(make: Make, writer: Writer, topic: str) -> None:
    async with running(make) as line:
        await line.until(lambda: line.stats.line is not None and line.stats.line.condition == "connected")
        await writer.burst(topic, *[LARGE] * 6, b"last")
        alerts = await line.next()
        while alerts[-1].body != b"last":
            alerts += await line.next()
        told = [(gap.first_offset or 0, gap.last_offset or 0) for gap in line.gaps if gap.until is None]
    missing = [offset for first, last in told for offset in range(first, last + 1)]
    assert sorted([*missing, *(alert.offset for alert in alerts)]) == list(range(7))


async def test_a_topic_that_is_made_later_is_read_from_its_beginning(
    make: Make, mock_kafka: EmbeddedKafka, writer: Writer, topic: str
) -> None:
    later = f"{topic}.later"
    quick = {"topic.metadata.refresh.interval.ms": 200, "allow.auto.create.topics": False}
    async with running(make, topic, later, config=quick) as line:
        await writer.write(topic, b"there")
        assert await line.bodies(1) == [b"there"]
        mock_kafka.create_topic(later)
        await writer.write(later, b"first of the new", b"second")
        assert await line.bodies(2) == [b"first of the new", b"second"]
        await writer.write(topic, b"and on")
        assert await line.bodies(1) == [b"and on"]
    assert line.gaps == []


async def test_the_same_alert_again_and_a_tombstone_and_headers_come_as_they_are(make: Make, writer: Writer, topic: str) -> None:
    await writer.write(topic, b"same", b"same")
    await writer.write(topic, b"hop", headers=[("_test", b"true"), ("_format", b"external"), ("_id", bytes(range(16)))])
    await writer.write(topic, None)
    async with running(make) as line:
        alerts = await line.next(4)
    assert [alert.body for alert in alerts] == [b"same", b"same", b"hop", b""]
    assert [alert.offset for alert in alerts] == [0, 1, 2, 3]
    assert alerts[2].headers == {"_test": "true", "_format": "external", "_id": "00010203-0405-0607-0809-0a0b0c0d0e0f"}
    assert alerts[3].headers == {}


async def test_a_name_of_a_header_that_is_no_text_keeps_no_alert_out(make: Make, writer: Writer, topic: str) -> None:
    await writer.write(topic, b"bad", headers=[("héad", b"1")])
    source = make()

    class Message:
        """As the client's own, for a name of bytes that are no UTF-8: its producer makes none."""

        def __init__(self, real: Any) -> None:
            self.real = real

        def headers(self) -> None:
            b"\xff".decode()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

    real_poll = source._reader.poll

    async def poll() -> list[Any]:
        return [Message(message) for message in await real_poll()]

    source._reader.poll = poll  # type: ignore[method-assign]
    alert = await asyncio.wait_for(anext(aiter(source)), 15)
    await source.aclose()
    assert alert.body == b"bad"
    assert "no text" in alert.headers["_headers"]


@ONCE
async def test_two_of_one_group_share_a_topic_and_lose_nothing_when_one_leaves(
    mock_kafka: EmbeddedKafka, writer: Writer, topic: str, make: Make
) -> None:
    shared = f"{topic}.shared"
    mock_kafka.create_topic(shared, 4)
    taken: list[set[bytes]] = [set(), set()]
    stops = [asyncio.Event(), asyncio.Event()]

    def keep(number: int) -> Any:
        async def put(raw: RawAlert) -> None:
            taken[number].add(raw.body)
            await asyncio.sleep(0.001)

        return one_by_one(put)

    async def write(first: int) -> None:
        for n in range(first, first + 40):
            await writer.write(shared, b"%d" % n, partition=n % 4)

    async def both_have(count: int) -> None:
        async with asyncio.timeout(20):
            while len(taken[0] | taken[1]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(run(make(shared), keep(0), stops[0]))]
    await write(0)
    await both_have(40)
    tasks.append(asyncio.create_task(run(make(shared), keep(1), stops[1])))
    async with asyncio.timeout(20):
        number = 40
        while not taken[1]:
            await write(number)
            number += 40
            await asyncio.sleep(0.1)
    await both_have(number)
    stops[0].set()
    await asyncio.wait_for(tasks[0], 10)
    await write(number)
    await both_have(number + 40)
    stops[1].set()
    await asyncio.wait_for(tasks[1], 10)
    assert taken[0] | taken[1] == {b"%d" % n for n in range(number + 40)}
    assert taken[0]
    assert taken[1]


async def test_without_a_network_of_version_6_version_4_is_used(make: Make, writer: Writer, topic: str) -> None:
    source = make()
    kinds = confluent_kafka.KafkaError
    text = "ssl://kafka.example:9092/bootstrap: Connect to ipv6#[2001:db8::1]:9092 failed: Network is unreachable"
    assert source._settings["broker.address.family"] == "any"
    for _ in range(3):
        source._on_error(kinds(kinds._TRANSPORT, text))
    assert source.line.condition == "waiting"
    await writer.write(topic, b"alert")
    alert = await asyncio.wait_for(anext(aiter(source)), 15)
    await source.aclose()
    assert alert.body == b"alert"
    assert source._settings["broker.address.family"] == "v4"
    assert source.line.condition == "connected"


async def test_a_network_that_was_asked_for_is_kept(make: Make) -> None:
    source = make(address_family="v6")
    kinds = confluent_kafka.KafkaError
    for _ in range(9):
        source._on_error(kinds(kinds._TRANSPORT, "Connect to ipv6#[2001:db8::1]:9092 failed: Network is unreachable"))
    await source._care()
    await source.aclose()
    assert source._settings["broker.address.family"] == "v6"


async def test_the_line_says_that_the_broker_is_away(topic: str) -> None:
    with EmbeddedKafka() as broker:
        broker.create_topic(topic)
        source = KafkaSource([topic], bootstrap_servers=[broker.bootstrap_servers], group_id=topic, config=FAST)
        line, stop = Line([]), asyncio.Event()
        task = asyncio.create_task(run(source, one_by_one(line.alerts.put), stop, line.stats))
        await line.until(lambda: source.line.condition == "connected")
        broker.broker_down()
        await line.until(lambda: source.line.condition == "waiting")
        assert source.line.reason
        broker.broker_up()
        await Writer(broker).write(topic, b"back")
        await line.next()
        assert source.line.condition == "connected"
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_a_refused_password_is_said_at_once(make: Make) -> None:
    source = make()
    kinds = confluent_kafka.KafkaError
    text = "SASL authentication error: Authentication failed: invalid credentials"
    if isinstance(source, GcnSource):
        text = 'Failed to acquire SASL OAUTHBEARER token: {"error":"invalid_client"}'
    source._on_error(kinds(kinds._AUTHENTICATION, text))
    with pytest.raises(ConfigurationError, match="invalid"):
        await asyncio.wait_for(anext(aiter(source)), 15)
    await source.aclose()
    assert source.line.condition == "refused"
    assert "invalid" in source.line.reason


async def test_a_commit_that_is_not_taken_is_told_again(
    make: Make, writer: Writer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[object] = []
    real = Commits.answered

    def refuse_first(commits: Commits, error: Any, parts: Any) -> None:
        if not refused:
            refused.append(parts)
            error = confluent_kafka.KafkaError(confluent_kafka.KafkaError.ILLEGAL_GENERATION)
        real(commits, error, parts)

    monkeypatch.setattr(Commits, "answered", refuse_first)
    told: list[dict[Any, int]] = []
    real_tell = Commits.tell

    def tell(commits: Commits, consumer: Any) -> None:
        before = dict(commits._told)
        real_tell(commits, consumer)
        if commits._told and commits._told != before:
            told.append(dict(commits._told))

    monkeypatch.setattr(Commits, "tell", tell)
    await writer.write(topic, b"one")
    async with running(make) as line:
        await line.next()
        await line.until(lambda: len(told) >= 2)
    assert told == [{(topic, 0): 1}] * 2


async def test_a_client_that_is_in_trouble_is_made_anew(
    make: Make, writer: Writer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.group._PAUSE_S", 0.01)
    real, failed = GroupReader._starts, []

    def fail_first(reader: GroupReader, consumer: Any, parts: Any) -> Any:
        if not failed:
            failed.append(parts)
            # As when assigning itself fails: librdkafka's client raises it from poll.
            monkeypatch.setattr(GroupReader, "_starts", real)
            raise confluent_kafka.KafkaException(confluent_kafka.KafkaError(confluent_kafka.KafkaError._STATE))
        return real(reader, consumer, parts)

    real_poll, raised = GroupReader._poll, []

    def poll(reader: GroupReader) -> list[Any]:
        if not raised:
            raised.append(reader)
            raise confluent_kafka.KafkaException(confluent_kafka.KafkaError(confluent_kafka.KafkaError._STATE))
        return real_poll(reader)

    monkeypatch.setattr(GroupReader, "_starts", fail_first)
    monkeypatch.setattr(GroupReader, "_poll", poll)
    await writer.write(topic, b"one", b"two")
    async with running(make) as line:
        assert await line.bodies(2) == [b"one", b"two"]
    assert failed
    assert raised


async def test_an_alert_is_stored_at_once(make: Make, writer: Writer, topic: str) -> None:
    async with running(make) as line:
        await writer.write(topic, b"first")
        await line.next()
        spent = []
        for n in range(30):
            begun = time.perf_counter()
            await writer.write(topic, b"%d" % n)
            await line.next()
            spent.append(time.perf_counter() - begun)
    # Writing included; a poll that waits for more, or a commit in the way, would make it ten times this.
    assert sorted(spent)[15] < 0.05


def test_hop_is_set_up_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr("ingest.kafka.confluent_kafka.Consumer", lambda settings: seen.update(settings) or object())
    source = hop_source(["igwn.gwalert"], username="someone-1", password="word")
    assert source.name == "hop"
    expected = {
        "bootstrap.servers": "kafka.scimma.org:9092",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "someone-1",
        "sasl.password": "word",
        "group.id": "someone-1-transients",
        "enable.auto.commit": False,
    }
    assert expected == {key: seen[key] for key in expected}

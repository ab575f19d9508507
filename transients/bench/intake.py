"""Alerts from a broker through the inbox into events: how many a second, and how long one takes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence

import asyncpg
import confluent_kafka
import numpy as np

import handlers
from ingest import KafkaSource, run
from schemas import RawAlert
from schemas.errors import ConfigurationError, ServiceUnreachable, TransientsError
from transients.config import Settings
from transients.embedded import EmbeddedKafka
from transients.service.intake import Intake
from transients.store import Store

from .documents import voevent
from .lines import Line, line
from .logs import logs_written
from .server import VARIABLE, server
from .sizes import Sizes
from .store import own_database

_TOPIC = "gcn.classic.voevent.FERMI_GBM_FLT_POS"
_PARTITIONS = 4
#: The in-process broker answers a reader that waits for more only when its time is over, s.
_WAIT_MS = 2
_CLIENT = {"fetch.wait.max.ms": _WAIT_MS, "session.timeout.ms": 6000, "log_level": 0}
_PATIENCE_S = 120.0
#: Numbers of the documents: the ones that show that all is set up, and the ones that come alone.
_FIRST, _SINGLE = 900_000_000, 100_000_000


def measure(sizes: Sizes) -> Iterator[Line]:
    """On the in-process broker, and on a PostgreSQL that flushes to disk: one started here, or that of TRANSIENTS_DATABASE__URL.

    Raises
    ------
    ServiceUnreachable
        A server is named, and does not let us in.
    """
    try:
        with logs_written():
            yield from asyncio.run(_measured(sizes))
    except ConfigurationError as error:
        yield line("intake: broker to event", None, "alerts/s", None, None, f"no PostgreSQL: {error}")
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceUnreachable(f"the server of {VARIABLE} cannot be used: {error}") from error


async def _measured(sizes: Sizes) -> list[Line]:
    with EmbeddedKafka() as broker:
        async with server() as address, own_database(address) as url:
            store = await Store.open(url, pool_size=4)
            try:
                await store.migrate()
                async with _served(broker, Intake(store, Settings())) as ours, _polled(broker) as bare:
                    lines = [*await _rates(ours, bare, sizes), *await _latencies(ours, bare, sizes)]
                events, due = (await store.totals()).events, 1 + sizes.slow_turns * sizes.alerts + sizes.single_alerts
                if events != due:
                    raise TransientsError(f"{events} events stand where there should be {due}: nothing is compared")
                return lines
            finally:
                await store.aclose()


async def _rates(ours: _Way, bare: _Way, sizes: Sizes) -> list[Line]:
    times = []
    for turn in range(sizes.slow_turns):
        documents = [_document(turn * sizes.alerts + n) for n in range(sizes.alerts)]
        begun = time.perf_counter()
        for document in documents:
            handlers.parse(document, topic=_TOPIC)
        parsed = time.perf_counter() - begun
        times.append((await ours.spent(documents), await bare.spent(documents), parsed))
    spent, polled, parsed = (float(value) for value in np.median(times, axis=0))
    name, rate = f"intake: broker to event, {sizes.alerts} VOEvents at once", sizes.alerts / spent
    return [
        line(name, rate, "alerts/s", "librdkafka's consumer alone: the same messages, nothing kept", polled / spent),
        line(name, rate, "alerts/s", "handlers.parse alone: the same documents, nothing kept", parsed / spent),
    ]


async def _latencies(ours: _Way, bare: _Way, sizes: Sizes) -> list[Line]:
    times = []
    for n in range(sizes.single_alerts):
        document = _document(_SINGLE + n)
        times.append((await ours.spent([document]), await bare.spent([document])))
    found = []
    for percent in (50, 99):
        spent, polled = (float(value) for value in np.percentile(times, percent, axis=0))
        name = f"intake: broker to event, one VOEvent, {percent} of 100 are faster"
        reference = f"librdkafka's consumer alone: the same message, {percent} of 100"
        found.append(line(name, 1e3 * spent, "ms", reference, polled / spent))
    return found


class _Way:
    """A topic, and something that takes what is written there."""

    def __init__(self, broker: EmbeddedKafka, topic: str) -> None:
        broker.create_topic(topic, _PARTITIONS)
        self._topic = topic
        self._taken = 0
        self._more = asyncio.Event()
        self._producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "linger.ms": 0, "log_level": 0})

    def take(self, count: int) -> None:
        """So many more have come to their end."""
        self._taken += count
        self._more.set()

    async def spent(self, documents: Sequence[bytes]) -> float:
        """Time from writing the first of the documents until the last has come to its end, s."""
        due = self._taken + len(documents)
        begun = time.perf_counter()
        for n, document in enumerate(documents):
            self._producer.produce(self._topic, document, partition=n % _PARTITIONS)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while self._taken < due:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError as error:
            raise TransientsError(f"{due - self._taken} of the measurement's own alerts did not come") from error
        return time.perf_counter() - begun


@contextlib.asynccontextmanager
async def _served(broker: EmbeddedKafka, intake: Intake) -> AsyncIterator[_Way]:
    """As the service does it."""
    way, stop = _Way(broker, _TOPIC), asyncio.Event()

    async def put_many(raws: Sequence[RawAlert]) -> None:
        await intake.put_many(raws)
        way.take(len(raws))

    source = KafkaSource([_TOPIC], bootstrap_servers=[broker.bootstrap_servers], name="bench", config=_CLIENT)
    running = asyncio.create_task(run(source, put_many, stop))
    try:
        await way.spent([_document(_FIRST)])
        yield way
    finally:
        stop.set()
        await running


@contextlib.asynccontextmanager
async def _polled(broker: EmbeddedKafka) -> AsyncIterator[_Way]:
    """A consumer that does nothing else."""
    way, loop, stop = _Way(broker, f"{_TOPIC}.bare"), asyncio.get_running_loop(), asyncio.Event()
    settings = {"bootstrap.servers": broker.bootstrap_servers, "group.id": "bare", "auto.offset.reset": "earliest", **_CLIENT}
    consumer = confluent_kafka.Consumer(settings)
    consumer.subscribe([f"{_TOPIC}.bare"])

    def poll() -> None:
        while not stop.is_set():
            message = consumer.poll(0.1)
            if message is not None and message.error() is None:
                loop.call_soon_threadsafe(way.take, 1)

    polling = asyncio.create_task(asyncio.to_thread(poll))
    try:
        await way.spent([_document(_FIRST)])
        yield way
    finally:
        stop.set()
        await polling
        consumer.close()


def _document(number: int) -> bytes:
    """A burst of its own for each number."""
    return voevent().replace(b"700000001", b"%09d" % number)

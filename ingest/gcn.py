"""Alerts from GCN's Kafka, through its own client."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import confluent_kafka
import gcn_kafka
import structlog

from schemas import RawAlert
from schemas.errors import ConfigurationError, ServiceRefused

from .base import raw_alert
from .logins import LoginTrouble
from .resume import last_offsets

#: `poll` in a thread gives a message when it comes; this bounds how long closing waits for it.
_POLL_S = 0.2
#: A broker that refuses a login is asked again three times a second: the same error is logged once in this time.
_SAY_AGAIN_S = 30.0
_CONSUMER: dict[str, Any] = {
    # A group that starts anew reads all that the broker still has.
    "auto.offset.reset": "earliest",
    # The offset is committed when the alert is stored, never by the clock (nor at leaving, where librdkafka would wait a
    # whole session for a broker that refuses us).
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    # GCN takes alerts of 4 MiB and LVK's are 2 to 3; librdkafka's own ceilings are lower than two of those together.
    "fetch.message.max.bytes": 16 * 1024 * 1024,
    "receive.message.max.bytes": 128 * 1024 * 1024,
}
#: Errors of the connection after which nothing will come until a person changes something.
_FATAL = frozenset(
    {
        confluent_kafka.KafkaError.GROUP_AUTHORIZATION_FAILED,
        confluent_kafka.KafkaError._FATAL,
    }
)
#: Errors of the login: some of them pass.
_LOGIN = frozenset({confluent_kafka.KafkaError._AUTHENTICATION, confluent_kafka.KafkaError.SASL_AUTHENTICATION_FAILED})


class GcnSource:
    """Alerts of GCN topics.

    Parameters
    ----------
    topics : iterable of str
        What to read. A topic that does not exist is logged and looked for again; the others still come.
    client_id, client_secret : str
        As GCN's web site gives them. Empty: no login (a broker of our own).
    domain : str
        gcn.nasa.gov, test.gcn.nasa.gov or dev.gcn.nasa.gov.
    group_id : str
        Remembers at the broker what was committed: the same on every machine and at every start.
    name : str
        Name of the source in the inbox.
    config : mapping
        librdkafka's settings that go over all others: {"bootstrap.servers": …, "security.protocol": "plaintext"} for a
        broker of our own.

    Raises
    ------
    ConfigurationError
        The settings make no consumer; while iterating: the login was refused.
    """

    def __init__(
        self,
        topics: Iterable[str],
        *,
        client_id: str = "",
        client_secret: str = "",
        domain: str = "gcn.nasa.gov",
        group_id: str = "transients",
        name: str = "gcn",
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = name
        self._topics = list(topics)
        self._fatal: str | None = None
        self._login = LoginTrouble()
        self._said_s: dict[int, float] = {}
        self._log = structlog.get_logger("ingest.gcn").bind(source=name)
        login = {"client_id": client_id, "client_secret": client_secret} if client_id else {}
        settings = {**_CONSUMER, "group.id": group_id, "domain": domain, "error_cb": self._on_error, **login, **(config or {})}
        try:
            self._consumer = gcn_kafka.Consumer(settings)
        except (confluent_kafka.KafkaException, ValueError, TypeError) as error:
            raise ConfigurationError(str(error), where=name) from error
        # The consumer is not told from two threads at once, and a blocked poll does not block the loop.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"source-{name}")
        self._leaving = threading.Event()
        self._closed = False

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        await self._call(self._consumer.subscribe, self._topics)
        while not self._leaving.is_set():
            message = await self._call(self._consumer.poll, _POLL_S)
            if self._fatal is not None:
                raise ConfigurationError(self._fatal, where=self._name)
            if message is None:
                continue
            # An error comes as a message whose value is its text: it must never be taken for an alert.
            error = message.error()
            if error is None:
                yield self._alert(message)
            else:
                self._on_message_error(message.topic(), error)

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Tell the broker that everything up to these alerts is stored. Raises ServiceRefused when it does not take it."""
        following = [confluent_kafka.TopicPartition(*part, offset + 1) for part, offset in last_offsets(raws).items()]
        try:
            committed = await self._call(lambda: self._consumer.commit(offsets=following, asynchronous=False))
        except confluent_kafka.KafkaException as error:
            raise ServiceRefused(str(error), where=f"{self._name}: commit") from error
        for part in committed or ():
            if part.error is not None:
                raise ServiceRefused(str(part.error), where=f"{self._name}: commit")

    async def aclose(self) -> None:
        """Leave the group."""
        if self._closed:
            return
        self._closed = True
        self._leaving.set()
        try:
            await self._call(self._consumer.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _call(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _alert(self, message: Any) -> RawAlert:
        kind, milliseconds = message.timestamp()
        return raw_alert(
            message.value() or b"",
            source=self._name,
            topic=message.topic(),
            partition=message.partition(),
            offset=message.offset(),
            broker_ms=None if kind == confluent_kafka.TIMESTAMP_NOT_AVAILABLE else milliseconds,
        )

    def _on_error(self, error: Any) -> None:
        """Called by librdkafka, from within poll: a wrong login raises nothing otherwise."""
        now_s = time.monotonic()
        if self._is_final(error, now_s):
            self._fatal = f"{error.name()}: {error.str()}"
        elif now_s - self._said_s.get(error.code(), float("-inf")) > _SAY_AGAIN_S:
            self._said_s[error.code()] = now_s
            self._log.warning("the broker is in trouble", action="broker-error", error=error.str())

    def _is_final(self, error: Any, now_s: float) -> bool:
        """Whether nothing will come until a person changes something."""
        if error.code() in _LOGIN and not error.fatal():
            return self._login.is_final(error.str(), now_s)
        return error.code() in _FATAL or bool(error.fatal())

    def _on_message_error(self, topic: str | None, error: Any) -> None:
        if self._is_final(error, time.monotonic()):
            raise ConfigurationError(f"{error.name()}: {error.str()}", where=self._name)
        if error.code() != confluent_kafka.KafkaError._PARTITION_EOF:
            self._log.warning("a topic gives an error", action="topic-error", topic=topic, error=error.str())

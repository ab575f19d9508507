"""A source that is a member of a consumer group, through librdkafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import confluent_kafka
import structlog

from schemas import RawAlert
from schemas.errors import ConfigurationError

from .base import LineState
from .gaps import OnGap
from .logins import Trouble
from .messages import alert_of
from .reader import GroupReader, OnCommit
from .resume import Positions, last_offsets
from .watch import SILENCE_S, LineWatch

AddressFamily = Literal["any", "v4", "v6"]
#: A broker that refuses a login is asked again three times a second: the same error is logged once in this time.
_SAY_AGAIN_S = 30.0
#: A partition that has not what we want is not looked at more often.
_BEGIN_AGAIN_S = 5.0
#: Before a client that is in trouble is made anew.
_PAUSE_S = 1.0
#: So many unreachable addresses of version 6: there is no such network here.
_NO_V6 = 3
_CONSUMER: dict[str, Any] = {
    # Where a group that starts anew begins, and what to do where the broker has no more what we want, is found in
    # `ingest.resume`; librdkafka must not jump by itself.
    "auto.offset.reset": "error",
    # The offset is committed when the alert is stored, never by the clock (nor at leaving, where librdkafka would wait a
    # whole session for a broker that refuses us).
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    # GCN takes alerts of 4 MiB and LVK's are 2 to 3; librdkafka's own ceilings are lower than two of those together.
    "fetch.message.max.bytes": 16 * 1024 * 1024,
    "receive.message.max.bytes": 128 * 1024 * 1024,
    # A member that was killed keeps its partitions from its successor for so long; librdkafka's own 45 s are long at night.
    "session.timeout.ms": 10_000,
    "heartbeat.interval.ms": 3_000,
    # A topic that is made later is read within a minute.
    "topic.metadata.refresh.interval.ms": 60_000,
}
#: Errors of the connection after which nothing will come until a person changes something.
_FATAL = frozenset({confluent_kafka.KafkaError.GROUP_AUTHORIZATION_FAILED, confluent_kafka.KafkaError._FATAL})
#: Errors of the login: some of them pass.
_LOGIN = frozenset({confluent_kafka.KafkaError._AUTHENTICATION, confluent_kafka.KafkaError.SASL_AUTHENTICATION_FAILED})
#: Other trouble of TLS passes: a broker that restarts in the middle of a handshake.
_UNTRUSTED = "certificate verify failed"
#: The broker has not (any more) what we want to begin with.
_NOT_THERE = frozenset({confluent_kafka.KafkaError._AUTO_OFFSET_RESET, confluent_kafka.KafkaError.OFFSET_OUT_OF_RANGE})
_AWAY = frozenset({confluent_kafka.KafkaError._ALL_BROKERS_DOWN, confluent_kafka.KafkaError._TRANSPORT})


class GroupSource:
    """Alerts of a broker's topics; GcnSource and KafkaSource say which broker, and how to log in there.

    Parameters
    ----------
    topics : iterable of str
        What to read. A topic that does not exist is logged and looked for again; the others still come.
    name : str
        Name of the source in the inbox.
    client : callable
        Makes librdkafka's consumer of settings.
    settings : mapping
        librdkafka's, of connection, login and group.
    login : Trouble
        Tells a login that is refused for good.
    pulse_topic : str or None
        Read besides; its last message and what comes after it are alerts like all others. When it stops the line is silent,
        and the connection is made anew every three minutes. None: silence means nothing.
    silence_s : float
        So long without a pulse is a gap.
    address_family : str
        "any", "v4" or "v6". With "any", a network without version 6 is found out and version 4 used.
    positions : callable, optional
        The last message of each partition in the inbox: where to go on when the broker has forgotten, or remembers more.
    on_gap : callable, optional
        Told of what may be missing: a silence, messages that the broker dropped before we read them, offsets begun anew.

    Raises
    ------
    ConfigurationError
        The settings make no consumer; while iterating: the login was refused.
    """

    def __init__(
        self,
        topics: Iterable[str],
        *,
        name: str,
        client: Callable[[dict[str, Any]], Any],
        settings: Mapping[str, Any],
        login: Trouble,
        pulse_topic: str | None = None,
        silence_s: float = SILENCE_S,
        address_family: AddressFamily = "any",
        positions: Positions | None = None,
        on_gap: OnGap | None = None,
    ) -> None:
        self._name, self._client, self._login = name, client, login
        self._settings = {**_CONSUMER, "broker.address.family": address_family, "error_cb": self._on_error, **settings}
        self._watch = LineWatch(name, pulse_topic=pulse_topic, silence_s=silence_s, on_gap=on_gap)
        self._fatal: str | None = None
        self._without_v6 = 0
        self._said_s: dict[int, float] = {}
        #: When to look again where partitions begin; never, without a reason.
        self._begin_s = float("inf")
        self._begun_s = float("-inf")
        self._closed = False
        self._log = structlog.get_logger("ingest.group").bind(source=name)
        every = list(dict.fromkeys([*topics, *([pulse_topic] if pulse_topic else [])]))
        try:
            self._reader = GroupReader(
                self._consumer, every, name=name, latest=pulse_topic, positions=positions, missing=self._watch.missing
            )
        except (confluent_kafka.KafkaException, ValueError, TypeError) as error:
            raise ConfigurationError(str(error), where=name) from error

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    @property
    def line(self) -> LineState:
        """How the line is."""
        return self._watch.line

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        await self._reader.open()
        while not self._closed:
            for message in await self._poll():
                # An error comes as a message whose value is its text: it must never be taken for an alert.
                error = message.error()
                if error is None:
                    alert = alert_of(message, self._name)
                    self._watch.heard(alert)
                    yield alert
                else:
                    self._on_message_error(message.topic(), error)

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Everything up to these alerts is stored: the broker is told soon, and again until it takes it."""
        self._reader.commit({part: offset + 1 for part, offset in last_offsets(raws).items()})

    async def aclose(self) -> None:
        """Leave the group."""
        if self._closed:
            return
        self._closed = True
        await self._reader.close()
        await self._watch.tell()

    def _consumer(self, on_commit: OnCommit) -> Any:
        return self._client({**self._settings, "on_commit": on_commit})

    async def _poll(self) -> list[Any]:
        """What has come, after the line got what it needs."""
        begun_s = time.monotonic()
        try:
            await self._care()
            messages = await self._reader.poll()
        except confluent_kafka.KafkaException as error:
            # Of the client itself, which says what is wrong with a broker in other ways.
            self._log.warning("the client is in trouble: connecting anew", action="client-trouble", error=str(error))
            await asyncio.sleep(_PAUSE_S)
            await self._reader.renew()
            return []
        if self._fatal is not None:
            raise self._refused(self._fatal)
        if not messages and not self._reader.newest_elsewhere():
            # Another member of the group that reads the pulse watches it.
            self._watch.listened(time.monotonic() - begun_s)
        return messages

    async def _care(self) -> None:
        """What the line needs between messages."""
        await self._watch.tell()
        if self._reader.answered():
            self._watch.connected()
        if time.monotonic() >= self._begin_s:
            self._begin_s, self._begun_s = float("inf"), time.monotonic()
            await self._reader.begin_again()
        if self._without_v6 >= _NO_V6 and self._settings["broker.address.family"] == "any":
            self._settings["broker.address.family"] = "v4"
            self._log.warning("no network for IPv6 addresses: only IPv4 from now on", action="ipv6-unreachable")
            await self._reader.renew()
        elif self._watch.renew_due():
            self._log.warning("the line stays silent: connecting anew", action="line-renewed")
            await self._reader.renew()

    def _refused(self, text: str) -> ConfigurationError:
        self._watch.refused(text)
        return ConfigurationError(text, where=self._name)

    def _on_error(self, error: Any) -> None:
        """Called by librdkafka, from within poll: a wrong login raises nothing otherwise."""
        now_s = time.monotonic()
        if self._is_final(error, now_s):
            self._fatal = f"{error.name()}: {error.str()}"
            return
        if error.code() in _AWAY | _LOGIN:
            self._watch.waiting(error.str())
        if "ipv6#" in error.str() and "unreachable" in error.str():
            self._without_v6 += 1
        if now_s - self._said_s.get(error.code(), float("-inf")) > _SAY_AGAIN_S:
            self._said_s[error.code()] = now_s
            self._log.warning("the broker is in trouble", action="broker-error", error=error.str())

    def _is_final(self, error: Any, now_s: float) -> bool:
        """Whether nothing will come until a person changes something."""
        if error.code() in _LOGIN and not error.fatal():
            return self._login.is_final(error.str(), now_s)
        if error.code() == confluent_kafka.KafkaError._SSL:
            return _UNTRUSTED in error.str()
        return error.code() in _FATAL or bool(error.fatal())

    def _on_message_error(self, topic: str | None, error: Any) -> None:
        now_s = time.monotonic()
        if self._is_final(error, now_s):
            raise self._refused(f"{error.name()}: {error.str()}")
        if error.code() in _NOT_THERE:
            self._begin_s = max(now_s, self._begun_s + _BEGIN_AGAIN_S)
        if error.code() != confluent_kafka.KafkaError._PARTITION_EOF:
            self._log.warning("a topic gives an error", action="topic-error", topic=topic, error=error.str())

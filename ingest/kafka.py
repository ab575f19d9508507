"""Alerts from any Kafka broker."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from schemas import RawAlert
from schemas.errors import ConfigurationError, ServiceRefused

from .base import raw_alert
from .resume import last_offsets

_FATAL = (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
#: The client's own 1 MiB would skip a larger alert without a word.
_FETCH_MAX_BYTES = 16 * 1024 * 1024
_PAUSE_S = 1.0
#: What of a consumer's options makes a connection.
_CONNECTION = ("ssl_context", "security_protocol", "sasl_mechanism", "sasl_plain_username", "sasl_plain_password")


class KafkaSource:
    """Alerts of a broker's topics.

    Parameters
    ----------
    topics : iterable of str
        What to read. A topic that does not exist is logged and looked for again; the others still come.
    bootstrap_servers : iterable of str
        host:port of the brokers.
    group_id : str
        Remembers at the broker what was committed: the same on every machine and at every start.
    name : str
        Name of the source in the inbox.
    security_protocol : str
        PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
    sasl_mechanism, username, password : str
        PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, and who we are, for SASL.
    ca_file : str
        PEM file of who signed the broker's certificate, for SSL. Empty: whom the system trusts.
    options : keyword arguments
        Of aiokafka's consumer (session_timeout_ms …), over all others.

    Raises
    ------
    ConfigurationError
        The certificates cannot be read; while iterating: the broker refuses the login or reading a topic, or its certificate is not
        signed by whom we trust.
    """

    def __init__(
        self,
        topics: Iterable[str],
        *,
        bootstrap_servers: Iterable[str],
        group_id: str = "transients",
        name: str = "kafka",
        security_protocol: str = "PLAINTEXT",
        sasl_mechanism: str = "PLAIN",
        username: str = "",
        password: str = "",
        ca_file: str = "",
        **options: Any,
    ) -> None:
        self._name = name
        self._topics = list(topics)
        self._options: dict[str, Any] = {
            "bootstrap_servers": list(bootstrap_servers),
            "group_id": group_id,
            "auto_offset_reset": "earliest",
            "enable_auto_commit": False,
            "max_partition_fetch_bytes": _FETCH_MAX_BYTES,
            "security_protocol": security_protocol,
        }
        if security_protocol.startswith("SASL"):
            self._options |= {
                "sasl_mechanism": sasl_mechanism,
                "sasl_plain_username": username,
                "sasl_plain_password": password,
            }
        if security_protocol.endswith("SSL"):
            self._options["ssl_context"] = _trust(ca_file, name)
        self._options |= options
        self._consumer: Any = None
        self._closed = False
        self._log = structlog.get_logger("ingest.kafka").bind(source=name)

    @property
    def name(self) -> str:
        """Name of the source in the inbox."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        while not self._closed:
            try:
                if self._consumer is None:
                    self._consumer = await self._connect()
                message = await self._consumer.getone()
            except _FATAL as error:
                raise ConfigurationError(f"{type(error).__name__}: {error}", where=self._name) from error
            except KafkaError as error:
                if self._closed:
                    return
                self._log.warning("the broker is in trouble", action="broker-error", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(_PAUSE_S)
                continue
            yield raw_alert(
                message.value or b"",
                source=self._name,
                topic=message.topic,
                partition=message.partition,
                offset=message.offset,
                broker_ms=message.timestamp,
            )

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Tell the broker that everything up to these alerts is stored. Raises ServiceRefused when it does not take it."""
        if self._consumer is None:
            raise ServiceRefused("not connected", where=f"{self._name}: commit")
        try:
            await self._consumer.commit({TopicPartition(*part): offset + 1 for part, offset in last_offsets(raws).items()})
        except KafkaError as error:
            raise ServiceRefused(f"{type(error).__name__}: {error}", where=f"{self._name}: commit") from error

    async def aclose(self) -> None:
        """Leave the group."""
        self._closed = True
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _connect(self) -> Any:
        consumer = AIOKafkaConsumer(**self._options)
        try:
            await consumer.start()
            missing = sorted(set(self._topics) - await consumer.topics())
        except KafkaConnectionError:
            await consumer.stop()
            await self._say_why()
            raise
        except BaseException:
            await consumer.stop()
            raise
        if missing:
            self._log.warning("topics are not there, or not for us", action="topics-missing", topics=missing)
        # Topics given before the start would all have to be there: one that is missing would stall the others.
        consumer.subscribe(self._topics)
        return consumer

    async def _say_why(self) -> None:
        """Raise what a broker refuses us for: aiokafka only logs it, and says that it cannot connect."""
        taken = {name: self._options[name] for name in _CONNECTION if name in self._options}
        for host, port, _ in collect_hosts(self._options["bootstrap_servers"]):
            try:
                connection = await create_conn(host, port, **taken)
            except ssl.SSLCertVerificationError as error:
                text = f"the certificate of {host}:{port}: {error.verify_message}"
                raise ConfigurationError(text, where=self._name) from error
            except _FATAL:
                raise
            except (KafkaError, OSError, TimeoutError):
                continue
            connection.close()


def _trust(ca_file: str, name: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigurationError(f"no certificates in {ca_file}: {error}", where=name) from error

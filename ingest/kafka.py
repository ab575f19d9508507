"""Alerts from any Kafka broker."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from schemas import RawAlert
from schemas.errors import ConfigurationError, ServiceRefused

from .base import raw_alert

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


class KafkaSource:
    """Alerts of a broker's topics.

    Parameters
    ----------
    topics : iterable of str
        What to read.
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
    options : keyword arguments
        Of aiokafka's consumer (session_timeout_ms …), over all others.

    Raises
    ------
    ConfigurationError
        While iterating: the broker refuses the login or the topics.
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
            self._options["ssl_context"] = ssl.create_default_context()
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

    async def commit(self, raw: RawAlert) -> None:
        """Tell the broker that everything up to this alert is stored. Raises ServiceRefused when it does not take it."""
        if raw.partition is None or raw.offset is None:
            raise ValueError("the alert came from no broker")
        if self._consumer is None:
            raise ServiceRefused("not connected", where=f"{self._name}: commit")
        try:
            await self._consumer.commit({TopicPartition(raw.topic, raw.partition): raw.offset + 1})
        except KafkaError as error:
            raise ServiceRefused(f"{type(error).__name__}: {error}", where=f"{self._name}: commit") from error

    async def aclose(self) -> None:
        """Leave the group."""
        self._closed = True
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _connect(self) -> Any:
        consumer = AIOKafkaConsumer(*self._topics, **self._options)
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

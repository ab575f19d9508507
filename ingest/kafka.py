"""Alerts from any Kafka broker."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import confluent_kafka

from schemas.errors import ConfigurationError

from .gaps import OnGap
from .group import AddressFamily, GroupSource
from .logins import PasswordTrouble
from .resume import Positions
from .watch import SILENCE_S


def kafka_connection(
    bootstrap_servers: Iterable[str],
    *,
    name: str,
    security_protocol: str = "PLAINTEXT",
    sasl_mechanism: str = "PLAIN",
    username: str = "",
    password: str = "",
    ca_file: str = "",
) -> dict[str, Any]:
    """librdkafka's settings of a connection; parameters as of `KafkaSource`.

    Raises
    ------
    ConfigurationError
        The certificates cannot be read.
    """
    settings: dict[str, Any] = {"bootstrap.servers": ",".join(bootstrap_servers), "security.protocol": security_protocol}
    if security_protocol.startswith("SASL"):
        settings |= {"sasl.mechanism": sasl_mechanism, "sasl.username": username, "sasl.password": password}
    if security_protocol.endswith("SSL"):
        # "probe": where this system keeps whom it trusts.
        settings["ssl.ca.location"] = _readable(ca_file, name) if ca_file else "probe"
    return settings


class KafkaSource(GroupSource):
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
    config : mapping
        librdkafka's settings that go over all others.
    pulse_topic, silence_s, address_family, positions, on_gap
        As of `GroupSource`.

    Raises
    ------
    ConfigurationError
        The certificates cannot be read, or the settings make no consumer; while iterating: the broker refuses the login, or its
        certificate is not signed by whom we trust.
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
        pulse_topic: str | None = None,
        silence_s: float = SILENCE_S,
        address_family: AddressFamily = "any",
        positions: Positions | None = None,
        on_gap: OnGap | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        connection = kafka_connection(
            bootstrap_servers,
            name=name,
            security_protocol=security_protocol,
            sasl_mechanism=sasl_mechanism,
            username=username,
            password=password,
            ca_file=ca_file,
        )
        super().__init__(
            topics,
            name=name,
            client=confluent_kafka.Consumer,
            settings={**connection, "group.id": group_id, **(config or {})},
            login=PasswordTrouble(),
            pulse_topic=pulse_topic,
            silence_s=silence_s,
            address_family=address_family,
            positions=positions,
            on_gap=on_gap,
        )


def _readable(ca_file: str, name: str) -> str:
    try:
        ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigurationError(f"no certificates in {ca_file}: {error}", where=name) from error
    return ca_file

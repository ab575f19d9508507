"""Brokers of the settings as librdkafka is told of them, for reading a stretch of a topic beside the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import confluent_kafka
import gcn_kafka

from schemas.errors import ConfigurationError
from transients.config import Secret, Settings

Client = Callable[[dict[str, Any]], Any]


def broker_of(settings: Settings, name: str) -> tuple[dict[str, Any], Client]:
    """How a broker is connected to, and what makes the consumer: "gcn", or the name of one under [[kafka]] or [[hop]].

    Raises
    ------
    ConfigurationError
        The settings know no such broker.
    """
    if name == "gcn":
        gcn = settings.gcn
        return {"domain": gcn.domain, "client_id": gcn.client_id, "client_secret": _text(gcn.client_secret)}, gcn_kafka.Consumer
    for broker in settings.kafka:
        if broker.name == name:
            connection = {
                "bootstrap.servers": ",".join(broker.bootstrap_servers),
                "security.protocol": broker.security_protocol.lower(),
                "sasl.mechanism": broker.sasl_mechanism if broker.username else None,
                "sasl.username": broker.username or None,
                "sasl.password": _text(broker.password) or None,
                "ssl.ca.location": broker.ca_file or None,
            }
            return {key: value for key, value in connection.items() if value is not None}, confluent_kafka.Consumer
    for hop in settings.hop:
        if hop.name == name:
            return {
                "bootstrap.servers": ",".join(hop.bootstrap_servers),
                "security.protocol": "sasl_ssl",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": hop.username,
                "sasl.password": _text(hop.password),
            }, confluent_kafka.Consumer
    known = ", ".join(["gcn", *(broker.name for broker in settings.kafka), *(hop.name for hop in settings.hop)])
    raise ConfigurationError(f"no such broker; there are: {known}", where=name)


def _text(secret: Secret | None) -> str:
    return "" if secret is None else secret.reveal()

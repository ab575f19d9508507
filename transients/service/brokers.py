"""Brokers of the settings as librdkafka is told of them, for reading a stretch of a topic beside the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import confluent_kafka
import gcn_kafka

from ingest.gcn import gcn_connection
from ingest.hop import HOP_LOGIN
from ingest.kafka import kafka_connection
from schemas.errors import ConfigurationError
from transients.config import Settings

from .sources import text_of

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
        return gcn_connection(gcn.client_id, text_of(gcn.client_secret), gcn.domain), gcn_kafka.Consumer
    for broker in settings.kafka:
        if broker.name == name:
            return kafka_connection(
                broker.bootstrap_servers,
                name=name,
                security_protocol=broker.security_protocol,
                sasl_mechanism=broker.sasl_mechanism,
                username=broker.username,
                password=text_of(broker.password),
                ca_file=broker.ca_file,
            ), confluent_kafka.Consumer
    for hop in settings.hop:
        if hop.name == name:
            return kafka_connection(
                hop.bootstrap_servers, name=name, username=hop.username, password=text_of(hop.password), **HOP_LOGIN
            ), confluent_kafka.Consumer
    known = ", ".join(["gcn", *(broker.name for broker in settings.kafka), *(hop.name for hop in settings.hop)])
    raise ConfigurationError(f"no such broker; there are: {known}", where=name)

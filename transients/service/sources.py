"""The alert sources that the settings ask for."""

from __future__ import annotations

import handlers
from ingest import DirectorySource, GcnSource, KafkaSource, Source
from transients.config import KafkaSettings, Secret, Settings


def alert_sources(settings: Settings) -> list[Source]:
    """One of each configured; no topics named means every topic a handler knows."""
    everything = handlers.known_topics()
    found: list[Source] = []
    if settings.gcn.enabled:
        found.append(
            GcnSource(
                settings.gcn.topics or everything,
                client_id=settings.gcn.client_id,
                client_secret=_text(settings.gcn.client_secret),
                domain=settings.gcn.domain,
                group_id=settings.gcn.group_id,
            )
        )
    found += [_kafka(broker, everything) for broker in settings.kafka]
    found += [DirectorySource(each.path, name=each.name, interval_s=each.interval_s) for each in settings.directory]
    return found


def _kafka(broker: KafkaSettings, everything: tuple[str, ...]) -> KafkaSource:
    return KafkaSource(
        broker.topics or everything,
        bootstrap_servers=broker.bootstrap_servers,
        group_id=broker.group_id,
        name=broker.name,
        security_protocol=broker.security_protocol,
        sasl_mechanism=broker.sasl_mechanism,
        username=broker.username,
        password=_text(broker.password),
        ca_file=broker.ca_file,
    )


def _text(secret: Secret | None) -> str:
    return "" if secret is None else secret.reveal()

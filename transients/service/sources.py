"""The alert sources that the settings ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypedDict

import handlers
from ingest import DirectorySource, GcnSource, KafkaSource, Source, VtpSource, hop_source
from schemas import Gap, Position
from schemas.errors import ConfigurationError
from transients.config import DirectorySettings, GcnSettings, HopSettings, KafkaSettings, Secret, Settings, VtpSettings
from transients.store import Store

#: Where GCN sends circulars.
CIRCULARS = "gcn.circulars"
#: Names of GCN's sources.
GCN, GCN_CIRCULARS = "gcn", "gcn-circulars"


class Memory(TypedDict):
    """What the inbox does for a source: it knows how far each partition was read, and keeps gaps."""

    positions: Callable[[], Awaitable[Mapping[tuple[str, int], Position]]]
    on_gap: Callable[[Gap], Awaitable[None]]


def memory_of(store: Store, source: str) -> Memory:
    """The inbox's for one source."""

    async def positions() -> Mapping[tuple[str, int], Position]:
        return await store.positions(source)

    async def on_gap(gap: Gap) -> None:
        await store.put_gap(gap)

    return Memory(positions=positions, on_gap=on_gap)


def alert_sources(settings: Settings, store: Store) -> list[Source]:
    """One of each configured; no topics named means every topic a handler knows.

    Raises
    ------
    ConfigurationError
        Two sources have one name, GCN has no client, or a source cannot be made.
    """
    _require_names(settings)
    everything = handlers.known_topics()
    found: list[Source] = []
    if settings.gcn.enabled:
        found += _gcn(settings.gcn, everything, store)
    found += [_kafka(each, everything, memory_of(store, each.name)) for each in settings.kafka]
    found += [_hop(each, everything, memory_of(store, each.name)) for each in settings.hop]
    found += [_vtp(each, memory_of(store, each.name)) for each in settings.vtp]
    found += [
        DirectorySource(each.path, name=each.name, interval_s=each.interval_s, subfolders=each.subfolders)
        for each in settings.directory
    ]
    return found


def _require_names(settings: Settings) -> None:
    """Positions, gaps and deliveries go by the name."""
    groups: tuple[Sequence[KafkaSettings | HopSettings | VtpSettings | DirectorySettings], ...]
    groups = (settings.kafka, settings.hop, settings.vtp, settings.directory)
    named = [each.name for group in groups for each in group]
    counts = Counter([*named, *([GCN, GCN_CIRCULARS] if settings.gcn.enabled else [])])
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        raise ConfigurationError(f"alert sources with the same name: {', '.join(twice)}")
    if any(not name.strip() or name.startswith("http:") for name in named):
        raise ConfigurationError("an alert source needs a name, and one that does not begin with 'http:'")


def _gcn(gcn: GcnSettings, everything: Iterable[str], store: Store) -> list[GcnSource]:
    """One for notices, with the pulse, and one for circulars: all of them are sent again now and then, and no notice waits behind."""
    if not gcn.client_id:
        raise ConfigurationError("GCN is read with a client of its web site: set gcn.client_id and gcn.client_secret", where=GCN)
    topics = gcn.topics or tuple(topic for topic in everything if gcn.circulars or topic != CIRCULARS)
    notices = tuple(topic for topic in topics if topic != CIRCULARS)
    found: list[GcnSource] = []
    if notices:
        found.append(_gcn_source(gcn, notices, GCN, gcn.group_id, gcn.pulse_topic or None, store))
    if CIRCULARS in topics:
        found.append(_gcn_source(gcn, (CIRCULARS,), GCN_CIRCULARS, f"{gcn.group_id}-circulars", None, store))
    return found


def _gcn_source(gcn: GcnSettings, topics: Iterable[str], name: str, group_id: str, pulse: str | None, store: Store) -> GcnSource:
    return GcnSource(
        topics,
        name=name,
        client_id=gcn.client_id,
        client_secret=text_of(gcn.client_secret),
        domain=gcn.domain,
        group_id=group_id,
        pulse_topic=pulse,
        silence_s=gcn.silence_s,
        address_family=gcn.address_family,
        **memory_of(store, name),
    )


def _kafka(broker: KafkaSettings, everything: Iterable[str], memory: Memory) -> KafkaSource:
    return KafkaSource(
        broker.topics or everything,
        bootstrap_servers=broker.bootstrap_servers,
        group_id=broker.group_id,
        name=broker.name,
        security_protocol=broker.security_protocol,
        sasl_mechanism=broker.sasl_mechanism,
        username=broker.username,
        password=text_of(broker.password),
        ca_file=broker.ca_file,
        pulse_topic=broker.pulse_topic or None,
        silence_s=broker.silence_s,
        address_family=broker.address_family,
        config={
            "session.timeout.ms": round(1000.0 * broker.session_timeout_s),
            "heartbeat.interval.ms": round(1000.0 * broker.session_timeout_s / 3.0),
        },
        **memory,
    )


def _hop(hop: HopSettings, everything: Iterable[str], memory: Memory) -> KafkaSource:
    return hop_source(
        hop.topics or everything,
        bootstrap_servers=hop.bootstrap_servers,
        username=hop.username,
        password=text_of(hop.password),
        group_id=hop.group_id,
        name=hop.name,
        address_family=hop.address_family,
        **memory,
    )


def _vtp(vtp: VtpSettings, memory: Memory) -> VtpSource:
    return VtpSource(vtp.host, vtp.port, name=vtp.name, identity=vtp.identity, silence_s=vtp.silence_s, on_gap=memory["on_gap"])


def text_of(secret: Secret | None) -> str:
    """The text of a secret; without one, none."""
    return "" if secret is None else secret.reveal()

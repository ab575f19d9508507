"""Alerts from GCN's Kafka, through its own client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import gcn_kafka

from .gaps import OnGap
from .group import AddressFamily, GroupSource
from .logins import LoginTrouble
from .resume import Positions
from .watch import SILENCE_S

#: GCN sends one a second, to show that the line lives.
PULSE_TOPIC = "gcn.heartbeat"


def gcn_connection(client_id: str, client_secret: str, domain: str) -> dict[str, Any]:
    """Settings of gcn-kafka's connection; parameters as of `GcnSource`."""
    login = {"client_id": client_id, "client_secret": client_secret} if client_id else {}
    return {"domain": domain, **login}


class GcnSource(GroupSource):
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
    pulse_topic, silence_s, address_family, positions, on_gap
        As of `GroupSource`.

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
        pulse_topic: str | None = PULSE_TOPIC,
        silence_s: float = SILENCE_S,
        address_family: AddressFamily = "any",
        positions: Positions | None = None,
        on_gap: OnGap | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            topics,
            name=name,
            client=gcn_kafka.Consumer,
            settings={**gcn_connection(client_id, client_secret, domain), "group.id": group_id, **(config or {})},
            login=LoginTrouble(),
            pulse_topic=pulse_topic,
            silence_s=silence_s,
            address_family=address_family,
            positions=positions,
            on_gap=on_gap,
        )

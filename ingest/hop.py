"""Alerts from SCiMMA's Hopskotch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .kafka import KafkaSource

#: Hop's one address; its brokers are found from there.
HOP_SERVER = "kafka.scimma.org:9092"
#: How it lets a credential in.
HOP_LOGIN = {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512"}


def hop_source(
    topics: Iterable[str], *, username: str, password: str, group_id: str = "", name: str = "hop", **more: Any
) -> KafkaSource:
    """A KafkaSource with Hop's settings: SCRAM-SHA-512 over TLS.

    What Hop says beside an alert comes with it as headers: `_id`, `_sender`, `_format` and `_test`. Whatever `_format` says, the
    bytes are taken as they are: nothing is unpickled, and the address inside a message of format "external" (too large for the
    broker, its content elsewhere) is not fetched, for it would let a sender choose where we connect to.

    Parameters
    ----------
    topics : iterable of str
        What to read; each needs a permission of this credential.
    username, password : str
        A credential as Hop's web site gives them.
    group_id : str
        Hop's own client begins the names of its groups with the user name and a hyphen, and so must this one. Empty:
        "<username>-transients".
    name : str
        Name of the source in the inbox.
    more : keyword arguments
        Of KafkaSource, over all others.
    """
    settings: dict[str, Any] = {
        "bootstrap_servers": [HOP_SERVER],
        **HOP_LOGIN,
        **more,
    }
    return KafkaSource(
        topics, username=username, password=password, group_id=group_id or f"{username}-transients", name=name, **settings
    )

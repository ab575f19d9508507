"""One Apache Kafka for all tests here, with a door for each kind of login, and the token server that one of them trusts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from plugins.brokers import ApacheKafka, Door, running_kafka
from plugins.token_server import AUDIENCE, ISSUER, TokenServer

_SECURITY = "org.apache.kafka.common.security"
#: Longest a connection lives on one login; with OAUTHBEARER it ends at the latest when its token does.
_SESSION_MS = 60_000


@pytest.fixture(scope="session")
def _token_server() -> Iterator[TokenServer]:
    with TokenServer({"reader": "right"}) as server:
        yield server


@pytest.fixture
def token_server(_token_server: TokenServer) -> Iterator[TokenServer]:
    """The token server; what a test does to it is undone."""
    yield _token_server
    _token_server.reset()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signed the certificate of the broker's TLS listener."""
    return trustme.CA()


@pytest.fixture(scope="session")
def apache_kafka(_token_server: TokenServer, authority: trustme.CA) -> Iterator[ApacheKafka]:
    """A running Apache Kafka: doors PLAINTEXT (no login), TOKEN (as GCN's), WORD (PLAIN and SCRAM), TLS (SCRAM)."""

    def with_doors(jars: Path, folder: Path) -> ApacheKafka:
        return ApacheKafka(
            jars,
            folder,
            doors={
                "TOKEN": Door("SASL_PLAINTEXT", _token_door(_token_server)),
                "WORD": Door("SASL_PLAINTEXT", _word_door()),
                "TLS": Door("SASL_SSL", _word_door() | _certificate(authority, folder)),
            },
            scram={"reader": "right"},
            # Apache Kafka asks no address that is not named here.
            java=(f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={_token_server.keys_url}",),
        )

    with running_kafka(with_doors) as broker:
        yield broker


def _token_door(server: TokenServer) -> dict[str, str]:
    return {
        "sasl.enabled.mechanisms": "OAUTHBEARER",
        "oauthbearer.sasl.jaas.config": f"{_SECURITY}.oauthbearer.OAuthBearerLoginModule required;",
        "oauthbearer.sasl.server.callback.handler.class": f"{_SECURITY}.oauthbearer.OAuthBearerValidatorCallbackHandler",
        "oauthbearer.connections.max.reauth.ms": str(_SESSION_MS),
        "sasl.oauthbearer.jwks.endpoint.url": server.keys_url,
        "sasl.oauthbearer.expected.audience": AUDIENCE,
        "sasl.oauthbearer.expected.issuer": ISSUER,
        # Seconds; the broker's own 30 would let an expired token through in a short test.
        "sasl.oauthbearer.clock.skew.seconds": "0",
    }


def _word_door() -> dict[str, str]:
    return {
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "plain.sasl.jaas.config": f'{_SECURITY}.plain.PlainLoginModule required user_reader="right";',
        "scram-sha-512.sasl.jaas.config": f"{_SECURITY}.scram.ScramLoginModule required;",
    }


def _certificate(authority: trustme.CA, folder: Path) -> dict[str, str]:
    issued = authority.issue_cert("127.0.0.1")
    # Java reads keys in PKCS #8 only.
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    chain = b"".join(part.bytes() for part in issued.cert_chain_pems)
    store = folder / "broker.pem"
    store.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain)
    return {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(store)}

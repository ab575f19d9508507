"""A Kafka broker for tests: the in-process one, and a real Apache Kafka where Java is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from transients.embedded import EmbeddedKafka

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def mock_kafka() -> Iterator[EmbeddedKafka]:
    """One in-process broker for the session: use topics of your own (`topic`)."""
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture
def topic() -> str:
    """A name that no other test uses."""
    return f"topic.{next(_numbers)}"

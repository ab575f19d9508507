"""A message of librdkafka as an alert."""

from __future__ import annotations

from typing import Any

import confluent_kafka

from schemas import RawAlert

from .base import raw_alert


def alert_of(message: Any, source: str) -> RawAlert:
    """The alert that a message without an error holds. `source`: its name in the inbox."""
    kind, milliseconds = message.timestamp()
    return raw_alert(
        # None: a tombstone, which says that what had its key is over. It is kept, as a document without bytes.
        message.value() or b"",
        source=source,
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        broker_ms=None if kind == confluent_kafka.TIMESTAMP_NOT_AVAILABLE else milliseconds,
        headers=_headers(message),
    )


def _headers(message: Any) -> list[tuple[str, bytes | str | None]] | None:
    try:
        found: list[tuple[str, bytes | str | None]] | None = message.headers()
    except UnicodeDecodeError as error:
        # The client gives all or none. The bytes are there all the same.
        return [("_headers", f"a name in them is no text: {error}")]
    return found

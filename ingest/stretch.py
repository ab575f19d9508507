"""A stretch of a broker's topic, from one offset or time to another, read beside the consumer group: nothing is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import confluent_kafka

from schemas import Instant, RawAlert
from schemas.errors import BadRequest, ServiceUnreachable

from .messages import alert_of

#: A place in a topic: an offset, a time (the broker's own of each message), or its end.
Place = int | Instant | None
_POLL_S = 0.5
#: The broker may take this long to answer anything.
_PATIENCE_S = 30.0


async def topic_stretch(
    settings: Mapping[str, Any],
    topic: str,
    start: Place,
    stop: Place,
    *,
    source: str = "kafka",
    client: Callable[[dict[str, Any]], Any] = confluent_kafka.Consumer,
) -> AsyncIterator[RawAlert]:
    """The messages of a topic from `start` (None: the first kept) up to and without `stop` (None: what is the end now).

    Parameters
    ----------
    settings : mapping
        librdkafka's of the connection ("bootstrap.servers", "security.protocol" …).
    topic : str
        Of one partition or more; they are read one after another.
    start, stop : int, Instant or None
        Offsets, or times that the broker gave the messages.
    source : str
        Name of the source in the inbox.
    client : callable
        Makes the consumer of the settings: GCN's own knows how to log in there.

    Raises
    ------
    BadRequest
        No such topic.
    ServiceUnreachable
        The broker does not answer, or stops answering.
    """
    consumer = await asyncio.to_thread(
        client,
        {"group.id": "transients-replay", **settings, "enable.auto.commit": False, "enable.auto.offset.store": False,
         "auto.offset.reset": "error"},
    )  # fmt: skip
    try:
        for partition in await asyncio.to_thread(_partitions, consumer, topic):
            first, end = await asyncio.to_thread(_range, consumer, topic, partition, start, stop)
            messages = _messages(consumer, topic, partition, first, end)
            while (message := await asyncio.to_thread(next, messages, None)) is not None:
                yield alert_of(message, source)
    finally:
        await asyncio.to_thread(consumer.close)


def _partitions(consumer: Any, topic: str) -> list[int]:
    try:
        found = consumer.list_topics(topic, timeout=_PATIENCE_S).topics[topic]
    except confluent_kafka.KafkaException as error:
        raise ServiceUnreachable(str(error), where=topic) from error
    if found.error is not None or not found.partitions:
        raise BadRequest(f"no such topic: {found.error}", where=topic)
    return sorted(found.partitions)


def _range(consumer: Any, topic: str, partition: int, start: Place, stop: Place) -> tuple[int, int]:
    """First offset, and the one after the last, within what the broker keeps now."""
    try:
        low, high = consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, partition), timeout=_PATIENCE_S)
        first = low if start is None else max(low, _offset(consumer, topic, partition, start, high))
        end = high if stop is None else min(high, _offset(consumer, topic, partition, stop, high))
    except confluent_kafka.KafkaException as error:
        raise ServiceUnreachable(str(error), where=f"{topic}[{partition}]") from error
    return first, end


def _offset(consumer: Any, topic: str, partition: int, place: int | Instant, high: int) -> int:
    if isinstance(place, int):
        return place
    asked = confluent_kafka.TopicPartition(topic, partition, int(place.to_datetime().timestamp() * 1000))
    (found,) = consumer.offsets_for_times([asked], timeout=_PATIENCE_S)
    # A time after the last message has no offset.
    offset: int = found.offset
    return offset if offset >= 0 else high


def _messages(consumer: Any, topic: str, partition: int, first: int, end: int) -> Iterator[Any]:
    if first >= end:
        return
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, first)])
    silent_s = 0.0
    while True:
        message = consumer.poll(_POLL_S)
        if message is None:
            silent_s += _POLL_S
            # The last offsets may hold no message: markers of transactions, or what compaction took away.
            (position,) = consumer.position([confluent_kafka.TopicPartition(topic, partition)])
            if position.offset >= end:
                return
            if silent_s >= _PATIENCE_S:
                raise ServiceUnreachable(f"nothing came for {_PATIENCE_S:.0f} s", where=f"{topic}[{partition}]")
            continue
        if message.error() is not None:
            raise ServiceUnreachable(str(message.error()), where=f"{topic}[{partition}]")
        if message.offset() >= end:
            return
        silent_s = 0.0
        yield message
        if message.offset() + 1 >= end:
            return

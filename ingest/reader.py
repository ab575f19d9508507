"""One consumer of librdkafka's, polled in a thread: where each partition begins, and what is committed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import confluent_kafka
import structlog

from schemas import Gap, Position

from .batches import MOST_ALERTS, MOST_BYTES
from .resume import Known, Part, Positions, Start, gap_of, start_of

#: `poll` in a thread gives a message when it comes; this bounds how long closing waits for it.
POLL_S = 0.2
#: The broker answers such questions in one round trip each; they are asked when partitions are given to us.
_ASK_S = 20.0
#: What ListOffsets takes for the first offset and for the one after the last, in place of a time.
_FIRST, _END = -2, -1


class GroupReader:
    """A member of a consumer group, which starts each partition where the inbox and the broker say.

    Parameters
    ----------
    make : callable
        Makes the consumer; called again for every new connection.
    topics : iterable of str
        What to read.
    name : str
        Name of the source.
    latest : str or None
        A topic of which only the last message and what comes after it are of interest (the pulse).
    positions : callable, optional
        What is in the inbox.
    missing : callable
        Told, in the reader's thread, of each gap that is found.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        topics: Iterable[str],
        *,
        name: str,
        latest: str | None,
        positions: Positions | None,
        missing: Callable[[Gap], None],
    ) -> None:
        self._make, self._topics, self._name, self._latest = make, list(topics), name, latest
        self._positions, self._missing = positions, missing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._consumer = make()
        self._answered = False
        # A blocked poll blocks neither the loop nor a commit; only closing must wait for both.
        self._polling = ThreadPoolExecutor(1, thread_name_prefix=f"source-{name}")
        self._committing = ThreadPoolExecutor(1, thread_name_prefix=f"commit-{name}")
        self._in_use = threading.Lock()
        self._log = structlog.get_logger("ingest.reader").bind(source=name)

    async def open(self) -> None:
        """Join the group."""
        self._loop = asyncio.get_running_loop()
        await self._call(self._subscribe)

    async def poll(self) -> list[Any]:
        """What has come: messages and errors; none after a while in which nothing came."""
        messages: list[Any] = await self._call(self._poll)
        return messages

    async def commit(self, offsets: Mapping[Part, int]) -> None:
        """Tell the broker the next offset of partitions. Raises KafkaException."""
        parts = [confluent_kafka.TopicPartition(*part, offset) for part, offset in offsets.items()]
        await asyncio.get_running_loop().run_in_executor(self._committing, self._commit, parts)

    def answered(self) -> bool:
        """Whether the broker has given us partitions since this was last asked."""
        answered, self._answered = self._answered, False
        return answered

    async def begin_again(self) -> None:
        """Find the start of every partition that is ours once more: one of them has not what we wanted."""
        await self._call(lambda: self._begin(self._consumer, self._consumer.assignment()))

    async def renew(self) -> None:
        """A new connection."""
        await self._call(self._renew)

    async def close(self) -> None:
        """Leave the group."""
        try:
            await self._call(self._close)
        finally:
            self._polling.shutdown(wait=False)
            self._committing.shutdown(wait=False)

    async def _call(self, function: Callable[..., Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._polling, function)

    def _subscribe(self) -> None:
        self._consumer.subscribe(self._topics, on_assign=self._begin)

    def _poll(self) -> list[Any]:
        found: list[Any] = []
        size, message = 0, self._consumer.poll(POLL_S)
        while message is not None:
            found.append(message)
            size += len(message.value() or b"")
            if size >= MOST_BYTES or len(found) >= MOST_ALERTS:
                break
            message = self._consumer.poll(0)
        return found

    def _commit(self, parts: list[Any]) -> None:
        with self._in_use:
            done = self._consumer.commit(offsets=parts, asynchronous=False)
        for part in done or ():
            if part.error is not None:
                raise confluent_kafka.KafkaException(part.error)

    def _renew(self) -> None:
        self._close()
        self._consumer = self._make()
        self._subscribe()

    def _close(self) -> None:
        with self._in_use:
            self._consumer.close()

    def _begin(self, consumer: Any, parts: Sequence[Any]) -> None:
        """Partitions are ours now: called from within `poll`."""
        try:
            starts = self._starts(consumer, parts)
            self._answered = True
        except confluent_kafka.KafkaException as error:
            # From what is committed, then; where the broker has that no more, it says so, and we come here again.
            self._log.warning("starts are not known", action="starts-unknown", error=str(error))
            starts = {}
        plain = confluent_kafka.OFFSET_STORED
        consumer.assign(
            [confluent_kafka.TopicPartition(p.topic, p.partition, starts.get((p.topic, p.partition), plain)) for p in parts]
        )

    def _starts(self, consumer: Any, parts: Sequence[Any]) -> dict[Part, int]:
        keys = [(part.topic, part.partition) for part in parts]
        if not keys:
            return {}
        committed = _offsets(consumer.committed([confluent_kafka.TopicPartition(*key) for key in keys], timeout=_ASK_S))
        low, high = (_asked(consumer, dict.fromkeys(keys, special)) for special in (_FIRST, _END))
        stored = self._stored()
        starts: dict[Part, int] = {}
        for key in keys:
            if key not in low or key not in high:
                continue
            if key[0] == self._latest:
                starts[key] = max(low[key], high[key] - 1)
                continue
            known = Known(committed.get(key), stored.get(key), low[key], high[key])
            start = start_of(known)
            gap = gap_of(self._name, key, known, start)
            if gap is not None:
                self._missing(gap)
            starts[key] = _resolved(consumer, key, start)
        return starts

    def _stored(self) -> Mapping[Part, Position]:
        if self._positions is None or self._loop is None:
            return {}
        asked = asyncio.run_coroutine_threadsafe(_given(self._positions), self._loop)
        try:
            return asked.result(_ASK_S)
        except Exception as error:
            asked.cancel()
            self._log.warning(
                "the inbox does not say how far it is", action="positions-unknown", error=f"{type(error).__name__}: {error}"
            )
            return {}


async def _given(positions: Positions) -> Mapping[Part, Position]:
    return await positions()


def _resolved(consumer: Any, part: Part, start: Start) -> int:
    if start.time_ms is None:
        return start.offset
    # None is that new (-1), or none was told: what is there is older, or comes at the first.
    found = _asked(consumer, {part: start.time_ms}).get(part, -1)
    return found if found >= 0 else start.offset


def _asked(consumer: Any, times: Mapping[Part, int]) -> dict[Part, int]:
    """The first offset of each partition that is not older than a time, milliseconds since 1970."""
    parts = [confluent_kafka.TopicPartition(*part, time_ms) for part, time_ms in times.items()]
    return _offsets(consumer.offsets_for_times(parts, timeout=_ASK_S))


def _offsets(parts: Iterable[Any]) -> dict[Part, int]:
    """Those that the broker said."""
    return {(p.topic, p.partition): p.offset for p in parts if p.error is None and p.offset >= 0}

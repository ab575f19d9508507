"""One consumer of librdkafka's, polled in a thread: where each partition begins, and what is committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import confluent_kafka
import structlog

from schemas import Gap, Position

from .batches import MOST_ALERTS, MOST_BYTES
from .commits import Commits, partitions
from .resume import Known, Part, Positions, Start, gap_of, newest_of, start_of

#: `poll` in a thread gives a message when it comes; this bounds how long closing waits for it.
POLL_S = 0.2
#: Leaving waits so long for the answer to the last commit, and looks so often.
_LEAVE_S, _ANSWER_S = 2.0, 0.02
#: The broker answers such questions in one round trip each; they are asked when partitions are given to us.
_ASK_S = 20.0
#: What ListOffsets takes for the first offset and for the one after the last, in place of a time.
_FIRST, _END = -2, -1

#: Called with an error (or None) and partitions.
OnCommit = Callable[[Any, Sequence[Any]], None]


class GroupReader:
    """A member of a consumer group, which starts each partition where the inbox and the broker say.

    Parameters
    ----------
    make : callable
        Makes the consumer, with a callback for commits; called again for every new connection.
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
        make: Callable[[OnCommit], Any],
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
        self._commits = Commits(name)
        self._consumer = make(self._commits.answered)
        self._answered = False
        # The consumer is not told from two threads at once (a commit would wait for a poll), and a blocked poll does not block
        # the loop.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"source-{name}")
        #: Next offsets of what was given in this run.
        self._given: dict[Part, int] = {}
        #: Where what is ours was begun, last.
        self._begun: dict[Part, int] = {}
        self._newest_elsewhere = False
        self._log = structlog.get_logger("ingest.reader").bind(source=name)

    async def open(self) -> None:
        """Join the group."""
        self._loop = asyncio.get_running_loop()
        await self._call(self._subscribe)

    async def poll(self) -> list[Any]:
        """What has come: messages and errors; none after a while in which nothing came."""
        messages: list[Any] = await self._call(self._poll)
        return messages

    def commit(self, offsets: Mapping[Part, int]) -> None:
        """Note the next offset of partitions. The broker is told at the next poll, and again until it takes it."""
        self._commits.note(offsets)

    def answered(self) -> bool:
        """Whether the broker has given us partitions since this was last asked."""
        answered, self._answered = self._answered, False
        return answered

    def newest_elsewhere(self) -> bool:
        """Whether the topic `latest` is there and another member of the group reads it."""
        return self._newest_elsewhere

    async def begin_again(self) -> None:
        """Find the start of every partition that is ours once more: one of them has not what we wanted."""
        await self._call(lambda: self._begin(self._consumer, self._consumer.assignment()))

    async def renew(self) -> None:
        """A new connection."""
        await self._call(self._renew)

    async def close(self) -> None:
        """Leave the group, when the broker has been told what was noted."""
        try:
            await self._call(self._close)
        finally:
            self._thread.shutdown(wait=False)

    async def _call(self, function: Callable[..., Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def _subscribe(self) -> None:
        self._consumer.subscribe(self._topics, on_assign=self._begin, on_revoke=self._end, on_lost=self._lost)

    def _poll(self) -> list[Any]:
        self._commits.tell(self._consumer)
        found: list[Any] = []
        size, message = 0, self._consumer.poll(POLL_S)
        while message is not None:
            found.append(message)
            size += len(message.value() or b"")
            if message.error() is None:
                self._given[message.topic(), message.partition()] = message.offset() + 1
            if size >= MOST_BYTES or len(found) >= MOST_ALERTS:
                break
            message = self._consumer.poll(0)
        return found

    def _renew(self) -> None:
        self._close()
        self._consumer = self._make(self._commits.answered)
        self._subscribe()

    def _close(self) -> None:
        deadline_s = time.monotonic() + _LEAVE_S
        while self._commits.open and time.monotonic() < deadline_s:
            self._commits.tell(self._consumer)
            # What comes here was not given to anyone, and comes again.
            self._consumer.poll(_ANSWER_S)
        self._consumer.close()

    def _end(self, consumer: Any, parts: Sequence[Any]) -> None:
        """Partitions go to another member: called from within `poll`."""
        self._newest_elsewhere = False
        self._commits.hand_over(consumer, _keys(parts))

    def _lost(self, consumer: Any, parts: Sequence[Any]) -> None:
        """Partitions went to another member before we knew: it may give again what we have stored."""
        self._newest_elsewhere = False
        self._log.warning("the group went on without us", action="partitions-lost", partitions=len(parts))

    def _begin(self, consumer: Any, parts: Sequence[Any]) -> None:
        """Partitions are ours now: called from within `poll`."""
        self._commits.keep(_keys(parts))
        try:
            starts = self._starts(consumer, parts)
            self._newest_elsewhere = self._has_newest_elsewhere(consumer, parts)
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
        keys = _keys(parts)
        if not keys:
            return {}
        committed = _offsets(consumer.committed([confluent_kafka.TopicPartition(*key) for key in keys], timeout=_ASK_S))
        low, high = (_asked(consumer, dict.fromkeys(keys, special)) for special in (_FIRST, _END))
        stored = self._stored()
        starts: dict[Part, int] = {}
        for key in keys:
            if key not in low or key not in high:
                continue
            known = Known(
                committed.get(key),
                stored.get(key),
                low[key],
                high[key],
                given=self._given.get(key),
                begun=self._begun.get(key),
            )
            if key[0] == self._latest:
                starts[key] = newest_of(known)
                continue
            start = start_of(known)
            gap = gap_of(self._name, key, known, start)
            if gap is not None:
                self._missing(gap)
                self._given.pop(key, None)
            starts[key] = _resolved(consumer, key, start)
        self._begun |= starts
        return starts

    def _has_newest_elsewhere(self, consumer: Any, parts: Sequence[Any]) -> bool:
        if self._latest is None or self._latest in {part.topic for part in parts}:
            return False
        found = consumer.list_topics(self._latest, timeout=_ASK_S).topics.get(self._latest)
        return found is not None and found.error is None and bool(found.partitions)

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


def _keys(parts: Iterable[Any]) -> list[Part]:
    return [(part.topic, part.partition) for part in parts]


def _resolved(consumer: Any, part: Part, start: Start) -> int:
    return start.at(None if start.time_ms is None else _asked(consumer, {part: start.time_ms}).get(part))


def _asked(consumer: Any, times: Mapping[Part, int]) -> dict[Part, int]:
    """The first offset of each partition that is not older than a time, milliseconds since 1970."""
    return _offsets(consumer.offsets_for_times(partitions(times), timeout=_ASK_S))


def _offsets(parts: Iterable[Any]) -> dict[Part, int]:
    """Those that the broker said."""
    return {(p.topic, p.partition): p.offset for p in parts if p.error is None and p.offset >= 0}

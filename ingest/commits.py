"""Telling a broker what is stored, until it takes it, without anyone waiting for that."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import confluent_kafka
import structlog

from .resume import Part

#: A commit that was not taken is tried again after this, at first, and at last.
_FIRST_PAUSE_S, _MAX_PAUSE_S = 0.2, 30.0


class Commits:
    """The offsets that a member of a group has to commit. All but `note` is called by the thread that polls."""

    def __init__(self, source: str) -> None:
        #: Next offsets: of what is to be committed, and of what the broker is being told.
        self._noted: dict[Part, int] = {}
        self._told: dict[Part, int] = {}
        self._lock = threading.Lock()
        self._due_s, self._pause_s = float("-inf"), _FIRST_PAUSE_S
        self._log = structlog.get_logger("ingest.commits").bind(source=source)

    @property
    def open(self) -> bool:
        """Whether there is something that the broker has not taken."""
        return bool(self._noted or self._told)

    def note(self, offsets: Mapping[Part, int]) -> None:
        """Take up the next offset of partitions; from any thread."""
        with self._lock:
            self._noted |= offsets

    def keep(self, parts: Collection[Part]) -> None:
        """These are our partitions now: of others nothing is committed any more, which might take their new owner back."""
        with self._lock:
            self._noted = {part: offset for part, offset in self._noted.items() if part in parts}
            self._told = {}

    def tell(self, consumer: Any) -> None:
        """Tell the broker, unless it is being told; its answer comes in a later poll."""
        with self._lock:
            if not self._noted or self._told or time.monotonic() < self._due_s:
                return
            self._told, self._noted = self._noted, {}
        try:
            consumer.commit(offsets=partitions(self._told), asynchronous=True)
        except confluent_kafka.KafkaException as error:
            self._again(error)

    def answered(self, error: Any, parts: Sequence[Any]) -> None:
        """The broker's answer: called by librdkafka, from within poll."""
        error = error or next((part.error for part in parts if part.error is not None), None)
        if error is not None:
            self._again(error)
        else:
            self._told, self._pause_s = {}, _FIRST_PAUSE_S

    def hand_over(self, consumer: Any, parts: Collection[Part]) -> None:
        """Partitions go to another member, who begins at what is committed: commit now, and wait for it."""
        with self._lock:
            noted = self._told | self._noted
            going = {part: offset for part, offset in noted.items() if part in parts}
            self._noted = {part: offset for part, offset in self._noted.items() if part not in parts}
        if not going:
            return
        try:
            consumer.commit(offsets=partitions(going), asynchronous=False)
        except confluent_kafka.KafkaException as error:
            self._log.warning("a commit was lost", action="commit-lost", error=str(error))

    def _again(self, error: Any) -> None:
        self._log.warning("a commit is tried again", action="commit-retry", error=str(error), again_in_s=self._pause_s)
        with self._lock:
            self._noted, self._told = self._told | self._noted, {}
        self._due_s = time.monotonic() + self._pause_s
        self._pause_s = min(2.0 * self._pause_s, _MAX_PAUSE_S)


def partitions(offsets: Mapping[Part, int]) -> list[Any]:
    """Offsets, or times, as librdkafka's client takes them."""
    return [confluent_kafka.TopicPartition(*part, offset) for part, offset in offsets.items()]

"""A helper process of test_crashes.py: takes alerts from a broker into a database, and dies where it is told to.

Arguments: kind of source, brokers, topic, database, the point ("before-put", "before-commit", "never"), the number of the
alert at which to die.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from ingest import GcnSource, KafkaSource, Source, one_by_one, run
from schemas import RawAlert
from transients.store import Store


def make_source(kind: str, servers: str, topic: str) -> Source:
    """A source whose group forgets a dead member soon."""
    times = {"session.timeout.ms": 1500, "heartbeat.interval.ms": 300, "fetch.wait.max.ms": 10}
    if kind == "gcn":
        config = {"bootstrap.servers": servers, "security.protocol": "plaintext", **times}
        return GcnSource([topic], group_id=topic, config=config)
    return KafkaSource([topic], bootstrap_servers=[servers], group_id=topic, config=times)


class DyingSource:
    """The source itself, but the process is killed at a commit."""

    def __init__(self, source: Source, die_at: int) -> None:
        self._source, self._die_at, self._commits = source, die_at, 0
        self.name = source.name
        self.aclose = source.aclose

    def __aiter__(self):  # type: ignore[no-untyped-def]
        return aiter(self._source)

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        """Die instead of committing, when it is time."""
        self._commits += 1
        if self._commits == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._source.commit(raws)


async def main(kind: str, servers: str, topic: str, url: str, point: str, number: str) -> None:
    """Take alerts until killed, or until standard input ends."""
    store = await Store.open(url, pool_size=2)
    source: Source = make_source(kind, servers, topic)
    puts = 0

    async def put(raw: RawAlert) -> None:
        nonlocal puts
        puts += 1
        if point == "before-put" and puts == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        await store.put_raw(raw)

    if point == "before-commit":
        source = DyingSource(source, int(number))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    await run(source, one_by_one(put), stop)
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Processes of the service over a broker and a database of their own, as an operator runs them, for measuring from outside."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from pathlib import Path

import confluent_kafka

from schemas.errors import TransientsError
from transients.config import ENVIRONMENT_PREFIX
from transients.embedded import EmbeddedKafka, free_port
from transients.store import Store

from .arrivals import Arrivals, Result
from .store import own_database
from .usage import Usage

#: Partitions of the topic; each process that listens takes some.
_PARTITIONS = 4
_PATIENCE_S = 120.0
_LOOK_S = 0.05
_numbers = itertools.count(1)


class Process:
    """One process of the service."""

    def __init__(self, name: str, roles: Sequence[str], settings: str, folder: Path) -> None:
        self.name = name
        self.port = free_port()
        self._log = folder / f"{name}.log"
        file = folder / f"{name}.toml"
        file.write_text(f"{settings}[metrics]\nport = {self.port}\n[web]\nport = {free_port()}\n")
        command = [sys.executable, "-m", "transients.bench.serving", str(file), *roles]
        clean = {key: value for key, value in os.environ.items() if not key.startswith(ENVIRONMENT_PREFIX)}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"OPENBLAS_NUM_THREADS": "1", **clean}
            )

    @property
    def usage(self) -> Usage:
        """What it uses."""
        return Usage(self._process.pid, self.port)

    @property
    def last_words(self) -> str:
        """The end of its log."""
        return self._log.read_text()[-500:]

    def require_alive(self) -> None:
        """Raise TransientsError, with its last words, when it has ended."""
        if self._process.poll() is not None:
            raise TransientsError(f"a process of the measurement ended: {self.last_words}", where=self.name)

    def started(self) -> bool:
        """Whether everything in it runs. Raises when it ended instead."""
        self.require_alive()
        return '"started"' in self._log.read_text()

    def end(self) -> None:
        """Stop it in good order, or else at once."""
        self._process.terminate()
        try:
            self._process.wait(30.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10.0)


class Fleet:
    """Some processes at work, the line alerts are put on, and what is heard of their results."""

    def __init__(self, broker: EmbeddedKafka, topic: str, store: Store, processes: Sequence[Process], heard: Arrivals) -> None:
        self.store, self.processes, self.heard = store, processes, heard
        self._topic = topic
        self._turn = itertools.count()
        self._producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "linger.ms": 0, "log_level": 0})

    def put(self, document: bytes) -> float:
        """Write a document to the broker. Gives the moment (`time.perf_counter`)."""
        self._producer.produce(self._topic, document, partition=next(self._turn) % _PARTITIONS)
        self._producer.poll(0)
        return time.perf_counter()

    def failure(self, what: str) -> TransientsError:
        """What to raise where something did not come."""
        return TransientsError(f"{what}; {'; '.join(f'{each.name}: {each.last_words}' for each in self.processes)}")

    async def came(self, what: Result, keys: Collection[str], patience_s: float) -> bool:
        """Wait for a result of each of the events; whether they came. Raises TransientsError when a process ended meanwhile."""
        deadline = time.perf_counter() + patience_s
        while not await self.heard.until(what, keys, min(1.0, patience_s)):
            for process in self.processes:
                process.require_alive()
            if time.perf_counter() > deadline:
                return False
        return True

    async def require_drawn(self, keys: Collection[str], patience_s: float) -> None:
        """Wait until each of the events has its draft and figures. Raises TransientsError when they do not come."""
        if not await self.came("files", keys, patience_s):
            missing = len(self.heard.missing("files", keys))
            raise self.failure(f"{missing} of {len(keys)} alerts got no draft and figures")

    async def idle(self, patience_s: float = _PATIENCE_S) -> None:
        """Wait until no job runs or is due. Raises TransientsError when that does not come."""

        async def idle() -> bool:
            return not await self.store.jobs_to_come()

        await self._until(idle, "the work does not end", patience_s)

    async def delivered(self, count: int, patience_s: float = _PATIENCE_S) -> None:
        """Wait until so many deliveries are in the inbox, and everything in it is understood. Raises TransientsError likewise."""

        async def delivered() -> bool:
            states = await self.store.source_states()
            return sum(state.deliveries for state in states) >= count and not await self.store.backlog()

        await self._until(delivered, f"{count} deliveries did not come", patience_s)

    async def _until(self, done: Callable[[], Awaitable[bool]], otherwise: str, patience_s: float) -> None:
        deadline = time.perf_counter() + patience_s
        while not await done():
            if time.perf_counter() > deadline:
                raise self.failure(f"{otherwise} within {patience_s:g} s")
            await asyncio.sleep(_LOOK_S)


@contextlib.asynccontextmanager
async def fleet(broker: EmbeddedKafka, server: str, roles: Sequence[Sequence[str]]) -> AsyncIterator[Fleet]:
    """A process for each set of roles, over a database that is dropped afterwards.

    Raises
    ------
    TransientsError
        One of them did not come up.
    """
    number = next(_numbers)
    topic = f"bench{number}.voevent"
    broker.create_topic(topic, _PARTITIONS)
    async with own_database(server) as url:
        with tempfile.TemporaryDirectory(prefix="transients-bench-") as folder:
            store = await Store.open(url, pool_size=2)
            processes: list[Process] = []
            try:
                await store.migrate()
                settings = _settings(url, broker.bootstrap_servers, topic, Path(folder))
                processes += [
                    Process(f"{'-'.join(each)}-{n}", each, settings, Path(folder)) for n, each in enumerate(roles, start=1)
                ]
                async with Arrivals.of(store) as heard:
                    await _all_started(processes)
                    yield Fleet(broker, topic, store, processes, heard)
            finally:
                await asyncio.gather(*(asyncio.to_thread(process.end) for process in processes))
                await store.aclose()


def _settings(url: str, servers: str, topic: str, folder: Path) -> str:
    """Everything as it comes, but for the parts; at the end, so that sections can follow."""
    return (
        f'data_dir = "{folder}"\nlog_format = "json"\n[database]\nurl = "{url}"\n[canary]\ninterval_s = 0.0\n'
        f'[[kafka]]\nname = "bench"\nbootstrap_servers = ["{servers}"]\ntopics = ["{topic}"]\ngroup_id = "{topic}"\n'
    )


async def _all_started(processes: Sequence[Process]) -> None:
    deadline = time.perf_counter() + _PATIENCE_S
    for process in processes:
        while not process.started():
            if time.perf_counter() > deadline:
                raise TransientsError(f"a process of the measurement does not start: {process.last_words}", where=process.name)
            await asyncio.sleep(_LOOK_S)

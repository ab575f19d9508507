"""The whole service as processes over real parts, and what must hold when everything has been killed and has come back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from intake_faults import started_again
from plugins.brokers import ApacheKafka
from service_samples import ROTA, at_rest, free_port, script

from schemas import sha256_hex
from schemas.errors import ServiceUnreachable
from transients.demo import Message
from transients.embedded import EmbeddedPostgres
from transients.store import Store

#: Two of what listens, three of what works, one that shows: any two of anything must do no harm.
ROLES = ("ingest", "ingest", "worker", "worker", "worker", "web")


def documents() -> tuple[Message, ...]:
    """The shipped scenario: a day's alerts of eight kinds, with updates and retractions; each once."""
    return tuple(dict.fromkeys(script()))


class Process:
    """A process of the service as an operator starts it."""

    def __init__(self, role: str, name: str, settings: str, folder: Path) -> None:
        self.role, self.name = role, name
        self._settings = folder / f"{name}.toml"
        self._settings.write_text(settings)
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._told = 0
        self.kills = 0

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "transients.cli", "--config", str(self._settings), "serve", "--role", self.role]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANSIENTS_")}
        with self.log.open("ab") as log:
            self._told = log.tell()
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def is_up(self) -> bool:
        """Whether it runs and would take a signal in good order: before that, SIGTERM ends it as it ends any program."""
        assert self._process is not None
        return self._process.poll() is None and b'"action": "started"' in self.log.read_bytes()[self._told :]

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait, 30)
            self.kills += 1

    async def again(self) -> None:
        """Start it anew if it does not run."""
        if self._process is None or self._process.poll() is not None:
            self.start()

    def crashed(self) -> str | None:
        """The last it said, where it ended otherwise than killed."""
        if self._process is None or self._process.poll() in (None, -signal.SIGKILL):
            return None
        last = self.log.read_text().rstrip().rpartition("\n")[2]
        return f"{self.name} ended with {self._process.poll()}: {last}"

    def tell_to_leave(self) -> None:
        """Let it end in good order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def left(self) -> int:
        """Wait until it has. Gives its exit code."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, 60)


class Fleet:
    """The processes, the broker and the database of one round."""

    def __init__(
        self, broker: ApacheKafka, database: EmbeddedPostgres, url: str, folder: Path, gateway: str, topics: Mapping[str, str]
    ) -> None:
        self.broker, self.database, self.url = broker, database, url
        (folder / "rota.ics").write_text(ROTA.replace("\n", "\r\n"))
        settings = (
            f'data_dir = "{folder}"\nlog_format = "json"\nhold = false\n[database]\nurl = "{url}"\npool_size = 4\n'
            f'[sources]\ngateway_url = "{gateway}"\ntimeout_s = 10.0\n[canary]\ninterval_s = 0.0\n'
            f'[notify]\nrota = "{folder / "rota.ics"}"\nleast_grade = "low"\nalways = ["mail:always@example.org"]\n'
            f'contacts = {{Somebody = ["mail:somebody@example.org"]}}\n'
            f'[[kafka]]\nname = "fire"\nbootstrap_servers = ["{broker.bootstrap_servers}"]\n'
            f'topics = {sorted(topics.values())}\ngroup_id = "fire-{sha256_hex(url.encode())[:8]}"\nsession_timeout_s = 1.5\n'
        )
        counts: dict[str, int] = {}
        self.processes = []
        for role in ROLES:
            counts[role] = counts.get(role, 0) + 1
            name = f"{role}{counts[role]}"
            port = f"[web]\nport = {free_port()}\n" if role == "web" else ""
            # One computes in a process of its own, which has to end with it; the others in threads: few cores, six processes.
            computing = f"computing = {int(name == 'worker1')}\n"
            self.processes.append(Process(role, name, computing + settings + port, folder))

    def targets(self) -> dict[str, Callable[[], Any]]:
        """What can be killed, by name."""
        return {process.name: process.kill for process in self.processes} | {
            "broker": lambda: asyncio.to_thread(self.broker.kill),
            "database": lambda: asyncio.to_thread(self.database.kill),
        }

    async def restore(self, name: str) -> None:
        """Start again what was killed."""
        if name == "broker":
            await asyncio.to_thread(self.broker.start)
        elif name == "database":
            await started_again(self.database)
        else:
            await next(process for process in self.processes if process.name == name).again()

    @contextlib.asynccontextmanager
    async def flying(self) -> AsyncIterator[None]:
        """Everything started, started again where it was killed, and ended in good order."""
        for process in self.processes:
            process.start()
        crashes: list[str] = []
        supervisor = asyncio.create_task(self._supervised(crashes))
        try:
            yield
            await self._all_up()
            supervisor.cancel()
            assert not crashes
            for process in self.processes:
                process.tell_to_leave()
            codes = {process.name: await process.left() for process in self.processes}
            assert set(codes.values()) == {0}, (codes, [process.log.read_text()[-1500:] for process in self.processes])
        finally:
            supervisor.cancel()
            for process in self.processes:
                await process.kill()

    async def _all_up(self, patience_s: float = 120.0) -> None:
        """Wait for whoever is still starting: the work may be done without them."""
        async with asyncio.timeout(patience_s):
            while not all(process.is_up() for process in self.processes):  # noqa: ASYNC110 -- they write logs
                await asyncio.sleep(0.1)

    async def _supervised(self, crashes: list[str]) -> None:
        """Start again what ended, as systemd or Kubernetes would; tell what should not have."""
        while True:
            await asyncio.sleep(1.0)
            for process in self.processes:
                crashes += [said for said in [process.crashed()] if said]
                await process.again()

    async def under_fire(self, rng: random.Random, kills: int, over_s: float) -> list[str]:
        """Kill so many at random moments and start each again soon after. Gives who was."""
        targets = self.targets()
        told: list[str] = []
        moments = sorted(rng.uniform(0.0, over_s) for _ in range(kills))
        for before, moment in itertools.pairwise([0.0, *moments]):
            await asyncio.sleep(moment - before)
            name = rng.choice(sorted(targets))
            await targets[name]()
            await asyncio.sleep(rng.uniform(0.0, 1.0))
            await self.restore(name)
            told.append(name)
        return told


async def finished(url: str, count: int, patience_s: float = 240.0) -> None:
    """Wait until so many documents are stored and understood, and no job is open."""
    async with asyncio.timeout(patience_s):
        while True:
            # At first the processes make the tables, all at once.
            with contextlib.suppress(ServiceUnreachable, asyncpg.UndefinedTableError):
                store = await Store.open(url, pool_size=1)
                try:
                    if (await store.check()).checked["documents"] >= count and await at_rest(store):
                        return
                finally:
                    await store.aclose()
            await asyncio.sleep(0.5)


async def outcome(url: str) -> dict[str, Any]:
    """What the world sees of a database in the end: by event its state and result, who was told what, what was deposited."""
    store = await Store.open(url, pool_size=2)
    try:
        checked = await store.check()
        assert checked.violations == (), checked.violations
        failed = await store.jobs(state="failed")
        assert not failed, [(job.kind, job.error) for job in failed]
        found: dict[str, Any] = {}
        for event in await store.events(limit=1000):
            kept = await store.assessments(event.event_key)
            newest = kept[0] if kept else None
            draft = await store.circular(event.event_key)
            messages = await store.messages(event.event_key)
            publications = await store.publications(event.event_key)
            keys = [message.message_key for message in messages]
            assert len(keys) == len(set(keys))
            assert {message.state for message in messages} <= {"recorded"}
            assert {publication.state for publication in publications} <= {"recorded", "withdrawn"}
            found[event.event_key] = {
                "revision": event.revision,
                "history": sorted(entry.content_id for entry in event.history),
                "state": event.state,
                "verdict": None if newest is None else newest.verdict,
                "assessed": None if newest is None else newest.event_revision,
                "draft": None if draft is None else draft.variant,
                "told": sorted({key.split("|")[-1] for key in keys}),
            }
        return found
    finally:
        await store.aclose()


async def story(url: str, keys: Iterable[str]) -> list[str]:
    """What became of events, step by step, for whoever looks for the reason."""
    store = await Store.open(url, pool_size=2)
    try:
        lines: list[str] = []
        for key in keys:
            results = reversed(await store.assessments(key))
            lines += [f"{key} {a.revision}: event {a.event_revision}, {a.verdict}, {a.created}, {a.caveats}" for a in results]
            lines += [f"{job.created} {job}" for job in reversed(await store.jobs(key))]
            lines += [f"{message.message_key}: {message.state}" for message in await store.messages(key)]
        return lines
    finally:
        await store.aclose()


def fill(broker: ApacheKafka, topics: Mapping[str, str], messages: Sequence[Message]) -> None:
    """Make the topics, and put the documents on them in order."""
    import confluent_kafka
    import confluent_kafka.admin

    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    made = admin.create_topics([confluent_kafka.admin.NewTopic(name, 2, 1) for name in topics.values()])
    for done in made.values():
        done.result(30)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "linger.ms": 5})
    for message in messages:
        producer.produce(topics[message.topic], message.body)
        producer.poll(0)
    assert producer.flush(60) == 0

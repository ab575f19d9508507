"""A Kafka broker for tests: the in-process one, and a real Apache Kafka where Java is."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import confluent_kafka
import confluent_kafka.admin
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


@dataclass(frozen=True)
class Door:
    """One more listener of the broker: its protocol and its own settings (without the prefix listener.name.…).

    `told` is the port that clients are told to come to, where that is another's, which passes everything on.
    """

    protocol: str
    settings: Mapping[str, str] = field(default_factory=dict)
    told: int | None = None


class ApacheKafka:
    """A real Apache Kafka (KRaft: no ZooKeeper) of one node on loopback, its jars resolved by Maven.

    Beside the plain listener there is one for each of `doors`, by name; `scram` are users and passwords for SCRAM-SHA-512,
    `java` more options for the virtual machine.
    """

    def __init__(
        self,
        jars: Path,
        folder: Path,
        *,
        doors: Mapping[str, Door] | None = None,
        scram: Mapping[str, str] | None = None,
        java: tuple[str, ...] = (),
    ) -> None:
        self._jars, self._folder = jars, folder
        self._doors = {"PLAINTEXT": Door("PLAINTEXT"), **(doors or {})}
        self._scram, self._options = dict(scram or {}), java
        self._controller, *ports = _free_ports(1 + len(self._doors))
        self._ports = dict(zip(self._doors, ports, strict=True))
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = folder / "server.properties"

    @property
    def bootstrap_servers(self) -> str:
        """host:port of the broker's plain listener."""
        return self.address("PLAINTEXT")

    def address(self, door: str) -> str:
        """host:port of a listener."""
        return f"127.0.0.1:{self._ports[door]}"

    def format(self) -> None:
        """Make the storage."""
        listeners = ",".join(f"{name}://{self.address(name)}" for name in self._doors)
        told = ",".join(
            f"{name}://{self.address(name) if door.told is None else f'127.0.0.1:{door.told}'}"
            for name, door in self._doors.items()
        )
        protocols = {name: door.protocol for name, door in self._doors.items()} | {"CONTROLLER": "PLAINTEXT"}
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": told,
            "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self._folder / "logs"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "500",
            "message.max.bytes": "8388608",
            # As GCN's: who asks for a topic does not make it.
            "auto.create.topics.enable": "false",
        }
        for name, door in self._doors.items():
            settings |= {f"listener.name.{name.lower()}.{key}": value for key, value in door.settings.items()}
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        users = [f"--add-scram=SCRAM-SHA-512=[name={name},password={word}]" for name, word in self._scram.items()]
        command = self._java("kafka.tools.StorageTool", "format", "-t", identity, "-c", str(self._settings), *users)
        subprocess.run(command, check=True, capture_output=True, timeout=120)

    def start(self) -> None:
        """Start the broker and wait until it answers."""
        with (self._folder / "server.log").open("ab") as output:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self._settings)), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        client = confluent_kafka.admin.AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if client.list_topics(timeout=1).brokers:
                    return
            except confluent_kafka.KafkaException:
                continue
        said = (self._folder / "server.log").read_text(errors="replace")[-2000:]
        self.stop()
        raise AssertionError(f"Apache Kafka did not start: {said}")

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def _java(self, *arguments: str) -> list[str]:
        quick = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return ["java", *quick, *self._options, "-cp", f"{self._jars}/*", *arguments]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def kafka_jars() -> Path:
    """Folder with the jars that tests/integration/kafka/pom.xml names, fetched once per version of that file."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} on PATH: a real Apache Kafka cannot run here")
    pom = Path(__file__).parents[1] / "integration" / "kafka" / "pom.xml"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "transients-tests"
    jars = cache / f"kafka-{hashlib.sha256(pom.read_bytes()).hexdigest()[:16]}"
    if jars.is_dir():
        return jars
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=cache))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    done = subprocess.run(["mvn", "-q", "-B", "-f", str(pom), *goal], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        pytest.skip(f"Maven could not fetch Apache Kafka: {(done.stdout + done.stderr).strip()[-300:]}")
    try:
        fresh.rename(jars)
    except OSError:
        # Another run was faster.
        shutil.rmtree(fresh, ignore_errors=True)
    return jars


@contextlib.contextmanager
def running_kafka(make: Callable[[Path, Path], ApacheKafka] = ApacheKafka) -> Iterator[ApacheKafka]:
    """A running Apache Kafka, made of jars and a folder; the test is skipped, saying why, where there is no Java or no Maven."""
    jars = kafka_jars()
    folder = Path(tempfile.mkdtemp(prefix="transients-kafka-"))
    broker = make(jars, folder)
    try:
        broker.format()
        broker.start()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """A broker for the session: use topics of your own (`topic`)."""
    with running_kafka() as broker:
        yield broker


@pytest.fixture
def own_kafka() -> Iterator[ApacheKafka]:
    """A broker of the test's own, which it may kill."""
    with running_kafka() as broker:
        yield broker

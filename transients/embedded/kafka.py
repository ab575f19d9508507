"""A Kafka broker inside this process: librdkafka's mock cluster, which comes with confluent-kafka's wheel.

It speaks the real protocol (groups, commits, transactions) on loopback, keeps everything in memory, and knows neither TLS nor
logins: for the demonstration and the tests. Other processes can use it while this one lives.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import ConfigurationError, ServiceUnreachable

_PRODUCER = 0
_TEXT_SIZE = 512
_REBALANCE_DELAY_MS = 100


class EmbeddedKafka:
    """A cluster of brokers on loopback, as a context manager.

    Parameters
    ----------
    brokers : int
        How many brokers.

    Raises
    ------
    ServiceUnreachable
        The cluster could not be made.
    """

    def __init__(self, brokers: int = 1) -> None:
        self.brokers = brokers
        self._client: int | None = None
        self._cluster: int | None = None

    def start(self) -> None:
        """Open the brokers' ports."""
        if self._cluster is not None:
            return
        library = _librdkafka()
        text = ctypes.create_string_buffer(_TEXT_SIZE)
        # The mock cluster lives in a client of its own, which never connects anywhere.
        configuration = library.rd_kafka_conf_new()
        # Or it warns that it has no broker to connect to.
        library.rd_kafka_conf_set(configuration, b"log_level", b"4", text, _TEXT_SIZE)
        self._client = library.rd_kafka_new(_PRODUCER, configuration, text, _TEXT_SIZE)
        if not self._client:
            raise ServiceUnreachable(text.value.decode(errors="replace"), where="embedded Kafka")
        self._cluster = library.rd_kafka_mock_cluster_new(self._client, self.brokers)
        if not self._cluster:
            self.stop()
            raise ServiceUnreachable("the mock cluster could not be made", where="embedded Kafka")
        # A new group waits this long for more members before anyone gets a message; the library's own value is 3 s.
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, _REBALANCE_DELAY_MS)

    def stop(self) -> None:
        """Close the brokers; everything in them is gone."""
        library = _librdkafka()
        if self._cluster:
            library.rd_kafka_mock_cluster_destroy(self._cluster)
        if self._client:
            library.rd_kafka_destroy(self._client)
        self._cluster = self._client = None

    @property
    def bootstrap_servers(self) -> str:
        """host:port of every broker, with commas."""
        servers: bytes = _librdkafka().rd_kafka_mock_cluster_bootstraps(self._running())
        return servers.decode()

    def create_topic(self, name: str, partitions: int = 1) -> None:
        """Make a topic. A topic that is first written to or asked for is made too, with four partitions."""
        self._check(_librdkafka().rd_kafka_mock_topic_create(self._running(), name.encode(), partitions, 1), f"topic {name}")

    def broker_down(self, broker: int = 1) -> None:
        """Cut a broker off: its connections close and none is taken."""
        self._check(_librdkafka().rd_kafka_mock_broker_set_down(self._running(), broker), f"broker {broker}")

    def broker_up(self, broker: int = 1) -> None:
        """Bring a broker back; what it held is still there."""
        self._check(_librdkafka().rd_kafka_mock_broker_set_up(self._running(), broker), f"broker {broker}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _running(self) -> int:
        if self._cluster is None:
            raise ServiceUnreachable("the embedded Kafka is not running")
        return self._cluster

    @staticmethod
    def _check(code: int, what: str) -> None:
        if code != 0:
            reason = _librdkafka().rd_kafka_err2str(code).decode(errors="replace")
            raise ServiceUnreachable(f"{what}: {reason}", where="embedded Kafka")


@functools.cache
def _librdkafka() -> ctypes.CDLL:
    """The very library that confluent-kafka uses, with the signatures of what is called here."""
    library = ctypes.CDLL(str(_library_file()))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    signatures: dict[str, tuple[type | None, list[type]]] = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_conf_set": (number, [pointer, text, text, text, ctypes.c_size_t]),
        "rd_kafka_new": (pointer, [number, pointer, text, ctypes.c_size_t]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_err2str": (text, [number]),
        "rd_kafka_mock_cluster_new": (pointer, [pointer, number]),
        "rd_kafka_mock_cluster_destroy": (None, [pointer]),
        "rd_kafka_mock_cluster_bootstraps": (text, [pointer]),
        "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_topic_create": (number, [pointer, text, number, number]),
        "rd_kafka_mock_broker_set_down": (number, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_broker_set_up": (number, [pointer, ctypes.c_int32]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def _library_file() -> Path:
    # Importing it first makes sure that the libraries beside librdkafka are loaded.
    import confluent_kafka  # noqa: F401

    found = next(_library_files(), None)
    if found is None:
        raise ConfigurationError("confluent-kafka is installed without its own librdkafka: no embedded Kafka here")
    return found


def _library_files() -> Iterator[Path]:
    package = importlib.util.find_spec("confluent_kafka")
    if package is None or package.origin is None:
        return
    folder = Path(package.origin).parent
    # Wheels for Linux put it beside the package, those for macOS inside.
    yield from sorted((folder.parent / "confluent_kafka.libs").glob("librdkafka*.so*"))
    yield from sorted((folder / ".dylibs").glob("librdkafka*.dylib"))

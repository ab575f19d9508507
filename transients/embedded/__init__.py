"""Servers for a machine that has none: PostgreSQL from the first binaries found, and a Kafka broker inside this process."""

from .binaries import PostgresBinaries, find_binaries
from .kafka import EmbeddedKafka
from .ports import free_port
from .postgres import EmbeddedPostgres

__all__ = ["EmbeddedKafka", "EmbeddedPostgres", "PostgresBinaries", "find_binaries", "free_port"]

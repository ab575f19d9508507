"""One PostgreSQL server a session, and a database of its own for each test, copied from a migrated template.

TRANSIENTS_TEST_POSTGRES names a server to use instead of an embedded one (postgresql://…, a user who may make databases).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from transients.embedded import EmbeddedPostgres
from transients.store import Store

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """A server: gives the address of a database on it."""
    outside = os.environ.get("TRANSIENTS_TEST_POSTGRES")
    if outside:
        yield lambda database: urlunsplit(urlsplit(outside)._replace(path=f"/{database}"))
        return
    folder = server_folder()
    try:
        with EmbeddedPostgres(folder / "data", fast=True) as server:
            yield server.url_of
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_folder() -> Path:
    """A new folder that the server's unprivileged user can reach, when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="transients-test-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Callable[[str], str]) -> str:
    """Name of a database with every table made and nothing in it."""
    name = f"template_{os.getpid()}"

    async def make() -> None:
        await _command(postgres_server("postgres"), f'CREATE DATABASE "{name}"')
        store = await Store.open(postgres_server(name), pool_size=1)
        await store.migrate()
        await store.aclose()

    asyncio.run(make())
    return name


@pytest.fixture
async def postgres_url(postgres_server: Callable[[str], str], postgres_template: str) -> AsyncIterator[str]:
    """Address of a fresh, migrated database; dropped after the test."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await _command(postgres_server("postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" STRATEGY file_copy')
    yield postgres_server(name)
    await _command(postgres_server("postgres"), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def empty_postgres_url(postgres_server: Callable[[str], str]) -> AsyncIterator[str]:
    """Address of a fresh database without any table."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    await _command(postgres_server("postgres"), f'CREATE DATABASE "{name}"')
    yield postgres_server(name)
    await _command(postgres_server("postgres"), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """A store on a fresh, migrated database."""
    opened = await Store.open(postgres_url, pool_size=4)
    yield opened
    await opened.aclose()


async def _command(url: str, text: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(text)
    finally:
        await connection.close()

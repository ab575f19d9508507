"""Documents into the inbox, against a bare INSERT. Only where a server is named: this room may not start one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import numpy as np

from schemas import Instant, RawAlert, sha256_hex
from schemas.errors import ServiceUnreachable
from transients.config import ENVIRONMENT_PREFIX
from transients.store import Store

from .documents import voevent
from .lines import Line, line
from .sizes import Sizes

VARIABLE = f"{ENVIRONMENT_PREFIX}DATABASE__URL"
_NAME = "store: put_raw, one after the other"
_UNIT = "documents/s"
_RECEIVED = Instant.parse("2024-05-06T07:08:20")
_TABLE = "CREATE TABLE bench_plain (id text PRIMARY KEY, body bytea NOT NULL, known_at timestamptz DEFAULT clock_timestamp())"


def measure(sizes: Sizes) -> Iterator[Line]:
    """In a database of its own on the server of TRANSIENTS_DATABASE__URL, dropped afterwards.

    Raises
    ------
    ServiceUnreachable
        A server is named, and does not let us in.
    """
    url = os.environ.get(VARIABLE, "")
    if not url:
        yield line(_NAME, None, _UNIT, None, None, f"{VARIABLE} names no server")
        return
    try:
        yield asyncio.run(_measured(url, sizes))
    except asyncpg.InsufficientPrivilegeError as error:
        yield line(_NAME, None, _UNIT, None, None, f"its user may not make a database: {error}")
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceUnreachable(f"the server of {VARIABLE} cannot be used: {error}") from error


async def _measured(url: str, sizes: Sizes) -> Line:
    async with own_database(url) as own:
        store = await Store.open(own, pool_size=1)
        plain = await asyncpg.connect(own)
        try:
            await store.migrate()
            await plain.execute(_TABLE)
            return await _compared(store, plain, sizes)
        finally:
            await plain.close()
            await store.aclose()


async def _compared(store: Store, plain: asyncpg.Connection, sizes: Sizes) -> Line:
    async def ours(raw: RawAlert) -> object:
        return await store.put_raw(raw)

    async def theirs(raw: RawAlert) -> object:
        return await plain.execute("INSERT INTO bench_plain (id, body) VALUES ($1, $2)", raw.content_id, raw.body)

    times = []
    # The first turn is not counted: plans are made and pages are new.
    for turn in range(sizes.turns + 1):
        alerts = [_alert(turn * sizes.rows + n) for n in range(sizes.rows)]
        times.append((await _spent(ours, alerts), await _spent(theirs, alerts)))
    spent, bare = np.median(times[1:], axis=0)
    reference = "asyncpg: one INSERT a document into one table, each its own transaction"
    return line(_NAME, sizes.rows / float(spent), _UNIT, reference, float(bare / spent))


async def _spent(put: Callable[[RawAlert], Awaitable[object]], alerts: list[RawAlert]) -> float:
    clock = asyncio.get_running_loop().time
    begin = clock()
    for alert in alerts:
        await put(alert)
    return clock() - begin


def _alert(number: int) -> RawAlert:
    body = voevent() + f"<!-- {number} -->".encode()
    return RawAlert(
        content_id=sha256_hex(body), body=body, source="bench", topic="bench", partition=0, offset=number, received=_RECEIVED
    )


@asynccontextmanager
async def own_database(url: str) -> AsyncIterator[str]:
    """The address of a new database on the server; nothing that is there is touched."""
    name = f"transients_bench_{os.getpid()}"
    await _command(url, f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        await _command(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _command(url: str, text: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(text)
    finally:
        await connection.close()

"""Documents into the inbox and on to their events, against bare INSERTs, on a server that is named."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import numpy as np

from schemas import Instant, RawAlert, sha256_hex
from schemas.errors import ServiceUnreachable, TransientsError
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

from .documents import voevent
from .lines import Line, line
from .logs import logs_written
from .server import VARIABLE
from .sizes import Sizes

_NAMES = ("store: put_raw, one after the other", "store: put_raw_many", "store: put_many, to event and job")
_UNIT = "documents/s"
_RECEIVED = Instant.parse("2024-05-06T07:08:20")
_INSERT = "INSERT INTO bench_plain (id, body) VALUES ($1, $2)"
_TABLE = "CREATE TABLE bench_plain (id text PRIMARY KEY, body bytea NOT NULL, known_at timestamptz DEFAULT clock_timestamp())"

Put = Callable[[Sequence[RawAlert]], Awaitable[object]]


def measure(sizes: Sizes) -> Iterator[Line]:
    """In a database of its own on the server of TRANSIENTS_DATABASE__URL, dropped afterwards.

    Raises
    ------
    ServiceUnreachable
        A server is named, and does not let us in.
    """
    url = os.environ.get(VARIABLE, "")
    if not url:
        yield from _missing(f"{VARIABLE} names no server")
        return
    try:
        yield from asyncio.run(_measured(url, sizes))
    except asyncpg.InsufficientPrivilegeError as error:
        yield from _missing(f"its user may not make a database: {error}")
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceUnreachable(f"the server of {VARIABLE} cannot be used: {error}") from error


def _missing(reason: str) -> Iterator[Line]:
    return (line(name, None, _UNIT, None, None, reason) for name in _NAMES)


async def _measured(url: str, sizes: Sizes) -> list[Line]:
    async with own_database(url) as own:
        store = await Store.open(own, pool_size=1)
        plain = await asyncpg.connect(own)
        try:
            await store.migrate()
            await plain.execute(_TABLE)
            with logs_written():
                return await _compared(store, plain, sizes)
        finally:
            await plain.close()
            await store.aclose()


async def _compared(store: Store, plain: asyncpg.Connection, sizes: Sizes) -> list[Line]:
    intake = Intake(store, Settings())

    async def kept(alerts: Sequence[RawAlert]) -> None:
        for alert in alerts:
            await store.put_raw(alert)

    async def inserted(alerts: Sequence[RawAlert]) -> None:
        for alert in alerts:
            await plain.execute(_INSERT, alert.content_id, alert.body)

    async def inserted_together(alerts: Sequence[RawAlert]) -> None:
        await plain.executemany(_INSERT, [(alert.content_id, alert.body) for alert in alerts])

    alone = "asyncpg: one INSERT a document into one table, each its own transaction"
    together = "asyncpg: executemany of the same INSERT, one transaction"
    pairs: list[tuple[Put, Put, str]] = [
        (kept, inserted, alone),
        (store.put_raw_many, inserted_together, together),
        (intake.put_many, inserted_together, together),
    ]
    found, numbers = [], itertools.count(1)
    for name, (ours, theirs, reference) in zip(_NAMES, pairs, strict=True):
        times = []
        # The first turn is not counted: plans are made and pages are new.
        for _ in range(sizes.turns + 1):
            alerts = [_alert(next(numbers)) for _ in range(sizes.rows)]
            times.append((await _spent(ours, alerts), await _spent(theirs, alerts)))
        spent, bare = np.median(times[1:], axis=0)
        found.append(line(name, sizes.rows / float(spent), _UNIT, reference, float(bare / spent)))
    if (await store.totals()).events < sizes.rows:
        raise TransientsError("the documents of the measurement did not become events")
    return found


async def _spent(put: Put, alerts: Sequence[RawAlert]) -> float:
    begin = time.perf_counter()
    await put(alerts)
    return time.perf_counter() - begin


def _alert(number: int) -> RawAlert:
    """An alert of an event of its own."""
    body = voevent().replace(b"700000001", b"%d" % (700_000_001 + number))
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

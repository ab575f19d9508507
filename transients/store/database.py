"""Connections: a pool, transactions that every method joins, and errors in our own words."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Self

import asyncpg

from schemas import Instant, to_json
from schemas.errors import ConfigurationError, DatabaseUnreachable

from .queries import load_queries
from .records import Change, ChangeKind

#: Of what the database does when it is away, ends, starts, is full, or chose this transaction as a deadlock's victim.
PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What the client itself says when a connection dies in the middle of a command.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # The disk is full, the memory or the connections are used up; or a disk gave an error.
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresIOError,
    # A server that is about to take over does not write yet.
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    OSError,
    TimeoutError,
)
#: Whom or what the server does not know: no waiting helps.
UNKNOWN = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
CHANNEL = "transients_changed"
COMMAND_TIMEOUT_S = 60.0


@dataclasses.dataclass
class _Open:
    connection: Any
    task: asyncio.Task[Any] | None
    over: bool = False


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the database's absence into DatabaseUnreachable, which callers may retry."""
    try:
        yield
    except PASSING as error:
        raise DatabaseUnreachable(f"{type(error).__name__}: {error}", where="database") from error


async def _as_it_is(_connection: Any) -> None:
    """A connection goes back to the pool as it is, open transactions rolled back: no statement here sets, listens or locks beyond its
    transaction, and asking the server to forget such things would double the number of questions."""


class Database:
    """The pool and the queries. Rooms of the store derive from it.

    Every method runs in the transaction opened by `transaction()` in the same task, or else in one of its own.
    """

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
        self.url = url
        self._queries = load_queries()
        self._current: ContextVar[_Open | None] = ContextVar("transaction", default=None)

    @classmethod
    async def open(cls, url: str, pool_size: int = 8) -> Self:
        """Connect to the server at `url` (postgresql://…).

        Raises
        ------
        DatabaseUnreachable
            The server does not answer.
        ConfigurationError
            It does not know the user or the database.
        """
        try:
            with translated():
                pool = await asyncpg.create_pool(
                    url,
                    min_size=1,
                    max_size=pool_size,
                    command_timeout=COMMAND_TIMEOUT_S,
                    server_settings=SERVER_SETTINGS,
                    reset=_as_it_is,
                )
        except UNKNOWN as error:
            raise ConfigurationError(str(error), where="database") from error
        return cls(pool, url)

    async def aclose(self) -> None:
        """Give the connections back."""
        try:
            await asyncio.wait_for(self._pool.close(), 5.0)
        except TimeoutError:
            self._pool.terminate()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """All that this task does with the store inside is one transaction; nested ones join the outer.

        Work started in another task while it is open is refused with RuntimeError: it could not be part of it.
        """
        async with self._connection(transaction=True):
            yield

    @contextlib.asynccontextmanager
    async def _connection(self, *, transaction: bool = False) -> AsyncIterator[Any]:
        current = self._current.get()
        if current is not None and not current.over:
            if current.task is not asyncio.current_task():
                raise RuntimeError("a transaction is open in another task, which this one cannot join")
            yield current.connection
            return
        with translated():
            connection = await self._pool.acquire()
        try:
            if transaction:
                async with self._begun(connection):
                    yield connection
            else:
                yield connection
        finally:
            # A connection that died is dropped by the pool; what was committed before stands.
            with contextlib.suppress(*PASSING):
                await self._pool.release(connection)

    @contextlib.asynccontextmanager
    async def _begun(self, connection: Any) -> AsyncIterator[None]:
        """A transaction on a connection, open to every method in this task. Errors of the work inside pass as they are."""
        transaction = connection.transaction()
        with translated():
            await transaction.start()
        opened = _Open(connection, asyncio.current_task())
        token = self._current.set(opened)
        try:
            yield
        except BaseException:
            # If this fails too, the server rolls back by itself, and the first error is the one to tell.
            with contextlib.suppress(*PASSING):
                await transaction.rollback()
            raise
        else:
            with translated():
                await transaction.commit()
        finally:
            opened.over = True
            self._current.reset(token)

    async def _rows(self, name: str, *arguments: Any) -> Sequence[Any]:
        async with self._connection() as connection:
            with translated():
                rows: Sequence[Any] = await connection.fetch(self._queries[name], *arguments)
            return rows

    async def _row(self, name: str, *arguments: Any) -> Any:
        rows = await self._rows(name, *arguments)
        return rows[0] if rows else None

    async def _do(self, name: str, *arguments: Any) -> None:
        async with self._connection() as connection:
            with translated():
                await connection.execute(self._queries[name], *arguments)

    async def _tell(self, what: ChangeKind, event_key: str | None = None, revision: int | None = None) -> None:
        """Tell every listener, when the transaction ends."""
        await self._tell_all([Change(event_key=event_key, what=what, revision=revision)])

    async def _tell_all(self, changes: Sequence[Change]) -> None:
        await self._do("notify", [to_json(change).decode() for change in changes])


SERVER_SETTINGS = {
    "application_name": "transients",
    "timezone": "UTC",
    "jit": "off",
    # A transaction whose process the network lost holds its event no longer than this, ms; ours are never idle for seconds.
    "idle_in_transaction_session_timeout": "60000",
}


def stamp(when: Instant) -> dt.datetime:
    """An instant as a column for searching, cut at 1 µs."""
    return when.to_datetime()


def stamp_or_none(when: Instant | None) -> dt.datetime | None:
    """The same of an instant that may be missing."""
    return None if when is None else when.to_datetime()


def instant(when: dt.datetime) -> Instant:
    """A column's time as an instant."""
    return Instant.from_datetime(when)


def searchable(text: str | None) -> str | None:
    """A text fit for a text column, which cannot hold NUL; the record keeps the original."""
    return None if text is None else text.replace("\x00", "\ufffd")

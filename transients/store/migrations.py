"""Making the tables: numbered files, each run once, by one process at a time."""

from __future__ import annotations

import dataclasses
import re
from importlib.resources import files
from typing import Any

import asyncpg

from schemas import sha256_hex
from schemas.errors import ConfigurationError

from .database import Database, translated
from .queries import load_queries

#: Any fixed number: everybody who migrates asks for this lock.
_LOCK = 7_241_903_615


@dataclasses.dataclass(frozen=True)
class Migration:
    """One numbered file."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file."""
        return sha256_hex(self.sql.encode())


def load_migrations() -> tuple[Migration, ...]:
    """Every file schemas/sql/NNNN_*.sql, in order."""
    folder = files("schemas") / "sql"
    names = sorted(file.name for file in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", file.name))
    return tuple(Migration(name, (folder / name).read_text(encoding="utf-8")) for name in names)


class Migrations(Database):
    """The part of the store that makes the tables."""

    async def migrate(self) -> tuple[str, ...]:
        """Run what was not run yet, in one transaction; any number of processes may call it at once.

        Returns
        -------
        tuple of str
            Names of what was run now.

        Raises
        ------
        ConfigurationError
            A migration that was run has another text now: the database was made by other code than this.
        """
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(load_queries()["lock_migrations"], _LOCK)
                await connection.execute(load_queries()["make_ledger"])
                done = await _ledger(connection)
                ran = [migration for migration in load_migrations() if _is_new(migration, done)]
                for migration in ran:
                    await connection.execute(migration.sql)
                    await connection.execute(load_queries()["note_migration"], migration.name, migration.checksum)
        return tuple(migration.name for migration in ran)


async def pending_migrations(url: str) -> tuple[str, ...]:
    """Names of migrations that the database at `url` lacks; changes nothing."""
    with translated():
        connection = await asyncpg.connect(url)
        try:
            exists = await connection.fetchval(load_queries()["has_ledger"])
            done = await _ledger(connection) if exists else {}
        finally:
            await connection.close()
    return tuple(migration.name for migration in load_migrations() if _is_new(migration, done))


async def _ledger(connection: Any) -> dict[str, str]:
    return {row["name"]: row["checksum"] for row in await connection.fetch(load_queries()["ledger"])}


def _is_new(migration: Migration, done: dict[str, str]) -> bool:
    checksum = done.get(migration.name)
    if checksum is not None and checksum != migration.checksum:
        raise ConfigurationError("this database was made with another text of the migration", where=migration.name)
    return checksum is None

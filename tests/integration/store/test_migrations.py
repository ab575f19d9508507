"""Making the tables."""

from __future__ import annotations

import asyncio
import re

import asyncpg
import pytest

from schemas.errors import ConfigurationError
from transients.store import Store, pending_migrations
from transients.store.migrations import load_migrations
from transients.store.queries import load_queries


async def test_every_process_may_migrate_at_once(empty_postgres_url: str) -> None:
    names = tuple(migration.name for migration in load_migrations())
    assert await pending_migrations(empty_postgres_url) == names
    stores = await asyncio.gather(*(Store.open(empty_postgres_url, pool_size=1) for _ in range(4)))
    ran = await asyncio.gather(*(store.migrate() for store in stores))
    assert sorted(ran, key=len) == [(), (), (), names]
    assert await stores[0].migrate() == ()
    assert await pending_migrations(empty_postgres_url) == ()
    await asyncio.gather(*(store.aclose() for store in stores))


async def test_a_migration_that_changed_is_refused(store: Store, postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("UPDATE migration SET checksum = 'other' WHERE name LIKE '0001%'")
    await connection.close()
    with pytest.raises(ConfigurationError, match="0001_alerts"):
        await store.migrate()


async def test_a_migration_that_fails_leaves_nothing(empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from transients.store import migrations

    broken = migrations.Migration("9999_broken.sql", "CREATE TABLE half (x int); SELECT 1/0;")
    whole = load_migrations()
    monkeypatch.setattr(migrations, "load_migrations", lambda: (*whole, broken))
    store = await Store.open(empty_postgres_url, pool_size=1)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await store.migrate()
    monkeypatch.undo()
    assert len(await pending_migrations(empty_postgres_url)) == len(whole)
    assert await store.migrate() != ()
    await store.aclose()


async def test_every_query_fits_the_tables(postgres_url: str) -> None:
    """Preparing finds a misspelt column, a wrong type, a missing table."""
    connection = await asyncpg.connect(postgres_url)
    for name, text in load_queries().items():
        try:
            await connection.prepare(text)
        except asyncpg.PostgresError as error:
            pytest.fail(f"{name}: {error}")
    await connection.close()


def test_queries_are_all_used_and_named_once() -> None:
    from pathlib import Path

    import transients.store

    folder = Path(transients.store.__file__).parent
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    asked = set(re.findall(r'(?:_(?:rows|row|do)\(\s*|load_queries\(\)\[)"(\w+)"', code))
    assert asked == set(load_queries())

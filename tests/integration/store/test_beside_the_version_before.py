"""A service of the version before may run on while the tables are brought up to date, and after."""

from __future__ import annotations

import hashlib

import asyncpg

from schemas import Position, Refusal
from transients.store import QuarantineQuery, Store
from transients.store import migrations as module

#: How the version before stores an alert and an event.
DOCUMENT = "INSERT INTO document (content_id, body) VALUES ($1, $2) ON CONFLICT (content_id) DO NOTHING RETURNING content_id"
DELIVERY = """
    INSERT INTO delivery (content_id, source, topic, partition, "offset", received, received_utc, broker_utc)
    VALUES ($1, 'gcn', 't', 0, $2, now(), '2026-11-22T16:00:00.000', $3)
    ON CONFLICT (content_id, source, topic, coalesce(partition, -1), coalesce("offset", -1))
    DO UPDATE SET times = delivery.times + 1
"""
EVENT = """
    INSERT INTO event (event_key, revision, event_id, origin, messenger, role, state, known_at)
    VALUES ($1, 1, $2, 'Fermi-GBM', 'gamma-ray', 'observation', 'active', now())
"""
OUTCOME = "UPDATE document SET outcome = 'refusal', handler_version = 'old' WHERE content_id = $1"
PARSED = """
    INSERT INTO parsed (content_id, handler_version, outcome, reason, record, records_version)
    VALUES ($1, 'old', 'refusal', 'empty', '{"type": "refusal", "reason": "empty", "message": ""}', 1)
    ON CONFLICT (content_id, handler_version) DO NOTHING
"""


async def take_as_before(connection: asyncpg.Connection, offset: int) -> str:
    """An alert comes in as it did in the version before. Gives its content id."""
    body = b"%d" % offset
    content_id = hashlib.sha256(body).hexdigest()
    await connection.execute(DOCUMENT, content_id, body)
    await connection.execute(DELIVERY, content_id, offset, f"2026-11-22T16:00:{offset:02}.000")
    await connection.execute(OUTCOME, content_id)
    await connection.execute(PARSED, content_id)
    await connection.execute(EVENT, f"Fermi-GBM:{offset}", str(offset))
    return content_id


async def test_what_it_stores_is_read_by_this_one(empty_postgres_url: str) -> None:
    connection = await asyncpg.connect(empty_postgres_url)
    before = [migration for migration in module.load_migrations() if migration.name < "0005"]
    await connection.execute(module.load_queries()["make_ledger"])
    for migration in before:
        await connection.execute(migration.sql)
        await connection.execute("INSERT INTO migration (name, checksum) VALUES ($1, $2)", migration.name, migration.checksum)
    for offset in (3, 9, 7):
        await take_as_before(connection, offset)
    store = await Store.open(empty_postgres_url, pool_size=2)
    try:
        assert "0005_intake.sql" in await store.migrate()
        # It runs on, and its alerts are taken in here.
        last = await take_as_before(connection, 11)
        positions = await store.positions("gcn")
        assert (positions["t", 0].offset, type(positions["t", 0])) == (9, Position)
        assert len(await store.refused()) == 4
        assert await store.quarantine_counts(QuarantineQuery(reason="empty")) == {"empty": 4}
        assert (await store.raw(last)).headers == {}
        assert await store.parsed(last) == Refusal(reason="empty", message="")
        assert await store.name_events() == 4
        assert (await store.event_keys("Fermi 11")) == ("Fermi-GBM:11",)
    finally:
        await store.aclose()
        await connection.close()

"""A service of the version before may run on while the tables are brought up to date, and after."""

from __future__ import annotations

import asyncio
import hashlib

import asyncpg

from schemas import Position, Refusal
from transients.store import JobRunner, QuarantineQuery, Store
from transients.store import migrations as module
from transients.store.queue import FIRST_PRIORITY

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

#: What PgQueuer made, as far as the version before used it, and how that queued, took and finished a job.
QUEUE = """
    CREATE SCHEMA pgqueuer;
    CREATE TYPE pgqueuer.status AS ENUM ('queued', 'picked', 'successful', 'exception', 'canceled', 'deleted');
    CREATE TABLE pgqueuer.queue (
        id serial PRIMARY KEY, priority int NOT NULL, queue_manager_id uuid, created timestamptz NOT NULL DEFAULT now(),
        updated timestamptz NOT NULL DEFAULT now(), heartbeat timestamptz NOT NULL DEFAULT now(),
        execute_after timestamptz NOT NULL DEFAULT now(), status pgqueuer.status NOT NULL, entrypoint text NOT NULL, payload bytea
    )
"""
JOB = "INSERT INTO job (kind, event_key, payload, priority) VALUES ($1, $2, '{}', $3) RETURNING job_id"
PLACE = """
    INSERT INTO pgqueuer.queue (priority, entrypoint, payload, status, execute_after)
    VALUES ($1, $2, $3, 'queued', now() + make_interval(secs => $4)) RETURNING id
"""
TAKE = """
    WITH taken AS (UPDATE pgqueuer.queue SET status = 'picked', heartbeat = now() WHERE id = $1 RETURNING payload AS number)
    UPDATE job SET state = 'running', attempts = attempts + 1, started = clock_timestamp()
    FROM taken WHERE job_id = convert_from(number, 'UTF8')::bigint AND state IN ('queued', 'running') RETURNING job_id
"""
FINISH = "UPDATE job SET state = 'done', error = NULL, finished = clock_timestamp() WHERE job_id = $1 AND attempts = $2 RETURNING job_id"


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


async def queue_as_before(
    connection: asyncpg.Connection, key: str, priority: int = 50, wait_s: float = 0.0
) -> tuple[int, int | None]:
    """A job is queued as in the version before. Gives its number and its place in PgQueuer's queue."""
    async with connection.transaction():
        number = await connection.fetchval(JOB, "step", key, priority)
        lane = "first" if priority >= FIRST_PRIORITY else "step"
        return number, await connection.fetchval(PLACE, priority, lane, str(number).encode(), wait_s)


async def test_its_jobs_are_run_by_this_one(empty_postgres_url: str) -> None:
    connection = await asyncpg.connect(empty_postgres_url)
    await connection.execute(module.load_queries()["make_ledger"])
    for migration in module.load_migrations():
        if migration.name < "0009":
            await connection.execute(migration.sql)
            await connection.execute("INSERT INTO migration (name, checksum) VALUES ($1, $2)", migration.name, migration.checksum)
    await connection.execute(QUEUE)
    await queue_as_before(connection, "waits")
    await queue_as_before(connection, "first", FIRST_PRIORITY)
    await queue_as_before(connection, "later", wait_s=3600.0)
    at_work, place = await queue_as_before(connection, "at work")
    left, other_place = await queue_as_before(connection, "left")
    assert await connection.fetchval(TAKE, place) == at_work
    assert await connection.fetchval(TAKE, other_place) == left
    # Fell out of the queue.
    await connection.fetchval(JOB, "step", "lost", 50)
    store = await Store.open(empty_postgres_url, pool_size=2)
    assert await store.migrate() == tuple(migration.name for migration in module.load_migrations() if migration.name >= "0009")
    # It runs on: what it queues is kept, what it had taken ends as it says, and it finds nothing more to take.
    assert (await queue_as_before(connection, "new", FIRST_PRIORITY))[1] is None
    assert await connection.fetchval("SELECT count(*) FROM pgqueuer.queue") == 0
    assert await connection.fetchval(FINISH, at_work, 1) == at_work
    seen: list[str | None] = []

    async def step(event_key: str | None, payload: object) -> None:
        seen.append(event_key)

    runner = JobRunner(store, {"step": step})
    task = asyncio.create_task(runner.run())
    async with asyncio.timeout(20):
        while len(seen) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await runner.stop(5)
    await asyncio.wait_for(task, 15)
    assert sorted(map(str, seen)) == ["first", "left", "lost", "new", "waits"]
    # What was left was taken again: the attempt of before has no say any more.
    assert await connection.fetchval(FINISH, left, 1) is None
    assert {job.event_key for job in await store.jobs(state="queued")} == {"later"}
    assert 3500 < await connection.fetchval("SELECT extract(epoch FROM due - now()) FROM job WHERE event_key = 'later'") < 3600
    assert (await store.check()).violations == ()
    await store.aclose()
    await connection.close()

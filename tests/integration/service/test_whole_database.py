"""`Store.check` and `transients check`: a database at rest after real work holds, and each kind of damage is found and named."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from command_line import ask, command
from journey_samples import SaidSource, mission
from service_samples import raw, running, script, settings, with_store, worked

from transients import demo
from transients.service.intake import Intake
from transients.store import Store

#: What breaks each invariant: a name for the test, the invariant, the statement, and a part of what is said of it.
DAMAGE = {
    "a document left lying": (
        "documents",
        "UPDATE document SET outcome = NULL, known_at = known_at - interval '1 hour' WHERE outcome = 'notice'",
        "waits for a handler",
    ),
    "nothing understood": ("documents", "DELETE FROM parsed_blob; DELETE FROM parsed", "nothing says what was understood"),
    "other bytes": ("documents", "UPDATE document SET body = body || 'x'", "not those of its name"),
    "nobody brought it": ("documents", "DELETE FROM delivery", "no delivery"),
    "another blob": ("blobs", "UPDATE blob SET data = data || 'x'", "not those of its name"),
    "a position of nowhere": ("lines", 'UPDATE line_position SET "offset" = "offset" + 100', "nothing was delivered"),
    "a notice in no event": (
        "folding",
        "DELETE FROM event_revision WHERE revision = 1",
        "in no event",
    ),
    "a notice in two events": (
        "folding",
        "INSERT INTO event_revision SELECT e.event_key, e.revision + 1, r.content_id, r.valid_at, r.known_at, r.record, 1 "
        "FROM event e, LATERAL (SELECT * FROM event_revision r WHERE r.event_key <> e.event_key LIMIT 1) r LIMIT 1",
        "is in 2 events",
    ),
    "an event ahead of its history": ("events", "UPDATE event SET revision = revision + 1", "stands at revision"),
    "known backwards": (
        "events",
        "UPDATE event_revision SET known_at = known_at - interval '1 day' WHERE revision > 1",
        "known before the revision before it",
    ),
    "an assessment of no revision": ("assessments", "UPDATE assessment SET event_revision = 99", "which is not there"),
    "a changed result": (
        "assessments",
        'UPDATE assessment SET record = replace(record::text, \'"verdict":"\', \'"verdict": "\')::json',
        "not what its hash was taken of",
    ),
    "a draft of other facts": ("statements", "UPDATE circular SET facts_id = 'x'", "not written from that assessment"),
    "a deposit of nothing": ("statements", "UPDATE publication SET assessment_revision = 99", "publication"),
    "a message of nothing": ("statements", "UPDATE message SET assessment_revision = 99", "message"),
    "a state without history": ("statements", "UPDATE publication SET state = 'created'", "its history ends with"),
    "a job in no queue": (
        "jobs",
        "UPDATE job SET state = 'queued', started = started - interval '1 hour' WHERE kind = 'tell'",
        "in no queue",
    ),
    "an event never assessed": (
        "jobs",
        "DELETE FROM circular; DELETE FROM artefact; DELETE FROM assessment; UPDATE job SET state = 'done'",
        "was never assessed",
    ),
    "a record of another kind": ("records", "UPDATE message SET record = '{\"x\": 1}'", "cannot be read"),
}


@pytest.fixture
async def worked_url(store: Store, postgres_url: str, tmp_path: Path) -> str:
    """A database after a part of the scenario: a burst with a detection, a gravitational wave withdrawn."""
    made = settings(postgres_url, tmp_path)
    intake = Intake(store, made)
    wanted = [message for message in script() if b"699896651" in message.body or b"S230524x" in message.body]
    await intake.put_many([raw(message, offset) for offset, message in enumerate(dict.fromkeys(wanted))])
    async with running(made, data=SaidSource(bursts=demo.BURSTS), mission=mission()):
        await worked(store)
    return postgres_url


async def test_what_was_done_holds_and_every_damage_is_found(worked_url: str, store: Store) -> None:
    whole = await store.check()
    assert whole.violations == ()
    assert whole.checked["events"] == 2
    assert all(whole.checked[name] for name in whole.checked), whole.checked
    connection = await asyncpg.connect(worked_url)
    try:
        for name, (invariant, statement, said) in DAMAGE.items():
            undone = connection.transaction()
            await undone.start()
            # The tables' own rules would refuse most of this.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(statement)
            found = await Store(_Same(connection), worked_url).check()
            await undone.rollback()
            named = [each for each in found.violations if each.invariant == invariant and said in f"{each.place} {each.message}"]
            assert named, (name, found.violations)
    finally:
        await connection.close()
    assert (await store.check()).violations == ()


class _Same:
    """A pool that gives one connection, inside whose transaction the damage is seen."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def acquire(self) -> _Same:
        return self

    async def __aenter__(self) -> _Same:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def transaction(self, **_: object) -> object:
        # A snapshot can only begin a transaction; a savepoint in the open one does for looking.
        return self._connection.transaction()

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def test_the_command_says_what_holds_and_what_does_not(postgres_url: str) -> None:
    environment = {"TRANSIENTS_DATABASE__URL": postgres_url}
    assert ask("check", **environment)["violations"] == []
    with_store(postgres_url, lambda store: store.put_blob(b"a figure", "image/png"))
    with_store(postgres_url, _other_bytes)
    bad = command("check", "--json", **environment)
    assert bad.code == 1
    (violation,) = bad.data["violations"]
    assert violation["invariant"] == "blobs"
    assert bad.data["checked"]["blobs"] == 1
    people = command("check", **environment)
    assert people.code == 1
    assert "not those of its name" in people.out
    assert command("check", "--json").error["kind"] == "configuration"


async def _other_bytes(store: Store) -> None:
    connection = await asyncpg.connect(store.url)
    await connection.execute("UPDATE blob SET data = 'another'")
    await connection.close()

"""Events, assessments, circulars, publications, messages on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import subprocess
import sys
import textwrap

import msgspec
import pytest

from schemas import (
    Assessment,
    Circular,
    Contact,
    DataStatus,
    Event,
    Geometry,
    Instant,
    Message,
    Notice,
    NoticeEntry,
    Provenance,
    Publication,
    to_json,
)
from schemas.errors import NotFound, RefusedInput
from transients.store import Change, EventQuery, Store
from transients.store.assessments import File

NOW = Instant(utc="2026-11-22T16:00:00")


def notice(event_id: str = "S1", **more: object) -> Notice:
    fields: dict[str, object] = {"kind": "k", "messenger": "neutrino", "origin": "IceCube", "event_id": event_id}
    return Notice(**{**fields, "revision": "1", "role": "observation", **more})  # type: ignore[arg-type]


def count(last: Event | None, given: Notice, /, *, content_id: str, received: Instant) -> Event:
    """A folding that loses nothing: every content id is in the history."""
    entry = NoticeEntry(content_id=content_id, kind=given.kind, revision=given.revision, role=given.role, received=received)
    if last is not None:
        return msgspec.structs.replace(last, revision=last.revision + 1, history=(*last.history, entry))
    return Event(
        event_key=f"{given.origin}:{given.event_id}",
        event_id=given.event_id,
        origin=given.origin,
        messenger=given.messenger,
        role=given.role,
        revision=1,
        aliases=given.aliases,
        t0=given.time,
        policy="p",
        history=(entry,),
    )


def assessment(revision: int = 0, *, verdict: str = "pending", step: str = "1", **more: object) -> Assessment:
    fields: dict[str, object] = {
        "event_key": "IceCube:S1",
        "event_id": "S1",
        "event_revision": 1,
        "revision": revision,
        "mission": "INTEGRAL",
        "created": NOW,
        "role": "observation",
        "state": "active",
        "simulated": False,
        "verdict": verdict,
        "version": "1",
        "geometry": Geometry(
            t0=NOW, mission="INTEGRAL", revolution=1, phase=0.5, provenance=Provenance(step="geometry", version=step)
        ),
    }
    return Assessment(**{**fields, **more})  # type: ignore[arg-type]


async def now(store: Store) -> Instant:
    """The database's clock, as the rows have it."""
    async with store._connection() as connection:
        when: dt.datetime = await connection.fetchval("SELECT clock_timestamp()")
    return Instant.from_datetime(when)


async def test_folding_keeps_every_revision(store: Store) -> None:
    for n in range(3):
        event = await store.fold(f"c{n}", notice(), NOW, count)
        assert event is not None
        assert event.revision == n + 1
    assert await store.fold("c1", notice(), NOW, count) is None
    assert [event.revision for event in await store.event_revisions("IceCube:S1")] == [1, 2, 3]
    assert [entry.content_id for entry in (await store.event("IceCube:S1")).history] == ["c0", "c1", "c2"]


async def test_a_notice_that_makes_no_event_leaves_nothing(store: Store) -> None:
    assert await store.fold("c", notice(), NOW, lambda *_, **__: None) is None
    with pytest.raises(NotFound):
        await store.event("IceCube:S1")
    assert (await store.find_events(EventQuery())).total == 0


async def test_a_folding_that_miscounts_is_refused(store: Store) -> None:
    def twice(last: Event | None, given: Notice, /, *, content_id: str, received: Instant) -> Event:
        return msgspec.structs.replace(count(last, given, content_id=content_id, received=received), revision=2)

    with pytest.raises(ValueError, match="revision 2, not 1"):
        await store.fold("c", notice(), NOW, twice)
    with pytest.raises(NotFound):
        await store.event("IceCube:S1")


async def test_an_event_as_it_was_known(store: Store) -> None:
    before = await now(store)
    await store.fold("c0", notice(), NOW, count)
    between = await now(store)
    await store.fold("c1", notice(), NOW, count)
    assert (await store.event("IceCube:S1", as_of=between)).revision == 1
    assert (await store.event("IceCube:S1", as_of=await now(store))).revision == 2
    with pytest.raises(NotFound, match="known at"):
        await store.event("IceCube:S1", as_of=before)


async def test_tasks_fold_at_once_and_lose_nothing(store: Store) -> None:
    await asyncio.gather(*(store.fold(f"c{n}", notice(), NOW, count) for n in range(30)))
    event = await store.event("IceCube:S1")
    assert event.revision == 30
    assert {entry.content_id for entry in event.history} == {f"c{n}" for n in range(30)}


async def test_processes_fold_at_once_and_lose_nothing(store: Store, postgres_url: str) -> None:
    script = textwrap.dedent("""
        import asyncio, sys
        from transients.store import Store
        from integration_store_folding import NOW, count, notice

        async def main(url, name):
            store = await Store.open(url, pool_size=2)
            print("ready", flush=True)
            sys.stdin.readline()
            for n in range(25):
                await store.fold(f"{name}{n}", notice(), NOW, count)
                await store.fold(f"shared{n}", notice(), NOW, count)
            await store.aclose()

        asyncio.run(main(*sys.argv[1:]))
    """)
    # The helpers of this file, importable from the other processes.
    loader = f"import sys, importlib.util as u; s = u.spec_from_file_location('integration_store_folding', {__file__!r});"
    loader += "m = u.module_from_spec(s); sys.modules[s.name] = m; s.loader.exec_module(m)\n"
    command = [sys.executable, "-c", loader + script, postgres_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    start = functools.partial(subprocess.Popen, **pipes)  # type: ignore[call-overload]
    workers = [await asyncio.to_thread(start, [*command, name]) for name in ("a", "b")]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.stderr.read()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        _, errors = await asyncio.to_thread(worker.communicate, timeout=30)
        assert worker.returncode == 0, errors
    event = await store.event("IceCube:S1")
    assert event.revision == 75
    assert {entry.content_id for entry in event.history} == {f"{name}{n}" for name in ("a", "b", "shared") for n in range(25)}


async def test_finding_events(store: Store) -> None:
    for n, origin in enumerate(("IceCube", "Fermi-GBM", "IceCube")):
        given = notice(f"S{n}", origin=origin, time=Instant(utc=f"2026-01-0{n + 1}T00:00:00"), aliases=(f"GRB {n}", "Odd%_"))
        await store.fold(f"c{n}", given, NOW, count)
    await store.fold("c9", notice("S9"), NOW, count)
    await store.save_assessment(assessment(event_key="Fermi-GBM:S1"))
    page = await store.find_events(EventQuery(limit=2))
    assert [item.event.event_id for item in page.items] == ["S2", "S1"]
    assert page.total == 4
    assert page.items[0].assessment is None
    assert page.items[1].assessment is not None
    assert page.items[1].assessment.event_key == "Fermi-GBM:S1"
    assert (await store.find_events(EventQuery(offset=100))).total == 4
    assert [e.event_id for e in await store.events(query=EventQuery(origin="fermi"))] == ["S1"]
    assert [e.event_id for e in await store.events(query=EventQuery(text="grb 0"))] == ["S0"]
    assert len(await store.events(query=EventQuery(text="%_"))) == 3
    assert [e.event_id for e in await store.events(query=EventQuery(t0_from=Instant(utc="2026-01-02T00:00:00")))] == ["S2", "S1"]
    assert await store.event_keys("GRB 2") == ("IceCube:S2",)
    assert await store.event_keys("S9") == ("IceCube:S9",)
    assert await store.event_keys("IceCube:S0") == ("IceCube:S0",)


async def test_what_is_saved_is_what_will_be_read(store: Store) -> None:
    await store.fold("c0", notice(), NOW, count)
    ticked = DataStatus(instrument="SPI-ACS", tier="archive", completeness=1, source="a whole number in a field of floats")
    saved, _ = await store.save_assessment(assessment(data=(ticked,)))
    again, new = await store.save_assessment(assessment(data=(ticked,)))
    assert not new
    # A draft written after a crash names the facts as one written at once.
    assert to_json(saved) == to_json(again)


async def test_assessments_are_appended_and_the_same_facts_saved_once(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.save_assessment(assessment())
    await store.fold("c0", notice(), NOW, count)
    assert await store.assessment("IceCube:S1") is None
    first, new = await store.save_assessment(assessment(), {"a.png": File(b"1", "image/png")})
    assert (first.revision, new) == (1, True)
    later = assessment(created=Instant(utc="2026-11-23T00:00:00"), revision=99)
    assert await store.save_assessment(later, {"a.png": File(b"2", "image/png"), "b.txt": File(b"3", "text/plain")}) == (
        first,
        False,
    )
    between = await now(store)
    second, new = await store.save_assessment(assessment(step="2", verdict="detection"))
    assert (second.revision, new) == (2, True)
    # An old job that comes late does not supersede what is newer.
    assert await store.save_assessment(assessment()) == (first, False)
    assert await store.assessment("IceCube:S1") == second
    assert await store.assessment("IceCube:S1", 1) == first
    assert await store.assessment("IceCube:S1", as_of=between) == first
    assert await store.assessments("IceCube:S1") == (second, first)
    assert [artefact.name for artefact in await store.artefacts("IceCube:S1", 1)] == ["a.png", "b.txt"]
    assert await store.artefact("IceCube:S1", 1, "a.png") == b"1"
    assert await store.artefacts("IceCube:S1") == ()
    assert (await store.totals()).detections == 1
    with pytest.raises(NotFound):
        await store.assessment("IceCube:S1", 3)
    with pytest.raises(NotFound):
        await store.artefact("IceCube:S1", 1, "c.png")
    with pytest.raises(RefusedInput):
        await store.save_artefacts("IceCube:S1", 1, {"a.png": File(b"other", "image/png")})


async def test_assessments_at_once_count_without_gap(store: Store) -> None:
    await store.fold("c0", notice(), NOW, count)
    saved = await asyncio.gather(*(store.save_assessment(assessment(step=str(n % 6))) for n in range(24)))
    assert sorted(result.revision for result, new in saved if new) == [1, 2, 3, 4, 5, 6]


async def test_circulars(store: Store) -> None:
    await store.fold("c0", notice(), NOW, count)
    await store.save_assessment(assessment())
    assert await store.circular("IceCube:S1") is None
    draft = Circular(
        event_key="IceCube:S1", assessment_revision=1, variant="inactive", subject="s", body="b", facts_id="f", created=NOW
    )
    assert await store.save_circular(draft)
    assert not await store.save_circular(msgspec.structs.replace(draft, body="other"))
    assert await store.circular("IceCube:S1") == draft
    assert await store.circular("IceCube:S1", 1) == draft
    assert await store.circulars() == (draft,)
    with pytest.raises(NotFound):
        await store.circular("IceCube:none")


async def test_a_publication_follows_its_states(store: Store) -> None:
    intent = Publication(publication_key="k", channel="zenodo", event_key="e", assessment_revision=1, state="intended")
    results = await asyncio.gather(*(store.intend_publication(intent) for _ in range(8)))
    assert sum(new for _, new in results) == 1
    created = msgspec.structs.replace(intent, state="created", external_id="17")
    assert await store.advance_publication(created) == created
    assert await store.advance_publication(created) == created
    with pytest.raises(RefusedInput, match="created to published"):
        await store.advance_publication(msgspec.structs.replace(created, state="published"))
    with pytest.raises(NotFound):
        await store.advance_publication(msgspec.structs.replace(created, publication_key="other"))
    assert await store.intend_publication(intent) == (created, False)
    assert await store.publication_states("k") == ("intended", "created")
    assert await store.publications("e") == (created,)
    assert await store.publications(state="published") == ()


async def test_nobody_is_told_twice(store: Store) -> None:
    contact = Contact(channel="mail", address="a@example.org")
    message = Message(message_key="m", event_key="e", assessment_revision=1, to="A", contact=contact, subject="s", body="b")
    assert await store.intend_message(message) == (message, True)
    failed = msgspec.structs.replace(message, state="failed")
    await store.advance_message(failed)
    sent = msgspec.structs.replace(message, state="sent", sent=NOW)
    await store.advance_message(sent)
    with pytest.raises(RefusedInput):
        await store.advance_message(msgspec.structs.replace(sent, state="failed"))
    assert await store.intend_message(message) == (sent, False)
    assert await store.messages("e", "sent") == (sent,)


async def test_the_hold(store: Store) -> None:
    assert not await store.hold()
    await store.set_hold(True, "A. Person")
    assert await store.hold()
    await store.set_hold(False, "A. Person")
    assert not await store.hold()


async def test_changes_are_told_when_they_are_true(store: Store) -> None:
    changes = store.changes()
    waiting = asyncio.create_task(anext(changes))
    heard = []
    while not waiting.done():
        # Listening begins when the iterator is first asked; what was said before is not heard.
        await store.set_hold(True, "x")
        await asyncio.wait({waiting}, timeout=0.05)
    assert waiting.result().what == "hold"
    with contextlib.suppress(KeyError):
        async with store.transaction():
            await store.fold("lost", notice(), NOW, count)
            raise KeyError
    await store.fold("c0", notice(), NOW, count)
    await store.save_assessment(assessment())
    while len(heard) < 2:
        change = await asyncio.wait_for(anext(changes), 5)
        heard += [change] if change.what != "hold" else []
    assert heard == [
        Change(event_key="IceCube:S1", what="event", revision=1),
        Change(event_key="IceCube:S1", what="assessment", revision=1),
    ]
    await changes.aclose()  # type: ignore[attr-defined]

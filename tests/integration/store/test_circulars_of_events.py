"""Circulars and their events find each other, whichever comes first."""

from __future__ import annotations

import asyncpg
import pytest

import handlers
from schemas import CircularLink, Instant, Notice, RawAlert, sha256_hex
from transients.store import Folding, Store

NOW = Instant(utc="2026-11-22T16:00:00")


def notice(origin: str = "Fermi-GBM", event_id: str = "699896651", **changes: object) -> Notice:
    """A notice with a name that circulars use in another form."""
    plain = {"kind": "FERMI_GBM_FLT_POS", "messenger": "gamma-ray", "revision": "1", "role": "observation"}
    return Notice(**{**plain, "origin": origin, "event_id": event_id, **changes})


async def fold(store: Store, given: Notice, content_id: str = "c1") -> str:
    """Fold it; gives the event's key."""
    key = handlers.event_key(given)
    await store.fold_many([Folding(key, content_id, given, NOW)], handlers.fold)
    return key


async def receive(store: Store, number: str, version: int, *names: str, body: bytes | None = None) -> CircularLink:
    """A circular comes in."""
    link = CircularLink(
        kind="gcn.circulars", circular_id=number, version=version, subject=f"edit {version}", aliases=names, submitter="A. Nother"
    )
    body = f"{number} {version}".encode() if body is None else body
    await store.put_raw(
        RawAlert(content_id=sha256_hex(body), body=body, source="gcn", topic="gcn.circulars", partition=0, offset=0, received=NOW)
    )
    await store.record_parsed(sha256_hex(body), link, "v")
    return link


@pytest.mark.parametrize("first", ["event", "circular"])
async def test_either_may_come_first(store: Store, first: str) -> None:
    if first == "event":
        await fold(store, notice())
    link = await receive(store, "33405", 1, "GRB 230307A", "Fermi 699896651")
    key = await fold(store, notice())
    assert await store.circulars_of(key) == (link,)
    assert await store.events_of_circular("33405") == (key,)
    # The notices never say this name; the circular does.
    assert await store.event_keys("GRB230307A") == (key,)
    assert await store.event_keys("GRB 230307B") == ()


async def test_a_name_that_came_with_a_later_notice_links_too(store: Store) -> None:
    link = await receive(store, "9", 1, "bn230307656")
    key = await fold(store, notice())
    assert await store.circulars_of(key) == ()
    await fold(store, notice(revision="2", revision_order=(2,), aliases=("bn230307656",)), "c2")
    assert await store.circulars_of(key) == (link,)


async def test_an_edit_supersedes_and_erases_nothing(store: Store) -> None:
    key, other = await fold(store, notice()), await fold(store, notice(event_id="700000001"), "c2")
    first = await receive(store, "100", 1, "Fermi 700000001")
    second = await receive(store, "100", 2, "Fermi 699896651")
    late = await receive(store, "99", 1, "Fermi 699896651")
    assert await store.circulars_of(key) == (late, second)
    assert await store.circulars_of(other) == ()
    assert await store.circular_edits("100") == (first, second)
    assert await store.events_of_circular("100") == (key,)
    # The first edit again, as when a library lists it.
    await receive(store, "100", 1, "Fermi 700000001", body=b"the same edit in other bytes")
    assert await store.circulars_of(key) == (late, second)
    assert await store.circular_edits("100") == (first, second)


async def test_a_number_belongs_to_who_counts(store: Store) -> None:
    fermi, swift = await fold(store, notice(event_id="1186386")), await fold(store, notice("Swift", "1186386"), "c2")
    link = await receive(store, "1", 1, "Swift 1186386")
    assert await store.circulars_of(fermi) == ()
    assert await store.circulars_of(swift) == (link,)


async def test_a_circular_of_two_events_gives_neither_the_others_name(store: Store) -> None:
    burst = await fold(store, notice())
    wave = await fold(store, notice("LIGO Virgo KAGRA", "S230307x", kind="igwn.gwalert", messenger="gravitational-wave"), "c2")
    link = await receive(store, "1", 1, "S230307x", "Fermi 699896651")
    assert await store.circulars_of(burst) == await store.circulars_of(wave) == (link,)
    assert await store.event_keys("S230307x") == (wave,)
    assert await store.event_keys("699896651") == (burst,)


async def test_a_document_understood_anew_replaces_its_link(store: Store) -> None:
    key = await fold(store, notice())
    await receive(store, "5", 1)
    assert await store.circulars_of(key) == ()
    link = await receive(store, "5", 1, "Fermi 699896651")
    assert await store.circulars_of(key) == (link,)


async def test_events_of_the_version_before_are_named_later(store: Store, postgres_url: str) -> None:
    key = await fold(store, notice())
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("UPDATE event SET names = NULL")
    await connection.close()
    link = await receive(store, "5", 1, "Fermi 699896651")
    assert await store.circulars_of(key) == ()
    assert await store.name_events() == 1
    assert await store.name_events() == 0
    assert await store.circulars_of(key) == (link,)

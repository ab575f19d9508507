"""What needs no database."""

from __future__ import annotations

import msgspec
import pytest

from schemas import Assessment, DataStatus, Geometry, Instant, Provenance
from transients.store.assessments import facts_key
from transients.store.database import searchable
from transients.store.migrations import load_migrations
from transients.store.queries import load_queries

NOW = Instant(utc="2026-11-22T16:00:00")
GEOMETRY = Geometry(t0=NOW, mission="INTEGRAL", revolution=1, phase=0.5, provenance=Provenance(step="geometry", version="1"))
BASE = Assessment(
    event_key="IceCube:S1",
    event_id="S1",
    event_revision=1,
    revision=1,
    mission="INTEGRAL",
    created=NOW,
    role="observation",
    state="active",
    simulated=False,
    verdict="pending",
    version="1",
    geometry=GEOMETRY,
)


@pytest.mark.parametrize("change", [{"revision": 7}, {"created": Instant(utc="2026-11-23T00:00:00")}])
def test_number_and_time_of_computing_are_no_facts(change: dict[str, object]) -> None:
    assert facts_key(msgspec.structs.replace(BASE, **change)) == facts_key(BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"event_revision": 2},
        {"verdict": "detection"},
        {"state": "retracted"},
        {"mission": "other"},
        {"simulated": True},
        {"version": "2"},
        {"geometry": None},
        {"geometry": msgspec.structs.replace(GEOMETRY, provenance=Provenance(step="geometry", version="2"))},
        {"data": (DataStatus(instrument="SPI-ACS", tier="nrt", completeness=1.0, source="s"),)},
        {"caveats": ("one",)},
        {"own_triggers": (("WEAK", "1", 0.0),)},
    ],
)
def test_everything_else_is(change: dict[str, object]) -> None:
    assert facts_key(msgspec.structs.replace(BASE, **change)) != facts_key(BASE)


def test_migrations_are_numbered_without_gap() -> None:
    numbers = [int(migration.name[:4]) for migration in load_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_query_has_text() -> None:
    for name, text in load_queries().items():
        assert text.rstrip().endswith(";"), name


@pytest.mark.parametrize(("given", "kept"), [(None, None), ("", ""), ("a\x00b", "a\ufffdb"), ("é", "é")])
def test_text_for_searching_has_no_nul(given: str | None, kept: str | None) -> None:
    assert searchable(given) == kept

"""The page of alerts says what the handlers do."""

from __future__ import annotations

from pathlib import Path

import pytest
from handler_samples import every_sample

from handlers import parse
from handlers.builtin import registry
from handlers.catalogue import END, START, entries, table, updated
from handlers.facts import NONE, share
from schemas import Circle, Notice

PAGE = Path(__file__).resolve().parents[3] / "docs" / "alerts.md"
ENTRIES = {entry.kind: entry for entry in entries()}


def test_the_page_is_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert updated(page) == page, (
        "run: python -m handlers.catalogue < docs/alerts.md > alerts.new && mv alerts.new docs/alerts.md"
    )


def test_every_kind_that_makes_a_record_is_in_it() -> None:
    kinds = {kind for handler in registry if handler.name not in ("housekeeping", "standin", "canary") for kind in handler.kinds}
    assert set(ENTRIES) == kinds
    assert all(f"| `{kind}` |" in table() for kind in kinds)


@pytest.mark.parametrize("name", sorted(every_sample()))
def test_it_says_what_a_sample_shows(name: str) -> None:
    got = parse(every_sample()[name])
    if not isinstance(got, Notice):
        return
    entry = ENTRIES[got.kind]
    assert got.messenger == entry.messenger
    assert got.origin.startswith(entry.origin) or entry.origin == "by the telescope"
    assert entry.policy is not None
    if isinstance(got.region, Circle) and got.region.radius_deg is not None and "as the notice says" not in entry.radius:
        # A kind whose position is a sentinel in truth has one in a sample of our own making.
        assert entry.radius in (share(got.region.containment, got.region.systematic_included), NONE)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="catalogue"):
        updated("# nothing")
    assert updated(f"a{START}old{END}b").startswith(f"a{START}\n\n| kind")

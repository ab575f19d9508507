"""What a source puts in the place of a document it could not take is refused with the source's reason."""

from __future__ import annotations

import json

import pytest

from handlers import parse
from ingest.standin import stand_in
from schemas import Refusal


@pytest.mark.parametrize("reason", ["broken-archive", "no-such-file", "too-large", "unreadable"])
def test_it_is_refused_with_the_sources_reason_and_says_what_it_stands_for(reason: str) -> None:
    data = stand_in(reason, "inbox/map.fits", "more than is taken", size_bytes=17_000_000)
    parsed = parse(data, topic="inbox/map.fits")
    assert isinstance(parsed, Refusal)
    assert parsed.reason == reason
    assert parsed.message == "inbox/map.fits (17000000 bytes): more than is taken"


def test_the_same_trouble_is_the_same_bytes_and_another_is_not() -> None:
    first = stand_in("too-large", "a", "m", size_bytes=1)
    assert first == stand_in("too-large", "a", "m", size_bytes=1)
    assert first != stand_in("too-large", "a", "m", size_bytes=2)


def test_long_names_are_cut() -> None:
    assert len(stand_in("unreadable", "n" * 100_000, "m" * 100_000)) < 3000


@pytest.mark.parametrize("change", [{"reason": "html"}, {"reason": 1}, {"size_bytes": "many"}, {"more": 1}, {"message": None}])
def test_one_that_others_wrote_is_no_alert_either(change: dict[str, object]) -> None:
    forged = json.loads(stand_in("too-large", "a", "m")) | change
    parsed = parse(json.dumps(forged).encode())
    assert isinstance(parsed, Refusal)
    assert parsed.reason == "not-an-alert"

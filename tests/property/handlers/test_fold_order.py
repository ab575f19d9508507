"""Folding is idempotent, and its result does not depend on the order of arrival, history aside."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import event_key, fold
from schemas import Circle, Event, Instant, Notice, Significance, sha256_hex

INSTANTS = st.integers(0, 59).map(lambda s: Instant(utc=f"2024-05-06T07:08:{s:02d}"))
REGIONS = st.builds(
    Circle,
    ra_deg=st.sampled_from([0.0, 10.0, 359.0]),
    dec_deg=st.sampled_from([0.0, -90.0]),
    radius_deg=st.sampled_from([None, 1.0]),
)


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    retraction = draw(st.booleans())
    group = draw(st.sampled_from(["CBC", "Burst"]))
    return Notice(
        kind="igwn.gwalert", messenger="gravitational-wave", origin="LIGO Virgo KAGRA", event_id="S1",
        aliases=tuple(draw(st.sets(st.sampled_from("ABC")))), revision="x",
        revision_order=tuple(draw(st.lists(st.integers(0, 2), min_size=1, max_size=2))),
        role=draw(st.sampled_from(["observation", "test", "utility"])), retraction=retraction, time=draw(optional(INSTANTS)),
        time_error_s=draw(optional(st.just(0.5))), issued=draw(optional(INSTANTS)), region=draw(optional(REGIONS)),
        significance=draw(optional(st.builds(Significance, far_hz=st.sampled_from([1e-9, 1e-7])))),
        properties=draw(st.sampled_from([{}, {"HasNS": 0.0}, {"HasNS": 1.0}])), duration_s=draw(optional(st.just(0.0))),
        instruments=draw(st.sampled_from([(), ("H1",)])), fields={} if retraction else {"event/group": group},
    )  # fmt: skip


def fold_all(arrivals: list[Notice]) -> Event:
    event: Event | None = None
    for notice in arrivals:
        content_id = sha256_hex(msgspec.json.encode(notice))
        event = fold(event, notice, content_id=content_id, received=Instant(utc="2024-06-01T00:00:00"))
    assert event is not None
    return event


def timeless(event: Event) -> tuple[Event, list[str]]:
    return msgspec.structs.replace(event, history=()), sorted(entry.content_id for entry in event.history)


@settings(deadline=None, max_examples=300)
@given(st.lists(notices(), min_size=1, max_size=6).flatmap(lambda seq: st.tuples(st.just(seq), st.permutations(seq))))
def test_any_order_gives_the_same_event(orders: tuple[list[Notice], list[Notice]]) -> None:
    one, other = orders
    assert timeless(fold_all(one)) == timeless(fold_all(other))


@settings(deadline=None)
@given(st.lists(notices(), min_size=1, max_size=4))
def test_again_changes_nothing(arrivals: list[Notice]) -> None:
    assert fold_all(arrivals + arrivals) == fold_all(arrivals)


@settings(deadline=None)
@given(notices(), notices())
def test_a_test_leaves_an_observation_alone(first: Notice, second: Notice) -> None:
    real = msgspec.structs.replace(first, role="observation")
    drill = msgspec.structs.replace(second, role="test")
    assert event_key(real) != event_key(drill)
    before, after = fold_all([real]), fold_all([real, drill])
    assert msgspec.structs.replace(after, history=before.history, revision=before.revision) == before

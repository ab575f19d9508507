"""How many jobs of which lanes a worker has at once."""

from __future__ import annotations

import pytest

from transients.store.places import places_for
from transients.store.queue import FIRST_LANE, OUTSIDE

KINDS = ("assess", "draw", "deliver", "publish")


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_one_place_more_than_asked_for_what_goes_first_and_one_that_the_rest_has_first(concurrency: int) -> None:
    inside = [places for places in places_for(KINDS, concurrency) if not places.turns[0] & OUTSIDE.keys()]
    assert sum(places.size for places in inside) == concurrency + 1
    assert all(places.turns[-1] >= {FIRST_LANE} for places in inside)
    # What is not first finds all of them but the first's own; of one it has the first turn.
    rest = frozenset({"assess", "draw"})
    assert sum(places.size for places in inside if rest <= frozenset().union(*places.turns)) == concurrency
    assert [(places.size, *places.turns) for places in inside if len(places.turns) > 1] == [
        (1, frozenset({"assess"}), frozenset({"draw", FIRST_LANE}))
    ]


def test_what_waits_for_others_servers_has_places_of_its_own() -> None:
    outside = {places.turns: places.size for places in places_for(KINDS, 2) if places.turns[0] & OUTSIDE.keys()}
    assert outside == {(frozenset({kind}),): OUTSIDE[kind] for kind in ("deliver", "publish")}

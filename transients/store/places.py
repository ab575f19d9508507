"""The places of a worker: how many jobs it has at once, of which lanes, and whose turn it is where several wait."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from .queue import FIRST_LANE, LEISURELY, OUTSIDE


@dataclasses.dataclass
class Places:
    """So many places with one rule.

    Attributes
    ----------
    size
        How many there are.
    turns
        Lanes whose jobs they take. Of one turn's lanes the highest priority goes first; a later turn's have theirs where an earlier
        turn's have nothing due.
    busy
        How many are taken.
    """

    size: int
    turns: tuple[frozenset[str], ...]
    busy: int = 0

    @property
    def free(self) -> int:
        """How many are not."""
        return self.size - self.busy


def places_for(kinds: Iterable[str], concurrency: int) -> list[Places]:
    """The places of a worker that has `concurrency` jobs at once.

    One more is for what goes first alone, so it need not wait for what takes long. And one of the others takes it only while nothing
    else is due but what is leisurely: however many first looks there are, the rest gets on. What waits for others' servers has places of
    its own.
    """
    every = frozenset(kinds)
    inside, first = every - OUTSIDE.keys(), frozenset({FIRST_LANE})
    pressing, leisurely = inside - LEISURELY, inside & LEISURELY
    found = [
        Places(concurrency - 1, (inside | first,)),
        Places(1, (first,)),
        Places(1, (pressing, leisurely | first)),
        *(Places(OUTSIDE[kind], (frozenset({kind}),)) for kind in sorted(every & OUTSIDE.keys())),
    ]
    return [places for places in found if places.size]

"""The sky: orientation, maps, and what planners ask."""

from __future__ import annotations

from collections.abc import Iterator

from . import orient, overlaps, planning, skymaps
from .lines import Line
from .sizes import Sizes


def measure(sizes: Sizes) -> Iterator[Line]:
    """Directions first, then maps, then planning."""
    yield from orient.measure(sizes)
    yield from skymaps.measure(sizes)
    yield from overlaps.measure(sizes)
    yield from planning.measure(sizes)

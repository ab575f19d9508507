"""The sky: orientation and maps."""

from __future__ import annotations

from collections.abc import Iterator

from . import orient, overlaps, skymaps
from .lines import Line
from .sizes import Sizes


def measure(sizes: Sizes) -> Iterator[Line]:
    """Directions first, then a map, then two."""
    yield from orient.measure(sizes)
    yield from skymaps.measure(sizes)
    yield from overlaps.measure(sizes)

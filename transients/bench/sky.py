"""The sky: orientation and maps."""

from __future__ import annotations

from collections.abc import Iterator

from . import orient, skymaps
from .lines import Line
from .sizes import Sizes


def measure(sizes: Sizes) -> Iterator[Line]:
    """Directions first, then maps."""
    yield from orient.measure(sizes)
    yield from skymaps.measure(sizes)

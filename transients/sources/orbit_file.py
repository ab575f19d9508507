"""The orbit of another spacecraft, out of a file: state vectors or two-line elements."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from schemas import Instant, OrbitState
from schemas.errors import NoData

from .recorded import Recorded, read_recorded


@dataclass(frozen=True)
class OrbitFile:
    """Called, it tells the place at an instant. It holds no more than the path, so it goes to other processes; each reads it once.

    Raises
    ------
    NoData
        The file tells nothing of that instant.
    RefusedInput
        It is no orbit, or cannot be read.
    """

    path: str

    def __call__(self, at: Instant) -> OrbitState:
        found = _read(self.path)
        for table in found.orbits:
            try:
                return table.at(at)
            except NoData:
                continue
        if not found.elements:
            raise NoData(f"none of {len(found.orbits)} tables of state vectors covers {at}", where=self.path)
        return min(found.elements, key=lambda elements: abs(elements.age_days(at))).at(at)


@functools.lru_cache(maxsize=16)
def _read(path: str) -> Recorded:
    return read_recorded([Path(path)])

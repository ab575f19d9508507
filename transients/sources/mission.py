"""What a distribution brings to have its mission in the house: one object, found by its name in the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from schemas import Instant

from ..missions import Mission, MissionFacts
from .base import DataSource
from .files import FileSource

Clock: TypeAlias = Callable[[], Instant]


def recorded(path: Path, mission: Mission) -> DataSource:
    """Recorded files in the forms that the house reads; light curves in its own archive's form are of any mission."""
    return FileSource([path], mission)


@dataclass(frozen=True, kw_only=True)
class MissionPlugin:
    """A mission with all that the program needs of it. An entry point of the group `transients.missions` names one.

    Attributes
    ----------
    facts
        Its name, instruments and circular style: what records that name the mission are read by.
    make
        The mission, with the response of an operator's file, or, for "", that which ships.
    files
        The source for a file or folder. One that has none of the mission's data raises or answers `NoData`.
    services
        The source for the address of data services: (address, mission, seconds a request may take, clock). None: it has none.
    simulator
        The source for `sim[:SEED]`: (seed, mission). All of its data says that it is simulated. None: it has none.
    """

    facts: MissionFacts
    make: Callable[[str], Mission]
    files: Callable[[Path, Mission], DataSource] = recorded
    services: Callable[[str, Mission, float, Clock], DataSource] | None = None
    simulator: Callable[[int, Mission], DataSource] | None = None

    @property
    def name(self) -> str:
        """The mission's name, as `mission.name` in the settings."""
        return self.facts.name

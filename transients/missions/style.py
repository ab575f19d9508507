"""How circulars speak of a mission: what is the mission's own in texts that are otherwise the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .base import Instrument


@dataclass(frozen=True)
class LongExcessNote:
    """A sentence that belongs under a table which lists an excess longer than this."""

    above_s: float
    text: str


@dataclass(frozen=True, kw_only=True)
class CircularStyle:
    """The mission's own words and references. All are optional but its keyword.

    Attributes
    ----------
    keyword
        What a subject must name: circulars are accepted by keyword.
    families
        Names under which subjects put several instruments together; others go by their own.
    leading
        Families that are named first.
    references
        Printed under a result of a search, "[1] …".
    search_reference
        Which of them describes the search: "[1]". Empty: the published search is named by its paper.
    azimuth_origin
        Where the azimuth in the spacecraft's frame begins.
    long_excess
        Notes by instrument.
    between_revolutions
        Why there is no data between two revolutions: a sentence with {before} and {after}.
    outside_data
        Why there is no data in another planned gap: a sentence.
    authors
        Author lines after the people on shift, where the settings have none.
    creators
        Names put as creators of deposits, where the settings have none.
    """

    keyword: str
    families: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    leading: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    search_reference: str = ""
    azimuth_origin: str = "Z"
    long_excess: Mapping[str, LongExcessNote] = field(default_factory=lambda: MappingProxyType({}))
    between_revolutions: str = ""
    outside_data: str = ""
    authors: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissionFacts:
    """What is true of a mission without an instance of it: records name their mission, and are read by these facts."""

    name: str
    instruments: Mapping[str, Instrument]
    style: CircularStyle

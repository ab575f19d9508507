"""The figures of an event, each with words for those who cannot see it."""

from __future__ import annotations

from schemas import Assessment, Event, Record
from transients.store import Artefact

#: What the figures of a result show, by the first part of their names.
_KNOWN = {
    "allsky": "Map of the whole sky with the region, the pointing and the Earth",
    "lightcurve": "Count rate against time",
    "history": "Angle from the pointing axis against time, and the time at each angle",
    "limits": "Map of the upper limit over the region",
    "sensitivity": "Upper limits against duration and the chance to find a burst against its fluence",
    "visibility": "Days in which the region can be pointed at, and the visible part of it",
}


class Figure(Record, frozen=True, kw_only=True):
    """An image file and its description."""

    name: str
    alt: str


def figures(files: tuple[Artefact, ...], event: Event, assessment: Assessment | None) -> tuple[Figure, ...]:
    """The images among the files."""
    made = assessment is not None and assessment.simulated
    note = " (SIMULATED)" if made else ""
    return tuple(
        Figure(name=f.name, alt=f"{_subject(f.name)} of {event.event_id}{note}")
        for f in files
        if f.media_type.startswith("image/")
    )


def _subject(name: str) -> str:
    stem = name.rpartition(".")[0] or name
    what, _, which = stem.partition("-")
    words = _KNOWN.get(what, what.replace("_", " "))
    return f"{words}, {which}," if which else words

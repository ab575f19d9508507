"""The figures of an event, each with words for those who cannot see it."""

from __future__ import annotations

from schemas import Assessment, Event, Record
from transients.store import Artefact


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
    words = stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]

"""What came when, and what was made of it when."""

from __future__ import annotations

import re

from schemas import Assessment, CircularLink, Event, Instant, Record


class HistoryLine(Record, frozen=True, kw_only=True):
    """A notice of the event."""

    content_id: str
    kind: str
    revision: str
    role: str
    retraction: bool
    issued: Instant | None
    received: Instant


class RevisionLine(Record, frozen=True, kw_only=True):
    """A revision of the assessment."""

    revision: int
    event_revision: int
    verdict: str
    created: Instant
    parts: str


def circular_address(link: CircularLink) -> str | None:
    """Where a circular is read; None where its number is none."""
    number = link.circular_id
    return f"https://gcn.nasa.gov/circulars/{number}" if re.fullmatch(r"\d+(?:\.5)?", number, re.ASCII) else None


def history_lines(event: Event) -> tuple[HistoryLine, ...]:
    """The notices, newest first."""
    return tuple(
        HistoryLine(
            content_id=n.content_id,
            kind=n.kind,
            revision=n.revision,
            role=n.role,
            retraction=n.retraction,
            issued=n.issued,
            received=n.received,
        )
        for n in reversed(event.history)
    )


def revision_lines(assessments: tuple[Assessment, ...]) -> tuple[RevisionLine, ...]:
    """The assessments, newest first, and which parts each has."""
    return tuple(
        RevisionLine(
            revision=a.revision,
            event_revision=a.event_revision,
            verdict=a.verdict,
            created=a.created,
            parts=", ".join(_parts(a)) or "nothing yet",
        )
        for a in sorted(assessments, key=lambda a: -a.revision)
    )


def _parts(assessment: Assessment) -> list[str]:
    parts = ["geometry"] if assessment.geometry is not None else []
    parts += [f"search of {s.instrument}" for s in assessment.searches]
    parts += ["all detectors together"] if assessment.joint is not None else []
    return parts + (["limits"] if assessment.limits is not None else [])

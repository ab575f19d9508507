"""Which circular a result calls for, and its subject line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from schemas import Assessment, Event
from schemas.errors import RefusedInput

from .facts import ALL_HIDDEN, detecting, event_name, hidden_by_earth, instrument_phrase, searched, strongest, style_of

Variant = Literal["detection", "non-detection", "inactive", "no-data", "retraction"]


def variant_of(assessment: Assessment) -> Variant | None:
    """Which circular an assessment calls for; None while there is nothing to say ("pending", or no time of the event)."""
    match assessment.verdict:
        case "detection" | "non-detection" | "inactive":
            return assessment.verdict
        case "retracted":
            return "retraction"
        case "no-data":
            return "no-data" if assessment.geometry is not None else None
        case "pending":
            return None


def subject(variant: Variant, event: Event, assessment: Assessment) -> str:
    """The subject of a variant, without the mark of a simulation or a test."""
    return _SUBJECTS[variant](event, assessment)


def _detection_subject(event: Event, assessment: Assessment) -> str:
    search = detecting(assessment)
    best = None if search is None else strongest(search)
    if search is None or best is None:
        raise RefusedInput("a detection without an excess", where=assessment.event_key)
    weak = "Weakly associated counterpart" if best[1].classification not in ("likely", "tentatively") else "Counterpart"
    where = instrument_phrase([search.instrument], style_of(assessment))
    if hidden_by_earth(assessment) >= ALL_HIDDEN:
        return f"{event_name(event)}: Excess in {assessment.mission} {where}, the position was behind the Earth"
    return f"{event_name(event)}: {weak} candidate in {assessment.mission} {where} prompt observation"


def _non_detection_subject(event: Event, assessment: Assessment) -> str:
    names = instrument_phrase(searched(assessment), style_of(assessment))
    if hidden_by_earth(assessment) >= ALL_HIDDEN:
        return f"{event_name(event)}: {assessment.mission} {names} did not see the position, behind the Earth"
    return f"{event_name(event)}: No counterpart candidates in {assessment.mission} {names} prompt observation"


_SUBJECTS: dict[Variant, Callable[[Event, Assessment], str]] = {
    "detection": _detection_subject,
    "non-detection": _non_detection_subject,
    "inactive": lambda event, a: f"{event_name(event)}: {a.mission} was inactive at the time of the event",
    "no-data": lambda event, a: (
        f"{event_name(event)}: {a.mission} observing conditions at the time of the event, no data at hand"
    ),
    "retraction": lambda event, a: f"{event_name(event)}: {a.mission} results follow the retraction of the event",
}

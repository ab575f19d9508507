"""What each variant of a circular tells, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Assessment, CircularLink, DataExpectation, Event, RevolutionWindow
from schemas.errors import RefusedInput
from transients.missions import CircularStyle

from . import sentences
from .excesses import has_spikes, longest_listed_s, tables
from .facts import event_name, searched, style_of, utc_text
from .subjects import Variant
from .text import wrap

#: The revolutions before and after a break in the data.
_Gap = tuple[RevolutionWindow, RevolutionWindow]


def story(
    variant: Variant, event: Event, assessment: Assessment, circulars: Sequence[CircularLink], *, triggers_heard: bool
) -> list[str | None]:
    """The paragraphs of a variant, in order; None where there is nothing to say.

    Raises
    ------
    RefusedInput
        If the assessment lacks the facts that the variant stands on.
    """
    match variant:
        case "detection" | "non-detection":
            return _observation(event, assessment, circulars, triggers_heard)
        case "inactive":
            return _inactive(event, assessment, circulars)
        case "no-data":
            return _no_data(event, assessment, circulars)
        case "retraction":
            return _retraction(event)


def _observation(
    event: Event, assessment: Assessment, circulars: Sequence[CircularLink], triggers_heard: bool
) -> list[str | None]:
    if not assessment.searches:
        raise RefusedInput("no light curve was searched: there is no finding to report", where=assessment.event_key)
    return [
        sentences.data_used(event, assessment, circulars),
        sentences.operations(assessment),
        sentences.orientation(assessment),
        sentences.occultation(assessment),
        sentences.response(assessment),
        sentences.background(assessment),
        sentences.methods(assessment),
        sentences.finding(event, assessment),
        sentences.published_limits(event, assessment),
        sentences.own_limits(assessment),
        tables(assessment),
        _table_notes(assessment),
        sentences.own_triggers(event, assessment) if triggers_heard else None,
        sentences.caveats(assessment),
    ]


def _table_notes(assessment: Assessment) -> str | None:
    of_instruments = style_of(assessment).long_excess
    longest_s = longest_listed_s(assessment)
    found = [of_instruments[name] for name in searched(assessment) if name in of_instruments]
    notes = [note.text for note in found if longest_s > note.above_s]
    if has_spikes(assessment):
        notes.append("* marks the shape of a charged-particle hit.")
    return wrap(" ".join(notes)) if notes else None


def _inactive(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> list[str | None]:
    geometry = assessment.geometry
    expected = None if geometry is None else geometry.expectation
    if geometry is None or expected is None:
        raise RefusedInput("an inactive circular needs the data expectation at T0", where=assessment.event_key)
    gap = _gap(expected)
    at = (
        f"{geometry.mission} gave no scientific data at {utc_text(geometry.t0)}, the time T0 of "
        f"{event_name(event)}{_cited(circulars)}.{_why(gap, style_of(assessment))}"
    )
    return [wrap(at), wrap(_break(expected, gap)), sentences.caveats(assessment)]


def _cited(circulars: Sequence[CircularLink]) -> str:
    return f" (GCN {', '.join(c.circular_id for c in circulars)})" if circulars else ""


def _gap(expected: DataExpectation) -> _Gap | None:
    """The revolutions before and after the break, None where the break is not between two revolutions."""
    for before, after in ((expected.previous, expected.this), (expected.this, expected.next)):
        if before is not None and after is not None and before.stop <= expected.at <= after.start:
            return before, after
    return None


def _why(gap: _Gap | None, style: CircularStyle) -> str:
    """Why there is no data, in the mission's own words, where it has any."""
    if gap is None:
        return f" {style.outside_data}" if style.outside_data else ""
    said = style.between_revolutions.format(before=gap[0].number, after=gap[1].number)
    return f" {said}" if said else ""


def _break(expected: DataExpectation, gap: _Gap | None) -> str:
    """When the last data ended and the next were expected, as far as either is known."""
    last = expected.last_data or (gap[0].stop if gap else None)
    following = expected.next_data or (gap[1].start if gap else None)
    error = "" if expected.error_s is None else f", uncertain by {_uncertain(expected.error_s)}"
    times = [
        "" if last is None else f"The last data before T0 ended at {utc_text(last)}.",
        "" if following is None else f"The next data were expected from {utc_text(following)}.",
        f"No scientific data were taken in between (source: {expected.source}{error})." if last and following else "",
    ]
    return " ".join(t for t in times if t)


def _uncertain(error_s: float) -> str:
    return f"{error_s / 3600:.1f} h" if error_s >= 360.0 else f"{error_s:.0f} s"


def _no_data(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> list[str | None]:
    statement = (
        f"No {assessment.mission} count rates about {event_name(event)}{_cited(circulars)} were available to this analysis. "
        "Nothing is said here of a counterpart, and no limit is set."
    )
    return [
        wrap(statement),
        sentences.operations(assessment),
        sentences.orientation(assessment),
        sentences.region(assessment),
        sentences.caveats(assessment),
    ]


def _retraction(event: Event) -> list[str | None]:
    entry = next((e for e in reversed(event.history) if e.retraction), None)
    when = ""
    if entry is not None:
        issued = entry.issued or entry.received
        when = f" (notice {entry.kind}, {'issued' if entry.issued else 'received'} {utc_text(issued)})"
    return [
        wrap(
            f"{event_name(event)} was retracted by {event.origin}{when}. Anything reported here about this event stands as an "
            "observation of that time and place, and no longer as that of a counterpart to it."
        )
    ]

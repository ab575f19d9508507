"""Drafts of circulars: detection, non-detection, inactive, no data, retraction. A person checks, signs and sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from schemas import Assessment, Circular, CircularLink, DataExpectation, Event, Instant, RevolutionWindow, sha256_hex, to_json
from schemas.errors import RefusedInput

from . import sentences
from .excesses import has_spikes, longest_listed_s, tables
from .facts import detecting, event_name, instrument_phrase, mark, searched, strongest, utc_text, warning
from .text import ascii_text, paragraphs, wrap

Variant = Literal["detection", "non-detection", "inactive", "no-data", "retraction"]

#: Stands where the people on shift belong while nobody is; the style check refuses a text that still has it.
UNSIGNED = "(nobody on shift: name of the sender)"

_REFERENCES = ("[1] Savchenko et al. 2017, A&A 603, A46", "[2] Savchenko et al. 2012, A&A 541, A122")
#: Above this duration SPI-ACS noise has a red component (Savchenko et al. 2012), which the published figure ignores.
_RED_NOISE_S = 2.0


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


def draft(
    event: Event,
    assessment: Assessment,
    *,
    people: Sequence[str],
    authors: Sequence[str],
    status: str,
    created: Instant,
    links: Mapping[str, str] | None = None,
    data_links: Mapping[str, str] | None = None,
    circulars: Sequence[CircularLink] = (),
    triggers_heard: bool = True,
) -> Circular:
    """Write the draft that the assessment calls for, in lines of at most 70 columns of ASCII.

    Parameters
    ----------
    people : sequence of str
        Those on shift, first among the authors; empty puts `UNSIGNED`, which `check_circular` refuses.
    authors : sequence of str
        Author lines from the settings.
    status : str
        Closing sentence on what the product is (preliminary, official).
    created : Instant
        The time written into the record; the text does not depend on it.
    links, data_links : mapping of name to address, optional
        Pages about the result, and its published data (DOI).
    circulars : sequence of CircularLink
        Circulars about the event received so far.
    triggers_heard : bool
        Whether the mission's own alerts were listened to; if not, nothing is said of them.

    Raises
    ------
    RefusedInput
        If the assessment calls for no circular, or lacks the facts its variant stands on.
    """
    variant = variant_of(assessment)
    if variant is None:
        raise RefusedInput(f'verdict "{assessment.verdict}" calls for no circular', where=assessment.event_key)
    subject = _SUBJECTS[variant](event, assessment)
    if variant == "inactive":
        story = _inactive(event, assessment, circulars)
    elif variant == "retraction":
        story = _retraction(event)
    elif variant == "no-data":
        story = _no_data(event, assessment, circulars)
    else:
        story = _observation(event, assessment, circulars, triggers_heard)
    word = mark(assessment)
    body = paragraphs(
        [
            warning(assessment),
            "\n".join(wrap(line) for line in (", ".join(people) or UNSIGNED, *authors)),
            *story,
            sentences.listing(links or {}),
            wrap(status),
            "\n".join(_REFERENCES) if variant in ("detection", "non-detection") else None,
            _made_by(assessment),
            sentences.listing(data_links or {}),
        ]
    )
    return Circular(
        event_key=assessment.event_key,
        assessment_revision=assessment.revision,
        variant=variant,
        subject=ascii_text(f"{word} - {subject}" if word else subject),
        body=body,
        facts_id=sha256_hex(to_json(assessment)),
        created=created,
    )


def _observation(
    event: Event, assessment: Assessment, circulars: Sequence[CircularLink], triggers_heard: bool
) -> list[str | None]:
    if not assessment.searches:
        raise RefusedInput("no light curve was searched: there is no finding to report", where=assessment.event_key)
    return [
        sentences.data_used(event, assessment, circulars),
        sentences.operations(assessment),
        sentences.orientation(assessment),
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
    notes = []
    if any(s.instrument == "SPI-ACS" for s in assessment.searches) and longest_listed_s(assessment) > _RED_NOISE_S:
        notes.append(
            "SPI-ACS noise has a red component above 2 s, so the false-alarm probability (FAP) of longer excesses may be "
            "underestimated [2]."
        )
    if has_spikes(assessment):
        notes.append("* marks the shape of a charged-particle hit.")
    return wrap(" ".join(notes)) if notes else None


def _made_by(assessment: Assessment) -> str:
    text = f"Made by transients {assessment.version}, assessment revision {assessment.revision}"
    if assessment.limits is not None:
        text += f", response: {assessment.limits.response_source}"
    return wrap(f"{text}.")


def _gap(expected: DataExpectation) -> tuple[RevolutionWindow, RevolutionWindow] | None:
    """The revolutions before and after the break, None where the break is not between two revolutions."""
    for before, after in ((expected.previous, expected.this), (expected.this, expected.next)):
        if before.stop <= expected.at <= after.start:
            return before, after
    return None


def _inactive(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> list[str | None]:
    geometry = assessment.geometry
    expected = None if geometry is None else geometry.expectation
    if geometry is None or expected is None:
        raise RefusedInput("an inactive circular needs the data expectation at T0", where=assessment.event_key)
    numbers = "".join(f" (GCN {', '.join(c.circular_id for c in circulars)})" if circulars else "")
    gap = _gap(expected)
    because = ""
    if gap is not None:
        because = (
            " Its orbit is elongated, and near each perigee the instruments are off while it crosses the radiation belts; the "
            f"event fell into the perigee passage between revolutions {gap[0].number} and {gap[1].number}."
        )
    at = (
        f"{geometry.mission} gave no scientific data at {utc_text(geometry.t0)}, the time T0 of {event_name(event)}{numbers}."
        f"{because}"
    )
    error = "" if expected.error_s is None else f", uncertain by {expected.error_s / 3600:.1f} h"
    last = expected.last_data or (gap[0].stop if gap else None)
    following = expected.next_data or (gap[1].start if gap else None)
    times = [
        "" if last is None else f"The last data before T0 ended at {utc_text(last)}.",
        "" if following is None else f"The next data were expected from {utc_text(following)}.",
        f"No scientific data were taken in between (source: {expected.source}{error})." if last and following else "",
    ]
    return [wrap(at), wrap(" ".join(t for t in times if t)), sentences.caveats(assessment)]


def _no_data(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> list[str | None]:
    numbers = "".join(f" (GCN {', '.join(c.circular_id for c in circulars)})" if circulars else "")
    statement = (
        f"No {assessment.mission} count rates about {event_name(event)}{numbers} were available to this analysis. Nothing is said "
        "here of a counterpart, and no limit is set."
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


def _detection_subject(event: Event, assessment: Assessment) -> str:
    search = detecting(assessment)
    best = None if search is None else strongest(search)
    if search is None or best is None:
        raise RefusedInput("a detection without an excess", where=assessment.event_key)
    weak = "Weakly associated counterpart" if best[1].classification not in ("likely", "tentatively") else "Counterpart"
    where = instrument_phrase([search.instrument])
    return f"{event_name(event)}: {weak} candidate in {assessment.mission} {where} prompt observation"


def _non_detection_subject(event: Event, assessment: Assessment) -> str:
    names = instrument_phrase(searched(assessment))
    return f"{event_name(event)}: No counterpart candidates in {assessment.mission} {names} prompt observation"


_SUBJECTS: dict[str, Callable[[Event, Assessment], str]] = {
    "detection": _detection_subject,
    "non-detection": _non_detection_subject,
    "inactive": lambda event, a: f"{event_name(event)}: {a.mission} was inactive at the time of the event",
    "no-data": lambda event, a: (
        f"{event_name(event)}: {a.mission} observing conditions at the time of the event, no data at hand"
    ),
    "retraction": lambda event, a: f"{event_name(event)}: {a.mission} results follow the retraction of the event",
}

"""Drafts of circulars: detection, non-detection, inactive, no data, retraction. A person checks, signs and sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas import Assessment, Circular, CircularLink, Event, Instant, sha256_hex, to_json
from schemas.errors import RefusedInput

from . import sentences
from .facts import mark, style_of, warning
from .stories import story
from .subjects import subject, variant_of
from .text import ascii_text, paragraphs, wrap

#: Stands where the people on shift belong while nobody is; the style check refuses a text that still has it.
UNSIGNED = "(nobody on shift: name of the sender)"


def draft(
    event: Event,
    assessment: Assessment,
    *,
    people: Sequence[str],
    authors: Sequence[str] | None,
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
    authors : sequence of str or None
        Author lines from the settings; None: those of the mission.
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
    style = style_of(assessment)
    word, title = mark(assessment), subject(variant, event, assessment)
    body = paragraphs(
        [
            warning(assessment),
            _authors(people, style.authors if authors is None else authors),
            *story(variant, event, assessment, circulars, triggers_heard=triggers_heard),
            sentences.listing(links or {}),
            wrap(status),
            "\n".join(style.references) if variant in ("detection", "non-detection") else None,
            _made_by(assessment),
            sentences.listing(data_links or {}),
        ]
    )
    return Circular(
        event_key=assessment.event_key,
        assessment_revision=assessment.revision,
        variant=variant,
        subject=ascii_text(f"{word} - {title}" if word else title),
        body=body,
        facts_id=sha256_hex(to_json(assessment)),
        created=created,
    )


def _authors(people: Sequence[str], authors: Sequence[str]) -> str:
    return "\n".join(wrap(line) for line in (", ".join(people) or UNSIGNED, *authors))


def _made_by(assessment: Assessment) -> str:
    text = f"Made by transients {assessment.version}, assessment revision {assessment.revision}"
    if assessment.limits is not None:
        text += f", response: {assessment.limits.response_source}"
    return wrap(f"{text}.")

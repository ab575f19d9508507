"""What is worth telling, to whom, and in which few words. Pure: the same facts give the same messages with the same keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from schemas import Assessment, Contact, Event, Grade, Message, Shift
from transients.config import NotifySettings
from transients.report import event_name, mark
from transients.report.facts import detecting, has_position, strongest
from transients.report.numbers import percent, probability, significance
from transients.report.text import ascii_text

from .contacts import read_contact

Occasion = Literal["new", "detection", "withdrawn", "retracted"]

#: Two short messages of a phone: what does not fit is cut, the address never.
LONGEST_BODY = 300
LONGEST_SUBJECT = 90

_GRADES: tuple[Grade, ...] = ("low", "medium", "high", "very high")
_WORDS = {
    "new": "new event",
    "detection": "DETECTION",
    "withdrawn": "detection withdrawn",
    "retracted": "event retracted",
}


def messages_for(
    event: Event,
    assessment: Assessment,
    previous: Assessment | None,
    shifts: Iterable[Shift],
    settings: NotifySettings,
    url: str | None,
    *,
    told: Collection[Message] = (),
) -> tuple[Message, ...]:
    """The messages that this assessment calls for, a person and address once each.

    Told are: an event whose urgency reaches the least grade, or for which its messenger's policy wakes people; a detection;
    a detection that better data took back; the retraction of anything told before. The last two go also to whoever was told
    before, on shift or not. Tests are never told.

    Parameters
    ----------
    previous : Assessment, optional
        The assessment before this one.
    settings : NotifySettings
    url : str, optional
        The event's page.
    told : collection of Message
        Messages of this event from before. A message whose key is among them is not given again, and a retraction goes to whom
        it must even if `previous` is not at hand.

    Returns
    -------
    tuple of Message
        `message_key` is unique to event, occasion and address: storing it once makes telling twice impossible.
    """
    if assessment.role != "observation":
        return ()
    keys = {message.message_key for message in told}
    before = _occasions(keys, event.event_key)
    occasion = _occasion(assessment, previous, settings, before)
    if occasion is None:
        return ()
    turn = sum(o.startswith("withdrawn") for o in before)
    name = occasion if turn == 0 or occasion not in ("detection", "withdrawn") else f"{occasion}-{turn + 1}"
    subject, body = _subject(event, assessment, occasion), _body(event, assessment, occasion, url)
    messages = {}
    reached = [*reached_now(shifts, settings)]
    if occasion in ("withdrawn", "retracted"):
        reached += [(message.to, message.contact) for message in told if message.state != "failed"]
    for person, contact in reached:
        key = f"{event.event_key}|{name}|{contact.channel}:{contact.address}"
        if key not in keys:
            messages[key] = Message(
                message_key=key,
                event_key=event.event_key,
                assessment_revision=assessment.revision,
                to=person,
                contact=contact,
                subject=subject,
                body=body,
                url=url,
            )
    return tuple(messages.values())


def _occasions(told: Collection[str], event_key: str) -> set[str]:
    start = f"{event_key}|"
    return {key.removeprefix(start).split("|", 1)[0] for key in told if key.startswith(start)}


def _occasion(assessment: Assessment, previous: Assessment | None, settings: NotifySettings, before: set[str]) -> Occasion | None:
    known = bool(before) or (previous is not None and _worth(previous, settings))
    detected = sum(o.startswith("detection") for o in before) > sum(o.startswith("withdrawn") for o in before)
    detected = detected or (not before and previous is not None and previous.verdict == "detection")
    if assessment.state == "retracted" or assessment.verdict == "retracted":
        return "retracted" if known else None
    if assessment.verdict == "detection":
        return "detection"
    if detected and assessment.verdict in ("non-detection", "inactive", "no-data"):
        return "withdrawn"
    return "new" if _urgent(assessment, settings) else None


def _urgent(assessment: Assessment, settings: NotifySettings) -> bool:
    urgency = None if assessment.geometry is None else assessment.geometry.urgency
    graded = urgency is not None and _GRADES.index(urgency.grade) >= _GRADES.index(settings.least_grade)
    return graded or assessment.wake


def _worth(assessment: Assessment, settings: NotifySettings) -> bool:
    return assessment.verdict == "detection" or _urgent(assessment, settings)


def reached_now(shifts: Iterable[Shift], settings: NotifySettings) -> Iterator[tuple[str, Contact]]:
    """Whom a new occasion is told to, and how: who is on shift, and who is told `always`."""
    for shift in shifts:
        for contact in shift.contacts:
            yield shift.person, contact
    for text in settings.always:
        yield "always", read_contact(text)


def _subject(event: Event, assessment: Assessment, occasion: Occasion) -> str:
    word = mark(assessment)
    text = f"{word + ': ' if word else ''}{event_name(event)}: {_WORDS[occasion]}, {assessment.mission}"
    return _one_line(text)[:LONGEST_SUBJECT]


def _body(event: Event, assessment: Assessment, occasion: Occasion, url: str | None) -> str:
    said = [*_facts(event, assessment, occasion)]
    word = mark(assessment)
    text = _one_line(f"{word + '. ' if word else ''}{' '.join(said)}")
    room = LONGEST_BODY - (0 if url is None else len(url) + 1)
    text = text if len(text) <= room else f"{text[: max(room - 3, 0)].rstrip()}..."
    return text if url is None else f"{text}\n{url}"


def _one_line(text: str) -> str:
    """Notices are written by others: no line of theirs may become a line (or a header) of ours."""
    return " ".join(ascii_text(text).split())


def _facts(event: Event, assessment: Assessment, occasion: Occasion) -> Iterable[str]:
    yield f"{event_name(event)}: {_WORDS[occasion]}."
    if event.t0 is not None:
        yield f"T0 {event.t0.utc} UTC."
    if occasion == "retracted":
        return
    yield from _finding(assessment)
    geometry = assessment.geometry
    if geometry is None:
        return
    if geometry.urgency is not None:
        reasons = ", ".join(reason for _, reason in geometry.urgency.reasons)
        yield f"Urgency {geometry.urgency.grade}{f': {reasons}' if reasons else ''}."
    if geometry.orientation is not None and has_position(geometry):
        yield f"Theta {geometry.orientation.theta_deg:.0f} deg ({geometry.orientation.word})."
    if geometry.visibility is not None:
        yield f"Visible {percent(geometry.visibility.visible_fraction)}."


def _finding(assessment: Assessment) -> Iterable[str]:
    search = detecting(assessment)
    best = None if search is None else strongest(search)
    if search is not None and best is not None:
        excess = best[1]
        chance = "" if excess.fap is None else f", FAP {probability(excess.fap)}"
        yield f"{search.instrument}: S/N {significance(excess.snr)} at T0{excess.t_start_s:+.1f} s{chance}."
    elif assessment.verdict != "pending":
        yield f"Verdict: {assessment.verdict}."

"""What is told, to whom, once."""

from __future__ import annotations

import itertools

import msgspec
import outgoing_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Assessment, Contact, Message, Shift, Urgency
from transients.config import NotifySettings
from transients.notify import messages_for
from transients.notify.rules import LONGEST_BODY, LONGEST_SUBJECT

MAIL = Contact(channel="mail", address="a@example.org")
HOOK = Contact(channel="webhook", address="https://chat.example.org/hook")
SHIFT = Shift(
    person="A. Person", start=samples.at("2023-05-18T00:00:00"), stop=samples.at("2023-05-19T00:00:00"), contacts=(MAIL, HOOK)
)
URL = "https://transients.example.org/events/S230518h"


def graded(grade: str | None, **changes: object) -> Assessment:
    urgency = None if grade is None else Urgency(grade=grade, reasons=((grade, "for a reason"),))
    return samples.assessment(**{"geometry": samples.geometry(urgency=urgency), **changes})


def told_of(
    assessment: Assessment, previous: Assessment | None = None, told: tuple[Message, ...] = (), **options: object
) -> tuple[Message, ...]:
    settings = NotifySettings(**options)
    return messages_for(samples.event(), assessment, previous, (SHIFT,), settings, URL, told=told)


def occasions(messages: tuple[Message, ...]) -> set[str]:
    return {m.message_key.split("|")[1] for m in messages}


@pytest.mark.parametrize(("grade", "least", "yes"), [
    ("very high", "high", True), ("high", "high", True), ("medium", "high", False), ("low", "low", True), (None, "low", False),
])  # fmt: skip
def test_a_new_event_by_its_urgency(grade: str | None, least: str, yes: bool) -> None:
    messages = told_of(graded(grade), least_grade=least)
    assert occasions(messages) == ({"new"} if yes else set())


def test_everybody_once_per_address() -> None:
    again = msgspec.structs.replace(SHIFT, person="The same, twice on the rota")
    settings = NotifySettings(always=("mail:a@example.org", "mail:all@example.org"))
    messages = messages_for(samples.event(), graded("high"), None, (SHIFT, again), settings, URL)
    assert sorted(m.contact.address for m in messages) == ["a@example.org", "all@example.org", HOOK.address]
    assert len({m.message_key for m in messages}) == 3


def test_nobody_is_told_twice() -> None:
    first = told_of(graded("high"))
    keys = tuple(m.message_key for m in first)
    assert told_of(graded("very high", revision=4), graded("high"), first) == ()
    # Without the list of what was told, the keys are the same: the store refuses them.
    assert {m.message_key for m in told_of(graded("high", revision=4), graded("high"))} == set(keys)


def test_a_detection_is_always_told() -> None:
    messages = told_of(samples.detection(geometry=None), least_grade="very high")
    assert occasions(messages) == {"detection"}
    assert "S/N 2600 at T0+0.4 s, FAP 1.0e-7" in messages[0].body


def test_a_retraction_is_told_only_to_follow_something_told() -> None:
    gone = graded("high", state="retracted", verdict="retracted", revision=5)
    assert told_of(gone) == ()
    assert told_of(gone, graded("low")) == ()
    assert occasions(told_of(gone, graded("high"))) == {"retracted"}
    told = told_of(graded("high"))
    assert occasions(told_of(gone, graded("low", revision=4), told)) == {"retracted"}
    told += told_of(gone, None, told)
    assert told_of(gone, None, told) == ()


def test_a_retraction_goes_to_whoever_was_told_before_on_shift_or_not() -> None:
    gone = graded("high", state="retracted", verdict="retracted", revision=5)
    told = told_of(graded("high"))
    nobody = NotifySettings(always=("mail:late@example.org",))
    later = messages_for(samples.event(), gone, None, (), nobody, URL, told=told)
    assert sorted(m.contact.address for m in later) == sorted(["late@example.org", *(m.contact.address for m in told)])
    failed = tuple(msgspec.structs.replace(message, state="failed") for message in told)
    assert [m.contact.address for m in messages_for(samples.event(), gone, None, (), nobody, URL, told=failed)] == [
        "late@example.org"
    ]


def test_a_detection_taken_back_and_found_again() -> None:
    log: tuple[Message, ...] = ()
    seen, quiet = samples.detection(), graded("low")
    story = []
    for before, now in itertools.pairwise([quiet, seen, seen, quiet, quiet, seen, quiet]):
        messages = told_of(now, before, log)
        story.append(sorted(occasions(messages)))
        log += messages
    assert story == [["detection"], [], ["withdrawn"], [], ["detection-2"], ["withdrawn-2"]]


def test_tests_are_never_told() -> None:
    assert told_of(samples.detection(role="test")) == ()
    assert told_of(samples.detection(role="utility")) == ()


def test_simulated_data_say_so_first() -> None:
    (message, _) = told_of(samples.detection(simulated=True))
    assert message.subject.startswith("SIMULATED DATA: ")
    assert message.body.startswith("SIMULATED DATA. ")


def test_the_digest_of_a_new_event() -> None:
    message = told_of(samples.assessment())[0]
    assert message.subject == "LIGO/Virgo/KAGRA S230518h: new event, INTEGRAL"
    assert message.body == (
        "LIGO/Virgo/KAGRA S230518h: new event. T0 2023-05-18T12:59:08 UTC. Verdict: non-detection. "
        "Urgency very high: NS, nearby. Theta 136 deg (bottom). Visible 1.3%.\n" + URL
    )


@given(st.text(max_size=600), st.lists(st.text(max_size=200), max_size=5), st.booleans())
def test_short_enough_for_a_phone_whatever_a_notice_says(event_id: str, reasons: list[str], with_url: bool) -> None:
    urgency = Urgency(grade="high", reasons=tuple(("high", r) for r in reasons))
    event = samples.event(event_id=event_id, origin="X\r\nBcc: y@z")
    assessment = samples.assessment(geometry=samples.geometry(urgency=urgency), event_id=event_id)
    for message in messages_for(event, assessment, None, (SHIFT,), NotifySettings(), URL if with_url else None):
        assert len(message.body) <= LONGEST_BODY
        assert len(message.subject) <= LONGEST_SUBJECT
        assert message.subject.isascii()
        assert message.subject.isprintable()
        assert "\r" not in message.body
        assert message.body.count("\n") == with_url
        assert message.body.endswith(URL) == with_url

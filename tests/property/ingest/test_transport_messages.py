"""Whatever a peer sends is told apart without an error, and whatever is answered can be read again."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ingest.transport import EventMessage, TransportMessage, answer, read_message
from schemas import Instant

NOW = Instant.parse("2026-01-02T03:04:05.678")
REAL = [
    answer("iamalive", "ivo://a/b", "ivo://c/d", NOW),
    b'<?xml version="1.0" encoding="UTF-16"?><voe:VOEvent xmlns:voe="x" ivorn="ivo://a/b#c" role="test"><Who/></voe:VOEvent>',
    b"<!DOCTYPE a [<!ENTITY x 'y'>]><Transport role='&x;'><Origin>&x;</Origin></Transport>",
]
#: What XML 1.0 can hold, without blanks at the ends, which are cut.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=50)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real message with bytes replaced, cut out, or put in."""
    data = bytearray(draw(st.sampled_from(REAL)))
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(data)


@given(st.one_of(st.binary(max_size=200), mutated()))
@example(b"\xef\xbb\xbf" * 30_000)
@example(b"<" * 200_000)
@example(b"<VOEvent " + b"".join(b"a%d='%d' " % (n, n) for n in range(20_000)) + b"ivorn='x'/>")
def test_anything_is_told_apart(data: bytes) -> None:
    assert isinstance(read_message(data), TransportMessage | EventMessage)


@given(st.sampled_from(["iamalive", "authenticate", "ack", "nak"]), TEXT, TEXT, TEXT)
def test_an_answer_says_what_it_is_about(role: str, origin: str, identity: str, result: str) -> None:
    assert read_message(answer(role, origin, identity, NOW, result=result)) == TransportMessage(role, origin)


@given(TEXT)
def test_what_is_read_as_an_identity_can_be_answered(ivorn: str) -> None:
    escaped = ivorn.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    message = read_message(f'<VOEvent ivorn="{escaped}"/>'.encode())
    assert message == EventMessage(ivorn)
    assert read_message(answer("ack", ivorn, "", NOW)) == TransportMessage("ack", ivorn)

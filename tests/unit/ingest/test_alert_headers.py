"""What a carrier says beside the bytes, as text."""

from __future__ import annotations

import json
import uuid

import pytest

from ingest.headers import header_texts

IDENTITY = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("_sender", b"a person", "a person"),
        ("_test", b"", ""),
        ("_test", None, ""),
        ("_id", IDENTITY.bytes, str(IDENTITY)),
        ("_id", b"plain text", "plain text"),
        ("other", IDENTITY.bytes, "0x0123456789abcdef0123456789abcdef"),
        ("nul", b"a\x00b", "a\\x00b"),
        ("accents", "é".encode(), "é"),
        ("text", "already", "already"),
    ],
)
def test_values_become_text(name: str, value: bytes | str | None, text: str) -> None:
    assert header_texts([(name, value)]) == {name: text}


def test_a_header_that_comes_again_keeps_every_value() -> None:
    assert header_texts([("a", b"1"), ("b", b""), ("a", b"2")]) == {"a": "1, 2", "b": ""}


def test_a_sender_that_sends_too_much_is_cut_short() -> None:
    found = header_texts([(f"h{n}", b"x" * 100_000) for n in range(1000)])
    assert len(found) == 64
    assert all(len(value) == 1024 for value in found.values())
    assert len(next(iter(header_texts([("n" * 5000, b"\xff" * 5000)])))) == 1024


def test_names_that_no_database_takes_are_escaped() -> None:
    found = header_texts([("a\x00b", b"1"), ("\ud800", b"2")])
    assert found == {"a\\x00b": "1", "\\ud800": "2"}
    assert json.dumps(found).encode()

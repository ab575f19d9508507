"""Whether a circular may be sent: what a careful editor would send back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas import Circular
from transients.missions.known import known_style

from .circular import UNSIGNED
from .text import WIDTH

#: Longest subject that mail programs show whole.
_SUBJECT_WIDTH = 140
_EMPTY = (
    (re.compile(r"\b(None|NaN|nan|null|undefined|TODO|XXX+)\b"), "an unfilled value"),
    (re.compile(r"(?<![\w.])[-+]?inf\b", re.IGNORECASE), "an infinite number"),
    (re.compile(r"\(\s*\)|\[\s*\]|\{[^}]*\}"), "empty or template brackets"),
    (re.compile(r"\b(by|of|in|from|for|is|was|at|than) ?[.,;:](?!\d)"), "a sentence that breaks off"),
    (re.compile(r"\d[eE][-+]?0\d"), "an exponent with a leading zero"),
    (re.compile(r"\b\w*(https?://)?\w*:\w+@\S+"), "an address with a password"),
)


def check_circular(circular: Circular, mission: str) -> list[str]:
    """List what is wrong with a circular, a line each; an empty list: fit to be signed.

    Checked: lines of at most 70 columns (a bare address may be longer), printable ASCII, no tabs or trailing blanks, a subject
    of one line with an event and the mission's keyword (GCN accepts subjects by keyword), no unfilled values, somebody to sign.
    """
    return [*_subject(circular.subject, known_style(mission).keyword), *_body(circular.body)]


def _subject(subject: str, keyword: str) -> Iterator[str]:
    if "\n" in subject or not subject.isascii():
        yield "subject: must be one line of ASCII"
    if len(subject) > _SUBJECT_WIDTH:
        yield f"subject: {len(subject)} characters, at most {_SUBJECT_WIDTH}"
    if ": " not in subject:
        yield 'subject: must read "EVENT: result"'
    if keyword not in subject:
        yield f"subject: does not name {keyword}, a keyword by which circulars are accepted"
    for pattern, what in _EMPTY:
        if pattern.search(subject):
            yield f"subject: {what}"


def _body(body: str) -> Iterator[str]:
    if not body.strip():
        yield "body: empty"
    if UNSIGNED in body:
        yield "body: nobody signs it"
    for number, line in enumerate(body.splitlines(), start=1):
        if len(line) > WIDTH and not re.fullmatch(r"\s*\S+", line):
            yield f"line {number}: {len(line)} columns, at most {WIDTH}"
        if any(not " " <= letter <= "~" for letter in line):
            yield f"line {number}: a character outside printable ASCII"
        if line != line.rstrip():
            yield f"line {number}: trailing blanks"
        for pattern, what in _EMPTY:
            found = pattern.search(line)
            if found is not None:
                yield f"line {number}: {what}: {found[0]!r}"
    if "\n\n\n" in body:
        yield "body: more than one empty line in a row"

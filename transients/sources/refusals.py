"""The error texts of the data services, also inside a page that came with status 200, and what each means."""

from __future__ import annotations

import re

from schemas.errors import BadRequest, NoData, RefusedInput, ServiceRefused, TransientsError


class OverRevolution(BadRequest):
    """The request crosses a revolution boundary and must be split there."""

    kind = "over-revolution"


#: Text (compared in lower case) and the class it means. Order matters: the first that is found.
_TEXTS: tuple[tuple[str, type[TransientsError]], ...] = (
    ("over revolution", OverRevolution),
    ("bad target", BadRequest),
    ("no access to the data", ServiceRefused),
    ("this service are limited", ServiceRefused),
    ("no auxiliaty data", NoData),
    ("no auxiliary data", NoData),
    ("no data", NoData),
    ("zero data", NoData),
    ("nodata", NoData),
    ("zerodata", NoData),
)
_TAG = re.compile(r"<[^>]*>")


def plain_text(text: str) -> str:
    """Text without HTML tags and runs of blanks; "<br>" has become a line end."""
    lines = _TAG.sub(" ", re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def is_page(text: str) -> bool:
    """Whether the text is an HTML page."""
    head = text.lstrip()[:400].lower()
    return head.startswith(("<!doctype", "<html", "<head", "<body")) or "<html" in head


def error_in(text: str, name: str) -> TransientsError | None:
    """The error that a reply without usable data means, or None when it holds no known error text.

    Parameters
    ----------
    text
        The reply. Call this only when nothing could be read from it: a long reply may quote such a text in a comment.
    name
        The input, named in the error.
    """
    plain = plain_text(text)
    lower = plain.lower()
    for phrase, kind in _TEXTS:
        position = lower.find(phrase)
        if position >= 0:
            line = next(line for line in plain[position:].splitlines() if line)
            return kind(f"the reply says: {line[:160]}", where=name)
    return None


def refusal(text: str, name: str, expected: str) -> TransientsError:
    """The error for a reply that is not what was expected: what it says, or that it is something else altogether."""
    known = error_in(text, name)
    if known is not None:
        return known
    what = "an HTML page" if is_page(text) else "text" if text.strip() else "empty"
    start = plain_text(text)[:80].replace("\n", " / ")
    return RefusedInput(f"{what}, not {expected}" + (f": {start!r}" if start else ""), where=name)

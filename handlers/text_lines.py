"""Lines of GCN's text notices: "KEY:   value", values that go on in the next line, keys that stand many times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .refused import Refused

#: A key, which may begin with a digit ("2nd_MOST_LIKELY"), and the rest of its line.
_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_]{1,29}):(?:\s+(.*))?$", re.ASCII)
#: Lines of one notice: real ones have at most about 70.
_MAX_LINES = 2000
#: Characters of one value: real comments have at most some hundred.
_MAX_VALUE = 20_000

#: Values by key in upper case, in the order of the document; a key that repeats has several.
Fields = Mapping[str, tuple[str, ...]]


def read_lines(text: str) -> Fields:
    """Read the lines of one notice.

    A line that begins with blanks goes on with the value above it ("\\n" between); lines without a key are left out.

    Raises
    ------
    Refused
        text-notice: several notices in one text, or more lines than any notice has.
    """
    found: dict[str, list[list[str]]] = {}
    last: list[str] = []
    lines = text.splitlines()
    if len(lines) > _MAX_LINES:
        raise Refused("text-notice", f"{len(lines)} lines are more than a notice has")
    for line in lines:
        if not line.strip():
            continue
        if match := _LINE.match(line):
            key = match[1].upper()
            if key == "TITLE" and key in found:
                raise Refused("text-notice", "several notices in one text: which of them is meant cannot be told")
            last = [(match[2] or "").strip()]
            found.setdefault(key, []).append(last)
        elif line[0] in " \t" and last:
            last.append(line.strip())
    return {key: tuple("\n".join(parts) for parts in values) for key, values in found.items()}


def fields_of_json(value: Mapping[str, Any]) -> Fields:
    """A text notice that a broker has taken apart: keys in lower case, repeated ones joined by line feeds."""
    found: dict[str, tuple[str, ...]] = {}
    for key, item in value.items():
        if isinstance(item, str) and isinstance(key, str):
            if len(item) > _MAX_VALUE:
                raise Refused("text-notice", f"{len(item)} characters under {key[:30]!r} are more than a notice has")
            found[key.upper()] = (
                tuple(line.strip() for line in item.split("\n")) if key.lower() == "comments" else (item.strip(),)
            )
    return found


def is_taken_apart(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a text notice taken apart."""
    title = value.get("title")
    return isinstance(title, str) and title.startswith("GCN/") and isinstance(value.get("notice_type"), str)


def is_notice(keys: Iterable[str]) -> bool:
    """Whether keys are those of a notice."""
    return not {"NOTICE_TYPE", "NOTICE_DATE"}.isdisjoint(keys)

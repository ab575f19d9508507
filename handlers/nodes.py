"""A VOEvent that a broker made JSON of, as the elements it was made from."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from .limits import MAX_DEPTH, MAX_NODES
from .refused import Refused

#: Names of the attributes of VOEvents (1.1 and 2.0): JSON does not say which of its scalars were attributes.
_ATTRIBUTES = frozenset({
    "ivorn", "role", "version", "name", "value", "unit", "ucd", "dataType", "utype", "cite", "id", "coord_system_id",
    "probability", "relation", "importance", "expires", "uri", "type", "mimetype", "meaning", "units", "href", "xmlns",
    "schemaLocation",
})  # fmt: skip
#: Keys under which converters put the text of an element that has attributes too.
_TEXT = ("#text", "$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}", re.ASCII)
#: Characters that XML cannot carry.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element_from_json(tag: str, value: Any) -> Any:
    """Build the tree of elements from parsed JSON: a scalar is text or an attribute, a list repeats its element.

    "@name" is an attribute, "#text" and "$" are the text beside attributes. Raises Refused (malformed-json).
    """
    return _element(tag, value, 0, [MAX_NODES])


def _element(tag: str, value: Any, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise Refused("malformed-json", "nested too deeply or too large for a VOEvent")
    element = etree.Element(_name(tag))
    if not isinstance(value, dict):
        element.text = _text(value)
        return element
    for key, item in value.items():
        name = key.lstrip("@").rpartition(":")[2]
        if key in _TEXT:
            element.text = _text(item)
        elif not isinstance(item, dict | list) and (key.startswith("@") or name in _ATTRIBUTES):
            element.set(_name(name), _text(item))
        else:
            for each in item if isinstance(item, list) else (item,):
                element.append(_element(name, each, depth + 1, budget))
    return element


def _name(name: str) -> str:
    """A name of an element or attribute; one that XML does not allow is refused: no VOEvent had it."""
    if not _NAME.fullmatch(name):
        raise Refused("malformed-json", f"{name[:40]!r} is no name of an element")
    return name


def _text(value: Any) -> str:
    """A JSON scalar as text, as JSON prints it; null is empty. A list within a list is kept as it prints."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(value)).strip()

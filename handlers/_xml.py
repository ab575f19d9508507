"""XML as a tree, hardened: no document types, no entities, no network, bounded in size."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .limits import MAX_NODES
from .refused import Refused

_SAFE: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True, "remove_blank_text": True, "collect_ids": False,
}  # fmt: skip
_PARSER = etree.XMLParser(recover=False, **_SAFE)


def read_root(data: bytes) -> Any:
    """The root element of a document.

    Raises
    ------
    Refused
        doctype, malformed-xml.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("doctype", "a document type or entity declaration has no place in an alert")
    # An element begins with one "<" and ends with at most another: what has many more is not even parsed.
    marks = data.count(b"<")
    if marks > 3 * MAX_NODES:
        raise Refused("malformed-xml", "too large for a VOEvent")
    root = _parsed(data)
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise Refused("doctype", "a document type declaration has no place in an alert")
    if marks > MAX_NODES and sum(1 for _ in root.iter()) > MAX_NODES:
        raise Refused("malformed-xml", "too large for a VOEvent")
    return root


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2] if name[0] == "{" else name


def _parsed(data: bytes) -> Any:
    try:
        return etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        root = _read_over_prefixes(data)
        if root is None:
            raise Refused("malformed-xml", f"not well-formed XML: {error}") from error
        return root


def _read_over_prefixes(data: bytes) -> Any:
    """The root element where prefixes that nobody declared ("xsi:schemaLocation") are the only fault, else None."""
    # A parser of its own: the faults it lists are those of this document.
    lenient = etree.XMLParser(recover=True, **_SAFE)
    try:
        root = etree.fromstring(data, lenient)
    except (etree.XMLSyntaxError, ValueError):
        return None
    faults = {entry.type for entry in lenient.error_log if entry.level >= etree.ErrorLevels.ERROR}
    if root is None or faults != {etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE}:
        return None
    for element in root.iter():
        if element.tag[0] != "{":
            element.tag = element.tag.rpartition(":")[2]
    return root

"""Messages of the VOEvent Transport Protocol, version 2.0: what a peer says beside its alerts, and what it is answered.

Elements are known by their local names: brokers write the namespace of version 1.1, that of 2.0, or none.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import cast

from lxml import etree

from schemas import Instant

#: What the brokers in use write; they know messages by the role, whatever the namespace.
_NAMESPACE = "http://www.telescope-networks.org/xml/Transport/v1.1"
#: A transport message has some hundred bytes.
_MAX_BYTES = 64 * 1024
#: The start of a document within which its root element's attributes stand.
_HEAD_BYTES = 64 * 1024
_BROKEN = (etree.XMLSyntaxError, ValueError)
_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class TransportMessage:
    """Something said about the line: `role` is "iamalive", "authenticate", "ack" or "nak", `origin` who says it."""

    role: str
    origin: str


@dataclass(frozen=True, slots=True)
class EventMessage:
    """An alert. `ivorn` is None where it has no identity that can be answered: no VOEvent, or one that is broken."""

    ivorn: str | None


def read_message(data: bytes) -> TransportMessage | EventMessage:
    """Tell messages about the line from alerts, by the root element alone; never raises.

    Whatever is no transport message is an alert, garbage too: it is for the handlers to refuse it, with its bytes kept.
    """
    root = _root(data)
    if root is None:
        return EventMessage(None)
    name = root.tag.rpartition("}")[2]
    if name == "Transport" and len(data) <= _MAX_BYTES:
        return TransportMessage(root.get("role", ""), _origin(data))
    return EventMessage((root.get("ivorn") or None) if name == "VOEvent" else None)


def answer(role: str, origin: str, identity: str, now: Instant, *, result: str = "") -> bytes:
    """What is said back.

    Parameters
    ----------
    role : str
        "iamalive" and "authenticate" as asked; "ack" or "nak" for an alert.
    origin : str
        What is answered: the IVORN of an alert, or the identity of who asked.
    identity : str
        Who answers; empty: nobody is named.
    now : Instant
        The time of the answer.
    result : str
        Why, for people.
    """
    root = etree.Element(f"{{{_NAMESPACE}}}Transport", {"role": role, "version": "1.0"}, nsmap={"trn": _NAMESPACE})
    etree.SubElement(root, "Origin").text = origin
    if identity:
        etree.SubElement(root, "Response").text = identity
    etree.SubElement(root, "TimeStamp").text = f"{now.utc}Z"
    if result:
        etree.SubElement(etree.SubElement(root, "Meta"), "Result").text = result
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _is_declared(data: bytes) -> bool:
    """Whether it declares a document type or entities. Nothing else is read but UTF-8, so the words cannot hide."""
    return b"<!DOCTYPE" in data or b"<!ENTITY" in data


def _root(data: bytes) -> etree._Element | None:
    """The root element with its attributes; None where there is none to be had safely."""
    head = data[: _HEAD_BYTES + len(_BLANK)].lstrip(_BLANK)
    if not head.startswith(b"<") or _is_declared(head):
        return None
    parser = etree.XMLPullParser(
        ("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    with contextlib.suppress(*_BROKEN):
        parser.feed(head)
    # Broken behind its root, or cut off there: what was read before that counts.
    with contextlib.suppress(*_BROKEN):
        for _, element in parser.read_events():
            return cast("etree._Element", element)
    return None


def _origin(data: bytes) -> str:
    """The Origin of a transport message; empty where it is broken."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(data.lstrip(_BLANK), parser)
    except _BROKEN:
        return ""
    for child in root:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == "Origin":
            return (child.text or "").strip()
    return ""

"""GCN's own messages: the heartbeat, and circulars (JSON, as SCiMMA wraps them, and the old text form)."""

from __future__ import annotations

import re
from typing import Any

from schemas import CircularLink, Heartbeat, Instant, Notice, Parsed, Policy

from .documents import Document, JsonDocument, TextDocument, is_circular_title
from .numbers import number
from .refused import Refused
from .times import read_iso

HEARTBEAT, CIRCULAR = "gcn.heartbeat", "gcn.circulars"


class Gcn:
    """Handler of heartbeats and circulars. They make no event: the policy stands for form's sake and searches nothing."""

    name = "gcn"
    kinds = (HEARTBEAT, CIRCULAR)
    topics = (HEARTBEAT, CIRCULAR)
    policies = (Policy(name="gcn", roles=()),)

    def recognise(self, document: Document) -> str | None:
        """A heartbeat holds a time and nothing else; a circular a number and a subject."""
        match document:
            case TextDocument():
                return CIRCULAR if is_circular_title(document.keys.get("TITLE")) else None
            case JsonDocument(value=value):
                if set(value) - {"$schema"} == {"alert_datetime"} or document.topic == HEARTBEAT:
                    return HEARTBEAT
                header = value.get("header")
                wrapped = isinstance(header, dict) and "NUMBER" in header and "SUBJECT" in header
                return CIRCULAR if wrapped or "circularId" in value else None
            case _:
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a heartbeat or a circular."""
        if isinstance(document, TextDocument):
            return _old_circular(document.keys)
        assert isinstance(document, JsonDocument)
        value = document.value
        if kind == HEARTBEAT:
            stamp = value.get("alert_datetime")
            time = read_iso(stamp) if isinstance(stamp, str) else None
            if time is None:
                raise Refused("bad-time", f"a heartbeat without a readable time: {stamp!r}")
            return Heartbeat(kind=kind, time=time)
        return _old_circular(value["header"]) if "circularId" not in value else _circular(value)

    def policy_for(self, notice: Notice) -> Policy:
        """The one that searches nothing."""
        return self.policies[0]


def _circular(value: dict[str, Any]) -> CircularLink:
    subject, number_, event = value.get("subject"), value["circularId"], value.get("eventId")
    if isinstance(number_, bool) or not isinstance(number_, int | str) or not isinstance(subject, str):
        raise Refused("no-identity", "a circular without number or subject")
    created = number(value.get("createdOn"))
    return CircularLink(
        kind=CIRCULAR, circular_id=str(number_), subject=subject, time=_from_ms(created),
        event_id=event if isinstance(event, str) and event else _event_of(subject),
    )  # fmt: skip


def _from_ms(milliseconds: float | None) -> Instant | None:
    """An instant from milliseconds since 1970, within the years of circulars."""
    if milliseconds is None or not 0 < milliseconds < 4e12:
        return None
    return Instant.from_unix_ms(milliseconds)


def _old_circular(header: dict[str, Any]) -> CircularLink:
    subject, number_ = str(header.get("SUBJECT") or ""), str(header.get("NUMBER") or "")
    if not subject or not number_:
        raise Refused("no-identity", "a circular without number or subject")
    # "19/05/10 05:51:38 GMT": two-digit years, the first circulars are of 1997.
    match = re.match(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)", str(header.get("DATE") or ""), re.ASCII)
    century = "19" if match and match[1] >= "90" else "20"
    time = read_iso(f"{century}{match[1]}-{match[2]}-{match[3]}T{match[4]}") if match else None
    return CircularLink(kind=CIRCULAR, circular_id=number_, subject=subject, event_id=_event_of(subject), time=time)


def _event_of(subject: str) -> str | None:
    """The event is what stands before the colon of a subject."""
    head, colon, _ = subject.partition(":")
    return head.strip() or None if colon and len(head) <= 60 else None

"""GCN's own messages: heartbeats of its lines, and circulars (JSON, as SCiMMA wraps them, and the old text form).

A circular comes again at every edit, and when libraries list it: number and version together name it.
"""

from __future__ import annotations

import re
from typing import Any

from schemas import CircularLink, Heartbeat, Instant, Notice, Parsed, Policy

from .documents import Document, JsonDocument, TextDocument, is_circular_title
from .names import names_in, names_in_body
from .numbers import integer, number
from .refused import Refused
from .times import read_iso

HEARTBEAT, CIRCULAR = "gcn.heartbeat", "gcn.circulars"
#: A heartbeat of one mission's line, on a topic of its own beside its alerts'.
MISSION_HEARTBEAT = "heartbeat"
#: Keys that hold a heartbeat's time, GCN's first.
_BEATS = ("alert_datetime", "timestamp")


class Gcn:
    """Handler of heartbeats and circulars. They make no event: the policy stands for form's sake and searches nothing."""

    name = "gcn"
    kinds = (HEARTBEAT, MISSION_HEARTBEAT, CIRCULAR)
    topics = (HEARTBEAT, CIRCULAR)
    policies = (Policy(name="gcn", roles=()),)

    def recognise(self, document: Document) -> str | None:
        """A heartbeat holds a time and nothing else, or a time and that it is alive; a circular a number and a subject."""
        match document:
            case TextDocument():
                return CIRCULAR if is_circular_title(document.keys.get("TITLE")) else None
            case JsonDocument(value=value):
                header = value.get("header")
                wrapped = isinstance(header, dict) and "NUMBER" in header and "SUBJECT" in header
                return CIRCULAR if wrapped or "circularId" in value else _heartbeat_kind(document)
            case _:
                return None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a heartbeat or a circular."""
        if isinstance(document, TextDocument):
            return _old_circular(document.keys)
        assert isinstance(document, JsonDocument)
        value = document.value
        if kind != CIRCULAR:
            stamp = next((found for key in _BEATS if (found := value.get(key)) is not None), None)
            time = read_iso(stamp) if isinstance(stamp, str) else None
            if time is None:
                raise Refused("bad-time", f"a heartbeat without a readable time: {stamp!r}")
            return Heartbeat(kind=kind, time=time)
        return _old_circular(value["header"], value.get("body")) if "circularId" not in value else _circular(value)

    def policy_for(self, notice: Notice) -> Policy:
        """The one that searches nothing."""
        return self.policies[0]


def _heartbeat_kind(document: JsonDocument) -> str | None:
    keys, topic = set(document.value) - {"$schema"}, document.topic or ""
    if keys == {"alert_datetime"} or topic == HEARTBEAT:
        return HEARTBEAT
    alive = keys == {"timestamp", "status"} and document.value.get("status") == "alive"
    return MISSION_HEARTBEAT if alive or topic.endswith(".heartbeat") else None


def _circular(value: dict[str, Any]) -> CircularLink:
    subject, number_, event = value.get("subject"), integer(value["circularId"]), value.get("eventId")
    if number_ is None or not isinstance(subject, str):
        raise Refused("no-identity", "a circular without number or subject")
    said = event.strip() if isinstance(event, str) else ""
    submitter = value.get("submitter")
    names = tuple(dict.fromkeys((*names_in(said), *names_in(subject))))
    return CircularLink(
        kind=CIRCULAR, circular_id=str(number_), version=max(integer(value.get("version")) or 1, 1), subject=subject,
        event_id=said or _event_of(subject), aliases=_aliases(names, value.get("body")),
        submitter=submitter if isinstance(submitter, str) and submitter.strip() else None,
        time=_from_ms(number(value.get("createdOn"))),
    )  # fmt: skip


def _from_ms(milliseconds: float | None) -> Instant | None:
    """An instant from milliseconds since 1970, within the years of circulars."""
    if milliseconds is None or not 0 < milliseconds < 4e12:
        return None
    return Instant.from_unix_ms(milliseconds)


def _old_circular(header: dict[str, Any], body: Any = None) -> CircularLink:
    subject, number_ = str(header.get("SUBJECT") or ""), str(header.get("NUMBER") or "")
    if not subject or not number_:
        raise Refused("no-identity", "a circular without number or subject")
    # "19/05/10 05:51:38 GMT": two-digit years, the first circulars are of 1997.
    match = re.match(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)", str(header.get("DATE") or ""), re.ASCII)
    century = "19" if match and match[1] >= "90" else "20"
    time = read_iso(f"{century}{match[1]}-{match[2]}-{match[3]}T{match[4]}") if match else None
    return CircularLink(
        kind=CIRCULAR, circular_id=number_, subject=subject, event_id=_event_of(subject),
        aliases=_aliases(names_in(subject), body), submitter=str(header.get("FROM") or "").strip() or None, time=time,
    )  # fmt: skip


def _aliases(names: tuple[str, ...], body: Any) -> tuple[str, ...]:
    """Names of the events in the subject, then the numbers that the body gives the one."""
    return tuple(dict.fromkeys((*names, *(names_in_body(names, body) if isinstance(body, str) else ()))))


def _event_of(subject: str) -> str | None:
    """The first event that the subject names; without one, what stands before a colon."""
    if names := names_in(subject):
        return names[0]
    head, colon, _ = subject.partition(":")
    return head.strip() or None if colon and len(head) <= 60 else None

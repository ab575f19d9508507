"""Notices fold into an event: pure, and whatever the order of arrival the event says the same (but for its history).

Every notice has a rank: its revision, then its time of issue, then its content. Each value of the event comes from the
highest-ranked notice that has one; the event remembers which (`region_from`, `t0_from`, `values_from`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from schemas import Event, Instant, Notice, NoticeEntry, Role

from .builtin import registry

Rank = tuple[tuple[int, ...], str, str]

#: Only the notices of the weightiest role seen so far make the event: a test never changes an observation.
_WEIGHT: dict[Role, int] = {"test": 0, "utility": 1, "observation": 2}
#: Fields taken over as they are, each from the best notice that has it.
_VALUES = (
    "significance", "classification", "properties", "distance_mpc", "distance_error_mpc", "duration_s", "instruments", "links",
)  # fmt: skip


def event_key(notice: Notice) -> str:
    """Unique name of the event: "ORIGIN:id", and "ORIGIN:id:test" for tests, which so never meet an observation.

    Kinds that are nothing but tests ("FERMI_GBM_POS_TEST") have one number for ever, 99999, every few hours: those of each day
    are an event, "ORIGIN:id:2024-05-06:test", or one event would grow without end.
    """
    key = f"{notice.origin}:{notice.event_id}"
    if notice.role != "test":
        return key
    day = notice.time or notice.issued
    return f"{key}:{day.utc[:10]}:test" if day is not None and "TEST" in notice.kind.split("_") else f"{key}:test"


def fold(event: Event | None, notice: Notice, *, content_id: str, received: Instant) -> Event:
    """Fold one notice into its event (None: into a new one).

    Parameters
    ----------
    event : Event or None
        The event so far, with the notice's `event_key`.
    notice : Notice
        What came in.
    content_id : str
        SHA-256 of the document: the same document again returns the same event object.
    received : Instant
        When it came in.

    Returns
    -------
    Event
        With one more line in its history. A retraction that comes first makes a retracted event; values come from
        notices that retract nothing; a notice of a lesser role (a test for an observation) is history only.
    """
    if event is not None and any(entry.content_id == content_id for entry in event.history):
        return event
    entry = NoticeEntry(
        content_id=content_id, kind=notice.kind, revision=notice.revision, revision_order=notice.revision_order,
        role=notice.role, retraction=notice.retraction, issued=notice.issued, received=received,
    )  # fmt: skip
    history = (*(event.history if event is not None else ()), entry)
    if event is not None and _WEIGHT[notice.role] < _WEIGHT[event.role]:
        return msgspec.structs.replace(event, history=history, revision=len(history))
    if event is None or _WEIGHT[notice.role] > _WEIGHT[event.role]:
        event = _empty(notice)
    changes = {**_merge(event, notice, entry, history), "state": _state(history, event.role)}
    return msgspec.structs.replace(event, history=history, revision=len(history), **changes)


def _empty(notice: Notice) -> Event:
    policy = registry.handler_of(notice.kind).policy_for(notice).name
    return Event(
        event_key=event_key(notice), event_id=notice.event_id, origin=notice.origin, messenger=notice.messenger,
        role=notice.role, revision=0, policy=policy,
    )  # fmt: skip


def _rank(entry: NoticeEntry) -> Rank:
    return entry.revision_order, entry.issued.iso if entry.issued is not None else "", entry.content_id


def _state(history: tuple[NoticeEntry, ...], role: Role) -> str:
    """Retracted when the highest-ranked notice is a retraction: a later revision can bring an event back."""
    last = max((entry for entry in history if entry.role == role), key=_rank)
    return "retracted" if last.retraction else "active"


def _merge(event: Event, notice: Notice, entry: NoticeEntry, history: tuple[NoticeEntry, ...]) -> dict[str, Any]:
    """The changes that the notice makes to the event's values."""
    ranks = {line.content_id: _rank(line) for line in history}
    rank, content_id = ranks[entry.content_id], entry.content_id

    def better(source: str | None) -> bool:
        """Whether this notice outranks the source of a value; retractions only fill what nothing else has filled."""
        if source is None:
            return True
        standing, coming = not _is_retraction(history, source), not notice.retraction
        return (coming, rank) > (standing, ranks[source])

    aliases = {*event.aliases, *notice.aliases} - {event.event_id}
    changes: dict[str, Any] = {"aliases": tuple(sorted(aliases))}
    sources = dict(event.values_from)
    if notice.region is not None and not notice.retraction and better(event.region_from):
        changes |= {"region": notice.region, "region_from": content_id}
    if notice.time is not None and better(event.t0_from):
        changes |= {"t0": notice.time, "t0_from": content_id, "t0_error_s": notice.time_error_s}
    for name in _VALUES:
        value = getattr(notice, name)
        if value not in (None, {}, ()) and not notice.retraction and better(sources.get(name)):
            changes[name] = value
            sources[name] = content_id
    if better(sources.get("policy")):
        changes["policy"] = registry.handler_of(notice.kind).policy_for(notice).name
        sources["policy"] = content_id
    return {**changes, "values_from": dict(sorted(sources.items()))}


def _is_retraction(history: tuple[NoticeEntry, ...], content_id: str) -> bool:
    return any(entry.retraction for entry in history if entry.content_id == content_id)

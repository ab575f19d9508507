"""The catalogue of every kind that is taken, as a table of `docs/alerts.md`; what it says comes from the handlers themselves.

python -m handlers.catalogue < docs/alerts.md > alerts.new && mv alerts.new docs/alerts.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from schemas import Messenger, Notice, Policy

from .builtin import registry
from .facts import FACTS, NONE, Fact, share
from .kinds import ClassicHandler
from .packet_layouts import LAYOUTS
from .packets import PACKETS
from .registry import Handler, Registry
from .text_kinds import packet_of

START, END = "<!-- catalogue: generated -->", "<!-- catalogue: end -->"
_HEAD = "| kind | origin | messenger | forms | topics | error of the position | policy |"
#: Handlers whose documents are nobody's alerts: refused by name, or our own.
_APART = ("housekeeping", "standin", "canary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the catalogue."""

    kind: str
    origin: str
    messenger: Messenger
    forms: tuple[str, ...]
    topics: tuple[str, ...]
    radius: str
    policy: Policy | None


def entries(handlers: Registry = registry) -> Iterator[Entry]:
    """Every kind that makes a record, by handler. Raises KeyError for one of which neither table nor facts speak."""
    for handler in handlers:
        if handler.name in _APART:
            continue
        for kind in handler.kinds:
            fact = _fact(handler, kind)
            yield Entry(
                kind=kind, origin=fact.origin, messenger=fact.messenger, forms=_forms(kind), topics=_topics(handler, kind),
                radius=fact.radius, policy=None if _is_record(handler, kind) else _policy(handler, kind, fact),
            )  # fmt: skip


def _fact(handler: Handler, kind: str) -> Fact:
    if isinstance(handler, ClassicHandler) and kind in handler.table:
        row = handler.table[kind]
        return Fact(row.origin, row.messenger, share(row.containment, row.systematic) if row.localises else NONE)
    if isinstance(handler, ClassicHandler) and kind in handler.pointings:
        return Fact(handler.pointings[kind], "none", "a pointing")
    return Fact("INTEGRAL", "none", "a pointing") if kind == "INTEGRAL_POINTDIR" else FACTS[kind]


def _is_record(handler: Handler, kind: str) -> bool:
    """Whether the kind makes a pointing, a heartbeat or a circular: no event, hence no policy."""
    return (
        handler.name == "gcn" or kind.endswith("POINTDIR") or (isinstance(handler, ClassicHandler) and kind in handler.pointings)
    )


def _policy(handler: Handler, kind: str, fact: Fact) -> Policy:
    """The policy of a plain notice of the kind."""
    return handler.policy_for(
        Notice(kind=kind, messenger=fact.messenger, origin=fact.origin, event_id="?", revision="?", role="observation")
    )


_NUMBERS = {name: number for number, name in PACKETS.items()}


def _forms(kind: str) -> tuple[str, ...]:
    """Forms it is read in. Every VOEvent is read as JSON, too, as brokers make it of one."""
    if kind == "igwn.gwalert":
        return ("JSON", "Avro")
    if kind == "gcn.circulars":
        return ("JSON", "text")
    if kind in _NUMBERS:
        packet = ("packet",) if _NUMBERS[kind] in LAYOUTS else ()
        # SVOM has its own line at GCN: it never came as text.
        text = ("text",) if packet_of("", "", f"gcn.classic.text.{kind}") is not None and not kind.startswith("SVOM_") else ()
        return ("VOEvent", *packet, *text)
    of_json = kind == "heartbeat" or ("." in kind and not kind.endswith(".voevent"))
    return ("JSON",) if of_json else ("VOEvent",)


def _topics(handler: Handler, kind: str) -> tuple[str, ...]:
    """Topics that end in the kind; for a kind of VOEvents without one, those of its handler that are no other kind's."""
    mine = tuple(topic for topic in handler.topics if topic == kind or topic.endswith(f".{kind}"))
    if mine or "VOEvent" not in _forms(kind) or kind.endswith("_INTERNAL"):
        return mine
    return tuple(topic for topic in handler.topics if not any(topic.endswith(each) for each in handler.kinds))


def _short(topics: tuple[str, ...]) -> str:
    """Topics in code; those that differ in their last word as one."""
    starts: dict[str, list[str]] = {}
    for topic in topics:
        start, _, last = topic.rpartition(".")
        starts.setdefault(start, []).append(last)
    named = (f"{start}.{lasts[0] if len(lasts) == 1 else '{' + ','.join(lasts) + '}'}" for start, lasts in starts.items())
    return "<br>".join(f"`{name.removeprefix('.')}`" for name in named) or "–"


def _treatment(policy: Policy | None) -> str:
    if policy is None:
        return "–"
    if not policy.roles:
        return f"{policy.name}: recorded"
    low, high = (f"{bound:+g}".replace("-", "−") for bound in policy.association_window_s)
    return f"{policy.name}: T0 {low} … {high} s"


def table(handlers: Registry = registry) -> str:
    """The catalogue in Markdown."""
    lines = [_HEAD, re.sub(r"[^|]+", "---", _HEAD)]
    for entry in entries(handlers):
        forms, topics = ", ".join(entry.forms), _short(entry.topics)
        cells = (f"`{entry.kind}`", entry.origin, entry.messenger, forms, topics, entry.radius, _treatment(entry.policy))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def updated(page: str) -> str:
    """The page with the catalogue of today between its marks. Raises ValueError for a page without them."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the page has no {START} … {END}")
    return f"{before}{START}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    sys.stdout.write(updated(sys.stdin.read()))

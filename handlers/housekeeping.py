"""Readable documents that are no alerts: what brokers, robots, tutorials and archives send. Each is refused by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas import Notice, Parsed, Policy

from .classic import classic_kind
from .documents import Document, JsonDocument
from .refused import Refused
from .voevent import VOEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAlert:
    """Documents that are none: how their IVORN reads (without "ivo://"), by which word and why they are refused."""

    kind: str
    ivorn: re.Pattern[str]
    reason: str
    why: str


def _row(kind: str, ivorn: str, *, reason: str, why: str) -> NoAlert:
    return NoAlert(kind=kind, ivorn=re.compile(ivorn, re.ASCII | re.IGNORECASE), reason=reason, why=why)


#: The first that fits.
NO_ALERTS = (
    _row("broker test", r".*#(TestEvent|BrokerTest)-", reason="broker-test", why="a broker's test of its line"),
    _row(
        "robot test", r"(voevent\.4pisky\.org/(TEST-|ALARRM-OBSTEST)|voevent\.organization\.tld/TEST#)",
        reason="broker-test", why="a robot's test of its line",
    ),
    _row(
        "observing request",
        r"(voevent\.phys\.soton\.ac\.uk/AMI-REQUEST|voevent\.4pisky\.org/ALARRM-REQUEST|refitt\.org/)",
        reason="observing-request", why="a telescope is asked to observe another's event",
    ),
    _row(
        "GRANDMA plan", r"grandma\.lal\.in2p3\.fr/GRANDMA_Alert#",
        reason="observing-request", why="a network's plan for its telescopes, about another's event",
    ),
    _row(
        "example",
        # The last is the imaginary supernova of the VOEvent standard: RAPTOR's real events have other numbers.
        r"(silly/billy#|example/exciting_events#|hotwired\.org/|testing#|INTEGRAL/dummy/|raptor\.lanl/VOEvent#235649409$)",
        reason="demonstration", why="an example of a standard, a library or a tutorial",
    ),
    _row("simulated event", r"\d/test#", reason="demonstration", why="a simulated event of AMON's before its network ran"),
    _row("space weather", r"psws\.irap/", reason="not-an-alert", why="a prediction of the solar wind at a planet"),
)  # fmt: skip
#: Packets of GCN's socket line, by their names.
SOCKET = {
    "IM_ALIVE": "GCN's socket says that it is alive, without a date",
    "KILL_SOCKET": "GCN's socket says that it is about to be closed",
}
#: JSON by its schema.
ARCHIVES = {"gcn/notices/heasarc/archive_alert": "data of an observation have come into an archive"}


class Housekeeping:
    """Handler of what is no alert: it recognises and refuses. Its policy stands for form's sake."""

    name = "housekeeping"
    kinds = (*dict.fromkeys(row.kind for row in NO_ALERTS), *SOCKET, *(schema.replace("/", ".") for schema in ARCHIVES))
    topics: tuple[str, ...] = ()
    policies = (Policy(name="housekeeping", roles=()),)

    def recognise(self, document: Document) -> str | None:
        """By IVORN, packet type or schema."""
        if isinstance(document, JsonDocument):
            return document.schema.replace("/", ".") if document.schema in ARCHIVES else None
        if not isinstance(document, VOEvent):
            return None
        row = _find(document)
        if row is not None:
            return row.kind
        kind = classic_kind(document)
        return kind if kind in SOCKET else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Refuse it, naming why: broker-test, observing-request, demonstration, not-an-alert."""
        row = _find(document) if isinstance(document, VOEvent) else None
        if row is not None:
            raise Refused(row.reason, f"{row.why}: no alert", kind=kind)
        why = SOCKET.get(kind) or ARCHIVES[kind.replace(".", "/")]
        raise Refused("not-an-alert", f"{why}: no alert", kind=kind)

    def policy_for(self, notice: Notice) -> Policy:
        """The one that searches nothing."""
        return self.policies[0]


def _find(document: VOEvent) -> NoAlert | None:
    name = document.ivorn.removeprefix("ivo://")
    return next((row for row in NO_ALERTS if row.ivorn.match(name)), None)

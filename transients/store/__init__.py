"""Postgres: the inbox, events, results, jobs. Nothing is overwritten: every row says when it was true and when we knew."""

from .database import Database
from .events import Folding
from .inbox import PutResult
from .jobs import Job, Wanted
from .migrations import pending_migrations
from .records import (
    Artefact,
    CandidateQuery,
    Change,
    Delivery,
    EventPage,
    EventQuery,
    InboxPart,
    KeptCandidate,
    KeptGap,
    Listed,
    Outdated,
    QuarantineQuery,
    RefusedAlert,
    SourceState,
    ToldLine,
    Totals,
    WatchPosition,
)
from .runner import JobRunner, RetryLater
from .scans import LIVE
from .selection import InboxQuery
from .store import Store

__all__ = [
    "LIVE",
    "Artefact",
    "CandidateQuery",
    "Change",
    "Database",
    "Delivery",
    "EventPage",
    "EventQuery",
    "Folding",
    "InboxPart",
    "InboxQuery",
    "Job",
    "JobRunner",
    "KeptCandidate",
    "KeptGap",
    "Listed",
    "Outdated",
    "PutResult",
    "QuarantineQuery",
    "RefusedAlert",
    "RetryLater",
    "SourceState",
    "Store",
    "ToldLine",
    "Totals",
    "Wanted",
    "WatchPosition",
    "pending_migrations",
]

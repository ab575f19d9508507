"""Postgres: the inbox, events, results, jobs. Nothing is overwritten: every row says when it was true and when we knew."""

from .database import Database
from .inbox import PutResult
from .jobs import Job
from .migrations import pending_migrations
from .records import Artefact, Change, Delivery, EventPage, EventQuery, Listed, RefusedAlert, SourceState, Totals
from .runner import JobRunner, RetryLater
from .selection import InboxQuery
from .store import Store

__all__ = [
    "Artefact",
    "Change",
    "Database",
    "Delivery",
    "EventPage",
    "EventQuery",
    "InboxQuery",
    "Job",
    "JobRunner",
    "Listed",
    "PutResult",
    "RefusedAlert",
    "RetryLater",
    "SourceState",
    "Store",
    "Totals",
    "pending_migrations",
]

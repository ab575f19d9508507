"""Dashboard, HTTP API and event stream."""

from .app import create_app
from .ports import (
    Artefact,
    Change,
    DashboardStore,
    EventPage,
    EventQuery,
    HealthChecks,
    Listed,
    RefusedAlert,
    StatusCard,
    StatusSource,
    TierStatus,
    Totals,
)
from .status import tier_status

__all__ = [
    "Artefact",
    "Change",
    "DashboardStore",
    "EventPage",
    "EventQuery",
    "HealthChecks",
    "Listed",
    "RefusedAlert",
    "StatusCard",
    "StatusSource",
    "TierStatus",
    "Totals",
    "create_app",
    "tier_status",
]

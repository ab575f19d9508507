"""Dashboard, HTTP API and event stream."""

from .app import create_app
from .outside import Outside, OutsideSource, Seen
from .ports import DashboardStore, HealthCheck, HealthChecks, LineStatus, StatusCard, StatusSource, TierStatus, WatchStatus
from .receiving import alert_routes
from .server import serve_app
from .status import tier_status

__all__ = [
    "DashboardStore",
    "HealthCheck",
    "HealthChecks",
    "LineStatus",
    "Outside",
    "OutsideSource",
    "Seen",
    "StatusCard",
    "StatusSource",
    "TierStatus",
    "WatchStatus",
    "alert_routes",
    "create_app",
    "serve_app",
    "tier_status",
]

"""Dashboard, HTTP API and event stream."""

from .app import create_app
from .ports import DashboardStore, HealthCheck, HealthChecks, StatusCard, StatusSource, TierStatus
from .server import serve_app
from .status import tier_status

__all__ = [
    "DashboardStore",
    "HealthCheck",
    "HealthChecks",
    "StatusCard",
    "StatusSource",
    "TierStatus",
    "create_app",
    "serve_app",
    "tier_status",
]

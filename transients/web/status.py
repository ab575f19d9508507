"""The words of the status card."""

from __future__ import annotations

from transients.sources import freshness
from transients.sources.tiers import LiveTier

from .ports import TierStatus


def tier_status(
    tier: LiveTier,
    latency_s: float | None,
    *,
    last: str | None = None,
    ra_deg: float | None = None,
    dec_deg: float | None = None,
) -> TierStatus:
    """Judge a tier by the age of its newest data in seconds; None: there is none."""
    state = "UNAVAILABLE" if latency_s is None else freshness(tier, latency_s)
    return TierStatus(state=state, last=last, latency_s=latency_s, ra_deg=ra_deg, dec_deg=dec_deg)

"""The words of the status card."""

from __future__ import annotations

from typing import Literal

from .ports import TierStatus

State = Literal["ONLINE", "Delayed", "OFFLINE", "UNAVAILABLE"]

#: Latencies (s) up to which a tier is ONLINE and Delayed, as the INTEGRAL team's status page had them: packets come every 8 s
#: with some 20 s of delay; near-real-time science windows within about 3 h.
LIMITS_S: dict[str, tuple[float, float]] = {"realtime": (120.0, 3600.0), "nrt": (2 * 3600.0, 10 * 3600.0)}


def tier_status(
    tier: Literal["realtime", "nrt"],
    latency_s: float | None,
    *,
    last: str | None = None,
    ra_deg: float | None = None,
    dec_deg: float | None = None,
) -> TierStatus:
    """Judge a tier by the age of its newest data in seconds; None: there is none."""
    return TierStatus(state=_state(tier, latency_s), last=last, latency_s=latency_s, ra_deg=ra_deg, dec_deg=dec_deg)


def _state(tier: str, latency_s: float | None) -> State:
    if latency_s is None:
        return "UNAVAILABLE"
    online_s, delayed_s = LIMITS_S[tier]
    if latency_s < online_s:
        return "ONLINE"
    return "Delayed" if latency_s < delayed_s else "OFFLINE"

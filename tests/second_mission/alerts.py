"""Alerts of other observatories at times of the second mission's; of our own writing."""

from __future__ import annotations

import datetime as dt

import handler_samples


def burst_alert(number: int, time: str, ra_deg: float, dec_deg: float, radius_deg: float = 2.0) -> bytes:
    """A GBM position with a time in UTC."""
    when = dt.datetime.fromisoformat(time)
    days = (when.date() - dt.date(1968, 5, 24)).days
    seconds = (when - dt.datetime.combine(when.date(), dt.time())).total_seconds()
    facts = {"TrigID": str(number), "Burst_TJD": str(days), "Burst_SOD": f"{seconds:.2f}"}
    return handler_samples.voevent(115, facts, time=time, position=(str(ra_deg), str(dec_deg), str(radius_deg)))

"""How urgent a follow-up would be, and why."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas import Grade, Instant, Urgency
from schemas.errors import ConfigurationError

#: Highest first.
GRADES: tuple[Grade, ...] = ("very high", "high", "medium", "low")

#: A neutron star is taken as there when it is more likely than not.
_HAS_NS = 0.5
_NEARBY_MPC = 500.0
_RARE_FAR_HZ = 1e-50
_SMALL_DEG2 = 300.0
_FOV_DEG = 15.0
_CLOSE_DEG = 40.0
_WORK_BEGINS_H, _WORK_ENDS_H = 8, 17
_VISIBLE = 0.4


def urgency(
    *,
    properties: Mapping[str, float] | None = None,
    distance_mpc: float | None = None,
    far_hz: float | None = None,
    area90_deg2: float | None = None,
    theta_deg: float | None = None,
    visible_fraction: float | None = None,
    now: Instant | None = None,
    time_zone: str = "Europe/Madrid",
) -> Urgency:
    """The planning urgency: the highest grade among the reasons that hold, "low" when none does.

    The rules are those of the original service, with its units put right (a visible *fraction* is compared with 0.4, the
    working hours are those of a named time zone). What is None gives no reason.

    Parameters
    ----------
    properties : mapping, optional
        As in `Event.properties`; "HasNS" is used.
    distance_mpc : float, optional
        Mean luminosity distance.
    far_hz : float, optional
        False-alarm rate of the event, Hz.
    area90_deg2 : float, optional
        Area of the 90 % credible region.
    theta_deg : float, optional
        Angle of the localisation's peak to the pointing axis.
    visible_fraction : float, optional
        0 to 1.
    now : Instant, optional
        When the question is asked.
    time_zone : str
        IANA name of the operations centre's zone.

    Raises
    ------
    ConfigurationError
        If there is no such time zone.
    """
    has_ns = (properties or {}).get("HasNS")
    at_work = now is not None and _working_hours(now, time_zone)
    nearby = distance_mpc is not None and distance_mpc < _NEARBY_MPC
    close = theta_deg is not None and theta_deg < _CLOSE_DEG
    visible = visible_fraction is not None and visible_fraction > _VISIBLE
    rules: list[tuple[bool, Grade, str]] = [
        (has_ns is not None and has_ns > _HAS_NS, "very high", "neutron star"),
        (nearby, "very high", "nearby"),
        (far_hz is not None and far_hz < _RARE_FAR_HZ, "very high", "very rare"),
        (at_work and nearby and close and visible, "very high", "follow-up advised"),
        (area90_deg2 is not None and area90_deg2 < _SMALL_DEG2, "high", "small region"),
        (theta_deg is not None and theta_deg < _FOV_DEG, "high", "in FoV"),
        (close and theta_deg is not None and theta_deg >= _FOV_DEG, "high", "close to FoV"),
        (at_work, "high", "working hours"),
        (visible, "medium", "visible"),
    ]
    reasons = tuple((grade, reason) for holds, grade, reason in rules if holds)
    return Urgency(grade=min((g for g, _ in reasons), key=GRADES.index, default="low"), reasons=reasons)


def _working_hours(now: Instant, time_zone: str) -> bool:
    """Whether it is 8 to 17 h, local time."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(f"there is no time zone {time_zone!r}") from error
    return _WORK_BEGINS_H <= now.to_datetime().astimezone(zone).hour < _WORK_ENDS_H

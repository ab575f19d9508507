"""Where a spacecraft was and looked. Directions are degrees ICRS; distances km from Earth's centre."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record

#: Where an attitude or orbit came from, best first.
AttitudeSource = Literal["historic", "snapshot", "service", "predicted", "notice", "axes", "constant", "simulated"]


class Attitude(Record, kw_only=True):
    """Directions of the spacecraft's X (pointing) and Z axes at an instant, and how far they can be trusted."""

    at: Instant
    x_ra_deg: float
    x_dec_deg: float
    z_ra_deg: float
    z_dec_deg: float
    source: AttitudeSource
    #: Bound on the error of the direction of X and of the roll about it.
    error_deg: float | None = None
    roll_error_deg: float | None = None


class OrbitState(Record, kw_only=True):
    """Direction from Earth's centre to the spacecraft, and distance."""

    at: Instant
    ra_deg: float
    dec_deg: float
    distance_km: float
    source: str
    error_km: float | None = None


class Pointing(Record, kw_only=True):
    """One science window: a stable pointing, a slew, or engineering time."""

    scw_id: str
    kind: Literal["pointing", "slew", "engineering"]
    start: Instant
    stop: Instant
    x_ra_deg: float
    x_dec_deg: float
    z_ra_deg: float | None = None
    z_dec_deg: float | None = None
    #: Live fraction of the time, where the index says.
    live_fraction: float | None = None


class Orientation(Record, kw_only=True):
    """A direction in the spacecraft's frame: theta from X; phi = atan2(s.(XxZ), s.Z), 0 on the Sun side, (-180, 180]."""

    ra_deg: float
    dec_deg: float
    theta_deg: float
    phi_deg: float
    #: What the mission's observers call it: "FoV", "near-FoV", "bottom", "Sun side", "on-ACS" of INTEGRAL.
    word: str
    attitude_source: AttitudeSource
    attitude_error_deg: float | None = None
    #: Bounds on the errors of the angles: phi suffers from the roll, and near the axis from the error of X; 180: phi says nothing.
    theta_error_deg: float | None = None
    phi_error_deg: float | None = None


class RevolutionWindow(Record, kw_only=True):
    """A revolution and when science data is expected in it."""

    number: int
    start: Instant
    stop: Instant


class DataExpectation(Record, kw_only=True):
    """Whether the spacecraft was expected to give data at an instant, and the breaks around it."""

    at: Instant
    status: Literal["ONLINE", "OFFLINE"]
    #: The windows around it, where the mission has revolutions.
    previous: RevolutionWindow | None = None
    this: RevolutionWindow | None = None
    next: RevolutionWindow | None = None
    #: For OFFLINE: end of the data before, start of the data after.
    last_data: Instant | None = None
    next_data: Instant | None = None
    #: "timeline", "service", "archive" or "orbit".
    source: str
    #: Uncertainty of the times.
    error_s: float | None = None
    #: The sentence for people: "next break in data in 29 hr: …, for 9.6 hr".
    sentence: str

"""The part of a result that needs no count rates: where the spacecraft was, what it saw, what it can see."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .provenance import Provenance
from .spacecraft import Attitude, DataExpectation, OrbitState, Orientation

Grade = Literal["very high", "high", "medium", "low"]


class Localisation(Record, kw_only=True):
    """The sky region in numbers. Fractions are of the region's probability."""

    kind: str
    peak_ra_deg: float
    peak_dec_deg: float
    area50_deg2: float
    area90_deg2: float
    total_probability: float
    tiles: int
    distmean_mpc: float | None = None
    diststd_mpc: float | None = None


class Visibility(Record, kw_only=True):
    """Probability seen, hidden or in view at an instant. None: not computable, with the reason among the caveats."""

    at: Instant
    #: Probability in the fully coded and in any part of the imager's field of view.
    fov_fraction: float | None = None
    fov_full_fraction: float | None = None
    #: (angle from the pointing axis in deg, probability within it), angles ascending.
    off_axis: tuple[tuple[float, float], ...] = ()
    #: Radius about the pointing axis that `fov_fraction` is of.
    fov_radius_deg: float | None = None
    #: Probability that the Sun constraint lets the spacecraft point at: the Sun between the two angles from it. The half width is
    #: that of angles about 90 deg, None for others.
    visible_fraction: float
    sun_half_width_deg: float | None = None
    sun_angles_deg: tuple[float, float] | None = None
    earth_fraction: float | None = None
    moon_fraction: float | None = None
    #: Behind the Moon's disc; `moon_fraction` is within 10 deg of its centre, `earth_fraction` behind the solid Earth.
    moon_disc_fraction: float | None = None
    #: Probability that every pointing constraint allows, and what each bars by itself: (name, probability barred).
    #: `visible_fraction` is by the Sun alone, the figure of the dashboard.
    allowed_fraction: float | None = None
    barred: tuple[tuple[str, float], ...] = ()


class Exposure(Record, kw_only=True):
    """Time the region spent in the field of view around T0, probability-weighted, in ks."""

    window_start: Instant
    window_stop: Instant
    fov_radius_deg: float
    plain_ks: float
    live_ks: float | None = None
    coding_weighted_ks: float | None = None
    pointings: int
    source: str


class VisibilityWindow(Record, kw_only=True):
    """An interval in which every pointing constraint allows a direction, and what bounds it."""

    start: Instant
    stop: Instant
    #: The constraint that kept the direction out before and keeps it out after: "Sun", "Earth limb", …; "range" where the range
    #: that was asked for begins or ends.
    opened_by: str
    closed_by: str
    #: Bounds on the errors of the two ends, s; None at the range's ends, and where there is no bound.
    start_error_s: float | None = None
    stop_error_s: float | None = None


class VisibilityForecast(Record, kw_only=True):
    """When a region can be pointed at over the days to come."""

    start: Instant
    stop: Instant
    #: The direction that the windows are of: the region's peak.
    ra_deg: float
    dec_deg: float
    windows: tuple[VisibilityWindow, ...] = ()
    #: Sum of the windows, s.
    observable_s: float
    #: (seconds from `start`, probability that the constraints allow), evenly spaced.
    fractions: tuple[tuple[float, float], ...] = ()
    #: Constraints that are applied, in words: "Sun 50 to 130 deg".
    constraints: tuple[str, ...] = ()
    #: What keeps the direction out at the start where there is no window at all.
    limited_by: str | None = None
    #: Where the spacecraft's place came from, and the largest bound on the error of a window's end.
    orbit_source: str | None = None
    error_s: float | None = None


class AdvisedPointing(Record, kw_only=True):
    """Where to point for the most probability, with one observing pattern and one bound on the way there."""

    #: "staring", "hexagonal", "5x5"; and the radius of the sky it covers.
    pattern: str
    radius_deg: float
    #: The farthest that the spacecraft turns from where it points; None: anywhere.
    within_deg: float | None = None
    ra_deg: float
    dec_deg: float
    #: Probability within `radius_deg`, a true integral.
    probability: float
    from_peak_deg: float
    from_pointing_deg: float | None = None
    #: Time on the way, and with what the ground needs before it.
    slew_s: float | None = None
    reaction_s: float | None = None


class PointingAdvice(Record, kw_only=True):
    """Where to point at an instant: one entry for each pattern and bound; none where nothing is allowed."""

    at: Instant
    entries: tuple[AdvisedPointing, ...] = ()
    constraints: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


class OffAxisPointing(Record, kw_only=True):
    """One pointing of the history, times in hours from T0."""

    id: str
    start_h: float
    stop_h: float
    off_axis_deg: float


class PointingHistory(Record, kw_only=True):
    """How far off axis a direction was around T0, pointing by pointing, and the time spent at each angle."""

    window_start: Instant
    window_stop: Instant
    ra_deg: float
    dec_deg: float
    pointings: tuple[OffAxisPointing, ...] = ()
    #: (from deg, to deg, ks), over all angles.
    histogram: tuple[tuple[float, float, float], ...] = ()
    source: str


class LightTravel(Record, kw_only=True):
    """When a plane wave from the region's peak that passes Earth's centre at T0 passes another place."""

    place: str
    #: t(place) - t(geocentre), s; positive: later there. For the peak, and its standard deviation over the region.
    delay_s: float
    spread_s: float | None = None
    error_s: float | None = None
    source: str


class Urgency(Record, kw_only=True):
    """How urgent a follow-up would be, and why: (grade, reason), highest first."""

    grade: Grade
    reasons: tuple[tuple[Grade, str], ...] = ()


class Geometry(Record, kw_only=True):
    """Everything that needs no count rates."""

    t0: Instant
    mission: str
    #: None for a mission that counts none.
    revolution: int | None = None
    phase: float | None = None
    phase_error: float | None = None
    scw_id: str | None = None
    attitude: Attitude | None = None
    orbit: OrbitState | None = None
    orientation: Orientation | None = None
    expectation: DataExpectation | None = None
    #: t(geocentre) - t(spacecraft) for the region's peak.
    light_travel_s: float | None = None
    sun_angle_deg: float | None = None
    localisation: Localisation | None = None
    visibility: Visibility | None = None
    exposure: Exposure | None = None
    forecast: VisibilityForecast | None = None
    advice: PointingAdvice | None = None
    history: PointingHistory | None = None
    #: The mission's own spacecraft first.
    light_travels: tuple[LightTravel, ...] = ()
    urgency: Urgency | None = None
    caveats: tuple[str, ...] = ()
    #: What could not be said for planners: for the page and the file, not for a circular.
    planning_caveats: tuple[str, ...] = ()
    provenance: Provenance

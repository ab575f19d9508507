"""What the rest of the program asks of a mission: `Mission`, its `Response`, and the plain facts that both speak of.

What a mission does not have is None, an empty tuple, or `NoData`: a mission without revolutions, science windows, an imager or an
observing pattern is a whole mission.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import Attitude, AttitudeSource, DataExpectation, FloatArray, Instant, OrbitState, RevolutionWindow

from .constraints import Constraint
from .spectra import Spectrum


@dataclass(frozen=True)
class RevolutionPhase:
    """The revolution an instant falls in, and how far through it (0 at perigee, 1 at the next)."""

    number: int
    phase: float
    #: Bound on the error of the phase, in revolutions.
    phase_error: float
    source: str


@dataclass(frozen=True)
class Instrument:
    """The facts of an instrument that results depend on."""

    name: str
    low_kev: float
    high_kev: float
    #: What it gives: "rate", "events", "spectral timing".
    gives: str
    #: Native time bin of its rate, s; None for event lists.
    bin_s: float | None
    #: Full extents of its field of view in deg along the spacecraft's Y and Z; None: all sky.
    full_coding_deg: tuple[float, float] | None
    zero_response_deg: tuple[float, float] | None
    field_shape: str | None
    note: str
    #: Whether particles make spikes in its rate, as often and of the shape as published for SPI-ACS.
    particle_hits: bool = False
    #: Counts in a native bin above which the counter's steps are coarse.
    coarse_above_counts: float | None = None
    #: Some bins of its rate are other data, at a fixed period; it shows in T0 -+ this, s.
    periodic_within_s: float | None = None
    #: Whether the published association search speaks for it: its false-alarm figures are those of the noise they were measured on.
    published_search: bool = False


@dataclass(frozen=True)
class WindowTime:
    """When a science window was, as far as its id alone tells."""

    id: str
    time: Time
    error_s: float
    source: str
    #: The same error in revolutions, where they are counted.
    phase_error: float | None = None


@dataclass(frozen=True)
class PlannedGap:
    """An interval in which no scientific data is expected, and why, in a few words: "perigee passage"."""

    start: Instant
    stop: Instant
    reason: str


@dataclass(frozen=True)
class ObservingPattern:
    """How a spacecraft dithers about a place, and the radius of the sky that it covers so."""

    name: str
    radius_deg: float


@dataclass(frozen=True)
class SlewModel:
    """How long it takes to point elsewhere."""

    rate_deg_s: float
    #: Added for turns longer than `long_turn_deg`.
    long_turn_deg: float = 180.0
    long_turn_s: float = 0.0
    #: What the ground needs before the turn begins.
    ground_s: float = 0.0

    def slew_s(self, turn_deg: float) -> float:
        """Time on the way."""
        return turn_deg / self.rate_deg_s + (self.long_turn_s if turn_deg > self.long_turn_deg else 0.0)


@dataclass(frozen=True)
class DataTier:
    """A stage of a mission's data: how soon it comes, and how old its newest may be before it is called late."""

    name: Literal["realtime", "nrt", "cons"]
    #: Age at which the data of an instant is usually there, s.
    delay_s: float
    #: The newest data younger than this is ONLINE, then Delayed, then OFFLINE, s.
    online_s: float
    delayed_s: float
    #: Age of an event at which the service first looks for data of this tier, s; None: half of `delay_s`.
    first_look_s: float | None = None


class Response(Protocol):
    """Fluence per count of a mission's instruments for any direction in the spacecraft's frame and any spectrum."""

    @property
    def instruments(self) -> tuple[str, ...]: ...
    @property
    def source(self) -> str: ...
    @property
    def version(self) -> str: ...
    def fluence_per_count(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        """erg cm^-2 (75-2000 keV) per count; directions in radians broadcast."""
        ...

    def best(self, instrument: str, spectrum: str | Spectrum) -> float:
        """The least fluence per count over the sky."""
        ...

    def percent_of_best(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        """100 best / response."""
        ...

    def word(self, percent: float) -> str:
        """What circulars call that percentage."""
        ...

    def residual_percent(self, instrument: str, spectrum: str | Spectrum) -> float:
        """How far the model is from the values it was made from, rms."""
        ...


class Mission(Protocol):
    """A space observatory."""

    @property
    def name(self) -> str: ...
    @property
    def instruments(self) -> Mapping[str, Instrument]: ...
    @property
    def searched(self) -> str:
        """The instrument whose rate is searched: it decides on a detection."""
        ...

    @property
    def limiting(self) -> tuple[str, ...]:
        """Instruments whose rates only add to the limits."""
        ...

    @property
    def imager(self) -> str | None:
        """The instrument whose coded field weights the exposure and counts as "fully in view"."""
        ...

    @property
    def last_observation(self) -> Instant | None:
        """When the mission stopped observing; None while it does not."""
        ...

    @property
    def fov_radius_deg(self) -> float:
        """Off-axis angle inside which a direction counts as in view; 0: it has no field of view."""
        ...

    @property
    def response(self) -> Response: ...
    @property
    def patterns(self) -> tuple[ObservingPattern, ...]:
        """Observing patterns, the narrowest first; empty: it has none to advise."""
        ...

    @property
    def slew(self) -> SlewModel: ...
    @property
    def tiers(self) -> tuple[DataTier, ...]:
        """Stages of its data, the earliest first."""
        ...

    @property
    def sun_angles_deg(self) -> tuple[float, float]:
        """The angles from the Sun between which its pointing axis may lie."""
        ...

    def constraint(self, sun_half_width_deg: float | None = None) -> Constraint:
        """Where it may point; the Sun within 90 deg -+ a half width of the pointing axis' normal, None: the mission's own."""
        ...

    def orientation_word(self, theta_deg: float, phi_deg: float) -> str:
        """What its observers call a direction in the spacecraft's frame."""
        ...

    def revolution(self, time: Time) -> RevolutionPhase | None:
        """The revolution of an instant; None for a mission whose revolutions nobody counts."""
        ...

    def science_window_time(self, text: str) -> WindowTime | None:
        """When a science window was, from its id; None where the text is no id of the mission's."""
        ...

    def planned_gaps(self, start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
        """The gaps in its data that overlap [start, stop], in time order, as its model has them."""
        ...

    def expectation(
        self, at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
    ) -> DataExpectation:
        """Whether data is expected at an instant, and the breaks around it; known windows go before the model."""
        ...

    def approximate_orbit(self, time: Time) -> OrbitState:
        """Where it is by its model, with the error, for when nothing better answers."""
        ...

    def attitude_from_x(self, x: SkyCoord, at: Instant, source: AttitudeSource, error_deg: float | None = None) -> Attitude:
        """The attitude where only the pointing axis is known."""
        ...

    def coding_fraction(self, instrument: str, y_deg: FloatArray | float, z_deg: FloatArray | float) -> FloatArray:
        """Share of the detector that sees a source, for offsets from X toward Y and Z; 1 everywhere for an all-sky monitor."""
        ...

"""INTEGRAL as a Mission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import Attitude, AttitudeSource, DataExpectation, FloatArray, Instant, OrbitState, RevolutionWindow

from ..base import DataTier, Instrument, ObservingPattern, PlannedGap, Response, RevolutionPhase, SlewModel, WindowTime
from ..constraints import Constraint
from ..frames import orientation_word
from . import attitude, instruments, operations, orbit, revolutions, scw, style, window_time
from . import windows as data_windows
from .windows import LAST_OBSERVATION


@dataclass(frozen=True, eq=False)
class Integral:
    """The INTEGRAL observatory (2002-2025), with the response model it is given."""

    response: Response

    @property
    def name(self) -> str:
        return style.NAME

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        return instruments.INSTRUMENTS

    @property
    def searched(self) -> str:
        return instruments.SEARCHED

    @property
    def limiting(self) -> tuple[str, ...]:
        with_response = (name for name in instruments.LIMITING_WITH_RESPONSE if name in self.response.instruments)
        return (*instruments.LIMITING, *with_response)

    @property
    def imager(self) -> str:
        return instruments.IMAGER

    @property
    def last_observation(self) -> Instant | None:
        return LAST_OBSERVATION

    @property
    def fov_radius_deg(self) -> float:
        """Off-axis angle inside which a pointing counts as exposure."""
        return instruments.FOV_RADIUS_DEG

    @property
    def patterns(self) -> tuple[ObservingPattern, ...]:
        return operations.PATTERNS

    @property
    def slew(self) -> SlewModel:
        return operations.SLEW

    @property
    def tiers(self) -> tuple[DataTier, ...]:
        return operations.TIERS

    @property
    def sun_angles_deg(self) -> tuple[float, float]:
        return 90.0 - operations.SUN_HALF_WIDTH_DEG, 90.0 + operations.SUN_HALF_WIDTH_DEG

    def constraint(self, sun_half_width_deg: float | None = None) -> Constraint:
        """See `operations.constraint`."""
        return operations.constraint(sun_half_width_deg)

    def orientation_word(self, theta_deg: float, phi_deg: float) -> str:
        """See `frames.orientation_word`."""
        return orientation_word(theta_deg, phi_deg)

    def revolution(self, time: Time) -> RevolutionPhase:
        """See `revolutions.revolution`."""
        return revolutions.revolution(time)

    def perigee(self, number: int) -> Time:
        """See `revolutions.perigee`."""
        return revolutions.perigee(number)

    def data_window(self, number: int) -> RevolutionWindow:
        """See `windows.data_window`."""
        return data_windows.data_window(number)

    def planned_gaps(self, start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
        """See `windows.planned_gaps`."""
        return data_windows.planned_gaps(start, stop)

    def expectation(
        self, at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
    ) -> DataExpectation:
        """See `windows.expectation`."""
        return data_windows.expectation(at, windows, windows_source)

    def science_window_id(self, revolution: int, pointing: int, subdivision: int = 1, kind: scw.WindowKind = "pointing") -> str:
        """See `scw.science_window_id`."""
        return scw.science_window_id(revolution, pointing, subdivision, kind)

    def parse_science_window(self, text: str) -> scw.ScienceWindow:
        """See `scw.parse_science_window`."""
        return scw.parse_science_window(text)

    def science_window_time(self, text: str) -> WindowTime | None:
        """See `window_time.science_window_time`."""
        return window_time.science_window_time(text)

    def approximate_orbit(self, time: Time) -> OrbitState:
        """See `orbit.approximate_orbit`."""
        return orbit.approximate_orbit(time)

    def approximate_positions(self, time: Time) -> tuple[FloatArray, FloatArray]:
        """See `orbit.approximate_positions`."""
        return orbit.approximate_positions(time)

    def attitude_from_x(self, x: SkyCoord, at: Instant, source: AttitudeSource, error_deg: float | None = None) -> Attitude:
        """See `attitude.attitude_from_x`."""
        return attitude.attitude_from_x(x, at, source, error_deg)

    def coding_fraction(self, instrument: str, y_deg: FloatArray | float, z_deg: FloatArray | float) -> FloatArray:
        """See `instruments.coding_fraction`."""
        return instruments.coding_fraction(instrument, y_deg, z_deg)

    def coding_fraction_at(self, instrument: str, theta_rad: FloatArray | float, phi_rad: FloatArray | float) -> FloatArray:
        """See `instruments.coding_fraction_at`."""
        return instruments.coding_fraction_at(instrument, theta_rad, phi_rad)

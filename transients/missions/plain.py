"""The answers of a mission that has nothing special, to begin a mission with: what it has not is none, never a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import Attitude, AttitudeSource, DataExpectation, FloatArray, Instant, RevolutionWindow

from .base import Instrument, ObservingPattern, PlannedGap, RevolutionPhase, WindowTime
from .constraints import Constraint, EarthLimb, SunAngle
from .frames import direction_vector, vector_direction
from .gaps import expectation_from_gaps
from .times import shift

#: Gaps are looked for this far before an instant, and ahead of it, s: longer than any, and a day.
_BEFORE_S, _AHEAD_S = 86400.0, 86400.0


class PlainMission:
    """One instrument that is searched and sees the whole sky; no revolutions, science windows, imager, patterns or gaps.

    A mission that inherits adds `name`, `instruments`, `searched`, `response`, `slew`, `tiers` and `approximate_orbit`, and replaces
    what it knows better.
    """

    instruments: Mapping[str, Instrument]
    limiting: tuple[str, ...] = ()
    imager: str | None = None
    last_observation: Instant | None = None
    #: It has no field of view.
    fov_radius_deg = 0.0
    patterns: tuple[ObservingPattern, ...] = ()
    #: Anywhere.
    sun_angles_deg: tuple[float, float] = (0.0, 180.0)
    earth_limb_deg = 0.0

    def constraint(self, sun_half_width_deg: float | None = None) -> Constraint:
        """Its Sun angles, or 90 deg -+ a half width, and its margin from the Earth's limb."""
        half = sun_half_width_deg
        low, high = self.sun_angles_deg if half is None else (90.0 - half, 90.0 + half)
        return SunAngle(low, high) & EarthLimb(self.earth_limb_deg)

    def orientation_word(self, theta_deg: float, phi_deg: float) -> str:
        """In front of it, at its side, or behind."""
        return "front" if theta_deg < 60 else "side" if theta_deg <= 120 else "back"

    def revolution(self, time: Time) -> RevolutionPhase | None:
        """None is counted."""
        return None

    def science_window_time(self, text: str) -> WindowTime | None:
        """It has none."""
        return None

    def planned_gaps(self, start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
        """None is planned."""
        return ()

    def expectation(
        self, at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
    ) -> DataExpectation:
        """By its planned gaps."""
        return expectation_from_gaps(at, self.planned_gaps(shift(at, -_BEFORE_S), shift(at, _AHEAD_S)))

    def attitude_from_x(self, x: SkyCoord, at: Instant, source: AttitudeSource, error_deg: float | None = None) -> Attitude:
        """X as given; the roll is open, so Z is put to the north (along RA 0 for X at a pole), and its error is all round."""
        axis, icrs = direction_vector(x), x.icrs
        north = np.array([0.0, 0.0, 1.0]) if abs(axis[2]) < 0.999999 else np.array([1.0, 0.0, 0.0])
        z = vector_direction(north - (north @ axis) * axis)
        return Attitude(
            at=at,
            x_ra_deg=float(icrs.ra.deg),
            x_dec_deg=float(icrs.dec.deg),
            z_ra_deg=float(z.ra.deg),
            z_dec_deg=float(z.dec.deg),
            source=source,
            error_deg=error_deg,
            roll_error_deg=180.0,
        )

    def coding_fraction(self, instrument: str, y_deg: FloatArray | float, z_deg: FloatArray | float) -> FloatArray:
        """1 everywhere: its instruments see the whole sky."""
        return np.ones(np.broadcast(np.asarray(y_deg), np.asarray(z_deg)).shape)

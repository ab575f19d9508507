"""The Low-Earth test mission: a `Mission` with no more than it needs. Nothing of it exists."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import msgspec
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time

from schemas import Attitude, DataExpectation, FloatArray, Instant, OrbitState, RevolutionWindow
from schemas.errors import NotFound
from transients.missions import CircularStyle, Instrument, MissionFacts, PlannedGap, parse_spectrum, shift, to_time
from transients.missions.base import DataTier, SlewModel
from transients.missions.gaps import expectation_from_gaps
from transients.missions.plain import PlainMission
from transients.missions.spectra import Spectrum

from .orbit import orbit_at, saa_passages

FACTS = MissionFacts(
    name="Low-Earth test mission",
    instruments=MappingProxyType(
        {
            "LAM": Instrument("LAM", 50, 300, "rate", 0.1, None, None, None, "all-sky monitor, best along X"),
            "LIM": Instrument("LIM", 15, 150, "events", None, (10.0, 10.0), (20.0, 20.0), "disc", "imager about X"),
        }
    ),
    style=CircularStyle(
        keyword="Low-Earth",
        references=("[1] Nobody et al. 2020, no journal",),
        outside_data="Its detectors are off in the South Atlantic Anomaly, which it passed then.",
        authors=("for the Low-Earth test mission, which does not exist",),
    ),
)
#: LAM: area along X, cm2, and how much of it is left to the side and behind.
_AREA_CM2, _FLOOR = 400.0, 0.3
_ERG_PER_KEV = 1.602176634e-9


class CosineResponse:
    """LAM counts every photon in 50-300 keV; its area falls from X with the angle's cosine, to `_FLOOR` behind."""

    instruments = ("LAM",)
    source, version = "cosine of the angle to X", "1"

    def fluence_per_count(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        theta, _ = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(phi_rad, dtype=float))
        return self.best(instrument, spectrum) / (_FLOOR + (1 - _FLOOR) * 0.5 * (1 + np.cos(theta)))

    def best(self, instrument: str, spectrum: str | Spectrum) -> float:
        if instrument != "LAM":
            raise NotFound(f"no response for {instrument!r}; there is one for LAM")
        form = parse_spectrum(spectrum)
        seen, quoted = np.geomspace(50, 300, 400), np.geomspace(75, 2000, 800)
        photons, energy = np.trapezoid(form.photons(seen), seen), np.trapezoid(quoted * form.photons(quoted), quoted)
        return float(_ERG_PER_KEV * energy / (photons * _AREA_CM2))

    def percent_of_best(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        return 100 * self.best(instrument, spectrum) / self.fluence_per_count(instrument, spectrum, theta_rad, phi_rad)

    def word(self, percent: float) -> str:
        return "full" if percent > 80 else "reduced"

    def residual_percent(self, instrument: str, spectrum: str | Spectrum) -> float:
        return 0.0


class LowEarth(PlainMission):
    """What the rest of the program asks of it."""

    name = FACTS.name
    instruments = FACTS.instruments
    searched, imager = "LAM", "LIM"
    fov_radius_deg = 10.0
    response = CosineResponse()
    slew = SlewModel(rate_deg_s=0.5)
    tiers = (DataTier("realtime", 600.0, 900.0, 7200.0), DataTier("cons", 5 * 86400.0, 10 * 86400.0, 20 * 86400.0))
    sun_angles_deg = (45.0, 180.0)
    earth_limb_deg = 20.0

    def orientation_word(self, theta_deg: float, phi_deg: float) -> str:
        return "ahead" if theta_deg < 90 else "behind"

    def planned_gaps(self, start: Instant, stop: Instant) -> tuple[PlannedGap, ...]:
        return saa_passages(start, stop)

    def expectation(
        self, at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
    ) -> DataExpectation:
        return expectation_from_gaps(at, self.planned_gaps(shift(at, -7200.0), shift(at, 86400.0)), error_s=1.0)

    def approximate_orbit(self, time: Time) -> OrbitState:
        return orbit_at(time)

    def coding_fraction(self, instrument: str, y_deg: FloatArray | float, z_deg: FloatArray | float) -> FloatArray:
        y, z = np.broadcast_arrays(np.asarray(y_deg, dtype=float), np.asarray(z_deg, dtype=float))
        if instrument != "LIM":
            return np.ones(y.shape)
        off_axis = np.degrees(np.arctan(np.hypot(np.tan(np.radians(y)), np.tan(np.radians(z)))))
        return np.clip((10.0 - off_axis) / 5.0, 0.0, 1.0)

    def zenith(self, at: Instant) -> Attitude:
        """It always looks straight up, Z to the north."""
        place = orbit_at(to_time(at))
        x = SkyCoord(place.ra_deg, place.dec_deg, unit="deg")
        return msgspec.structs.replace(self.attitude_from_x(x, at, "simulated", 0.0), roll_error_deg=0.0)

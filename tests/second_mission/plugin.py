"""The Low-Earth test mission as a plug-in: what its entry point names. Its data is arithmetic, and says that it is simulated."""

from __future__ import annotations

import dataclasses

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, DataExpectation, Instant, LightCurve, LightCurveInfo, OrbitState, Pointing, sha256_hex
from schemas.errors import NoData
from transients.missions import light_travel, seconds_between, to_spacecraft, to_time
from transients.missions.base import DataTier
from transients.sky import is_hidden
from transients.sources import MissionPlugin
from transients.sources.newest import Newest
from transients.sources.offset import ClockOffset

from .mission import FACTS, LowEarth
from .orbit import EPOCH, in_saa

_BIN_S, _RATE_HZ = 0.1, 1500.0
#: Counts are drawn a hundred seconds at a time, so that any request gives the same.
_CHUNK_S = 100.0


@dataclasses.dataclass(frozen=True)
class Burst:
    """A flat burst of a second with a hard spectrum."""

    t0: Instant
    ra_deg: float
    dec_deg: float
    fluence_erg_cm2: float


#: In seeds from 100 on; where the Earth is not in the way.
BURST = Burst(Instant.parse("2024-06-01T12:00:00.000"), 150.0, 20.0, 3e-6)


class LowEarthSource:
    """Attitude, orbit and LAM's counts at any time."""

    simulated = True

    def __init__(self, seed: int, mission: LowEarth) -> None:
        self._seed, self._mission = seed, mission
        self._bursts = (BURST,) if seed >= 100 else ()

    @property
    def name(self) -> str:
        return f"Low-Earth simulation, seed {self._seed}"

    async def attitude(self, at: Instant) -> Attitude:
        return self._mission.zenith(at)

    async def orbit(self, at: Instant) -> OrbitState:
        return self._mission.approximate_orbit(to_time(at))

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        raise NoData("it looks up, and has no list of pointings", where=self.name)

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        return Newest(at, self.name, simulated=True)

    def clock_offset(self) -> ClockOffset | None:
        return None

    async def science_window(self, at: Instant) -> str:
        raise NoData("it has no science windows", where=self.name)

    async def expectation(self, at: Instant) -> DataExpectation:
        return self._mission.expectation(at)

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        if instrument != "LAM":
            raise NoData(f"{instrument} has no rate", where=self.name)
        centre = seconds_between(t0, EPOCH)
        first, last = int(np.ceil((centre - half_width_s) / _BIN_S)), int(np.floor((centre + half_width_s) / _BIN_S))
        number = np.arange(first, last)
        start = number * _BIN_S
        kept = ~in_saa(start) & ~in_saa(start + _BIN_S)
        if not kept.any():
            raise NoData("the detectors were off", where=self.name)
        counts = self._background(number) + sum(self._of(burst, start) for burst in self._bursts)
        info = LightCurveInfo(
            mission=self._mission.name, instrument=instrument, tier="simulated", reference=EPOCH, bin_s=_BIN_S,
            content_id=sha256_hex(counts.tobytes()), source=self.name, simulated=True, energy_kev=(50.0, 300.0),
        )  # fmt: skip
        return LightCurve(start_s=start[kept], width_s=np.full(int(kept.sum()), _BIN_S), counts=counts[kept], info=info)

    def _background(self, number: np.ndarray) -> np.ndarray:
        size = round(_CHUNK_S / _BIN_S)
        chunks = np.arange(number[0] // size, number[-1] // size + 1)
        drawn = [np.random.default_rng([self._seed, int(chunk)]).poisson(_RATE_HZ * _BIN_S, size) for chunk in chunks]
        return np.concatenate(drawn)[number - chunks[0] * size].astype(float)

    def _of(self, burst: Burst, start: np.ndarray) -> np.ndarray:
        orbit = self._mission.approximate_orbit(to_time(burst.t0))
        place = SkyCoord(burst.ra_deg * u.deg, burst.dec_deg * u.deg)
        if is_hidden(float(place.ra.rad), float(place.dec.rad), orbit):
            return np.zeros(len(start))
        angles = to_spacecraft(float(place.ra.rad), float(place.dec.rad), self._mission.zenith(burst.t0))
        counts = burst.fluence_erg_cm2 / float(self._mission.response.fluence_per_count("LAM", "hard", *angles))
        arrival = seconds_between(burst.t0, EPOCH) - float(light_travel(place, orbit).to_value(u.s))
        inside = np.clip(np.minimum(start + _BIN_S, arrival + 1.0) - np.maximum(start, arrival), 0.0, None)
        return np.round(counts * inside)

    async def aclose(self) -> None:
        """Nothing is held."""


plugin = MissionPlugin(facts=FACTS, make=lambda response_file: LowEarth(), simulator=LowEarthSource)

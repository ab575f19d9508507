"""The observatory: attitude, orbit, science windows and count rates at any time of the mission, from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time, TimeDelta

from schemas import (
    Attitude,
    DataExpectation,
    FloatArray,
    Instant,
    LightCurve,
    LightCurveInfo,
    OrbitState,
    Pointing,
    RevolutionWindow,
    sha256_hex,
)
from schemas.errors import BadRequest, NoData

from ...missions import light_travel, sun_direction, to_spacecraft
from ...missions.frames import direction_vector, vector_direction
from ...missions.integral import Integral
from ..clock import from_ijd, ijd_of, seconds_between, shift, time_of
from .bursts import SimulatedBurst
from .counters import BINS_S, MODULES, IntArray, NoiseOptions, draw_counts, module_share, observed_bins
from .plan import PlannedWindow, plan_revolution


class SimulatedObservatory:
    """An INTEGRAL that behaves plausibly and was never there.

    Every answer depends on the seed, the options and the time asked for only: overlapping requests agree bin by bin.

    Parameters
    ----------
    seed
        Not negative.
    mission
        Gives orbit, data windows and response.
    bursts
        Bursts to inject, each through the response of every instrument and with the light's way to the spacecraft.
    noise
        What disturbs the rates.
    pointings
        Forces an axis: (start, stop, RA deg, Dec deg); the plan rules elsewhere.
    """

    def __init__(
        self,
        seed: int,
        mission: Integral,
        bursts: Sequence[SimulatedBurst] = (),
        noise: NoiseOptions | None = None,
        pointings: Sequence[tuple[Instant, Instant, float, float]] = (),
    ) -> None:
        self.seed = seed
        self.mission = mission
        self.bursts = tuple(bursts)
        self.noise = noise or NoiseOptions()
        self._forced = tuple(pointings)
        self._plan = lru_cache(maxsize=64)(self._plan_of)
        self._pointings = lru_cache(maxsize=64)(self._pointings_of)
        self._interval_s = lru_cache(maxsize=64)(self._interval_s_of)
        # Everything that is asked about an instant is asked together.
        self._number = lru_cache(maxsize=64)(self._number_of)
        self._expected = lru_cache(maxsize=64)(self._expected_of)
        self.onset_and_counts = lru_cache(maxsize=4096)(self._onset_and_counts_of)

    # Revolutions and the plan

    def revolution(self, at: Instant) -> int:
        """Number of the revolution whose data interval has begun last (data windows are told by their start)."""
        return self._number(at)

    def _number_of(self, at: Instant) -> int:
        number = self.mission.revolution(time_of(at)).number
        return number if at >= self.mission.data_window(number).start or number == 1 else number - 1

    def window(self, number: int) -> RevolutionWindow:
        """The data interval of a revolution."""
        return self.mission.data_window(number)

    def expectation(self, at: Instant) -> DataExpectation:
        """Whether the spacecraft gives data at an instant."""
        return self._expected(at)

    def _expected_of(self, at: Instant) -> DataExpectation:
        end = self.mission.last_observation
        if end is not None and at > end:
            return self.mission.expectation(at)
        number = self.revolution(at)
        return self.mission.expectation(at, [self.window(n) for n in (max(number - 1, 1), number, number + 1)], "simulator")

    def _plan_of(self, number: int) -> tuple[PlannedWindow, ...]:
        window = self.window(number)
        return plan_revolution(self.seed, number, window.start, seconds_between(window.stop, window.start))

    def _planned(self, at: Instant) -> tuple[int, float, PlannedWindow]:
        """Revolution, seconds since its data start, and the window then (the nearest one outside the data interval)."""
        number = self.revolution(at)
        since = seconds_between(at, self.window(number).start)
        plan = self._plan(number)
        for planned in plan:
            if since < planned.stop_s:
                return number, since, planned
        return number, plan[-1].stop_s, plan[-1]

    def _scw_id(self, number: int, planned: PlannedWindow) -> str:
        tail = "0010" if planned.kind == "pointing" else "0021"
        return f"{number:04d}{planned.pointing:04d}{tail}"

    def science_window(self, at: Instant) -> str:
        """Id of the science window at an instant. Raises NoData in a belt passage."""
        if self.expectation(at).status == "OFFLINE":
            raise NoData(f"no science window at {at}: no data is taken then")
        number, _, planned = self._planned(at)
        return self._scw_id(number, planned)

    def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        """Science windows that overlap [start, stop]; none after the mission's end."""
        end = self.mission.last_observation
        stop = stop if end is None else min(stop, end)
        found: list[Pointing] = []
        for number in range(self.revolution(start), self.revolution(stop) + 1):
            found.extend(p for p in self._pointings(number) if p.stop > start and p.start < stop)
        return tuple(found)

    def _pointings_of(self, number: int) -> tuple[Pointing, ...]:
        """All science windows of a revolution at once: the Sun's place, which gives Z, is dear one by one."""
        plan, begin = self._plan(number), time_of(self.window(number).start)
        edges = [planned.start_s for planned in plan] + [plan[-1].stop_s]
        instants = [
            Instant.parse(text) for text in Time(begin + TimeDelta(edges, format="sec"), format="isot", precision=9).value
        ]
        middle = [0.5 * (planned.start_s + planned.stop_s) for planned in plan]
        x = np.array([planned.axis_at(at) for planned, at in zip(plan, middle, strict=True)])
        for row, at in enumerate(middle):
            forced = self._forced_axis(shift(instants[0], at)) if self._forced else None
            if forced is not None:
                x[row] = direction_vector(forced)
        sun = direction_vector(sun_direction(begin + TimeDelta(middle, format="sec")))
        sun = sun if sun.shape == x.shape else sun.T
        z = sun - np.sum(sun * x, axis=1, keepdims=True) * x
        axes = [(np.degrees(np.arctan2(v[:, 1], v[:, 0])) % 360.0, np.degrees(np.arcsin(v[:, 2]))) for v in (x, _unit(z))]
        return tuple(
            Pointing(
                scw_id=self._scw_id(number, planned),
                kind=planned.kind,
                start=instants[row],
                stop=instants[row + 1],
                x_ra_deg=float(axes[0][0][row]),
                x_dec_deg=float(axes[0][1][row]),
                z_ra_deg=float(axes[1][0][row]),
                z_dec_deg=float(axes[1][1][row]),
                live_fraction=planned.live_fraction,
            )
            for row, planned in enumerate(plan)
        )

    # Where it is and looks

    def attitude(self, at: Instant) -> Attitude:
        """Axes of the spacecraft; exact, being the simulation's own."""
        axis = self._forced_axis(at)
        if axis is None:
            _, since, planned = self._planned(at)
            axis = vector_direction(planned.axis_at(max(since, planned.start_s)))
        attitude = self.mission.attitude_from_x(axis, at, "simulated")
        return Attitude(
            at=at,
            x_ra_deg=attitude.x_ra_deg,
            x_dec_deg=attitude.x_dec_deg,
            z_ra_deg=attitude.z_ra_deg,
            z_dec_deg=attitude.z_dec_deg,
            source="simulated",
            error_deg=0.0,
            roll_error_deg=0.0,
        )

    def _forced_axis(self, at: Instant) -> SkyCoord | None:
        for start, stop, ra_deg, dec_deg in self._forced:
            if start <= at < stop:
                return SkyCoord(ra_deg, dec_deg, unit=u.deg)
        return None

    def orbit(self, at: Instant) -> OrbitState:
        """Place of the spacecraft: the mission's orbit model, taken as the truth."""
        state = self.mission.approximate_orbit(time_of(at))
        return OrbitState(
            at=at, ra_deg=state.ra_deg, dec_deg=state.dec_deg, distance_km=state.distance_km, source="simulated", error_km=0.0
        )

    # Counts

    def expected_counts(self, burst: SimulatedBurst, instrument: str) -> float:
        """Counts that a burst gives in all: its fluence over the response in its direction."""
        return self.onset_and_counts(burst, instrument)[1]

    def arrival(self, burst: SimulatedBurst) -> Instant:
        """When the burst's onset reaches the spacecraft."""
        return from_ijd(0.0, self.onset_and_counts(burst, "SPI-ACS")[0])

    def _onset_and_counts_of(self, burst: SimulatedBurst, instrument: str) -> tuple[float, float]:
        """Onset on the spacecraft's clock, s of IJD, and counts."""
        direction = SkyCoord(burst.ra_deg, burst.dec_deg, unit=u.deg)
        delay = float(light_travel(direction, self.orbit(burst.t0)).to_value(u.s))
        at = shift(burst.t0, -delay)
        theta, phi = to_spacecraft(np.radians(burst.ra_deg), np.radians(burst.dec_deg), self.attitude(at))
        per_count = float(self.mission.response.fluence_per_count(instrument, burst.spectrum, theta, phi))
        return ijd_of(at) * 86400.0, burst.fluence_erg_cm2 / per_count

    def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        """Counts in native bins whose centres lie within `half_width_s` of `t0`, on the spacecraft's clock.

        Parameters
        ----------
        instrument
            "SPI-ACS", "IBIS/Veto", "ISGRI", or one of "ISGRI/MCE0" ... "ISGRI/MCE7".

        Raises
        ------
        BadRequest
            An instrument that is not simulated.
        NoData
            No bin is there: a belt passage, a gap, or after the end of the mission.
        """
        base, divided, module = instrument.partition("/MCE")
        if base not in BINS_S or (divided and (base != "ISGRI" or module not in map(str, range(MODULES)))):
            raise BadRequest(f"Bad Target: {instrument} is not simulated")
        bin_s = BINS_S[base]
        first, last = shift(t0, -half_width_s), shift(t0, half_width_s)
        windows, index = self.data_windows_s(first, last), self.observed_bins(base, first, last)
        if len(index) == 0:
            raise NoData(f"No Data at {t0} within {half_width_s:g} s")
        bursts = self._burst_counts(base, np.asarray(index * bin_s, dtype=np.float64), bin_s)
        counts = draw_counts(self.seed, self.noise, base, index, windows, bursts)
        if module:
            counts = module_share(counts, int(module), index)
        start = np.asarray((index - index[0]) * bin_s, dtype=np.float64)
        info = LightCurveInfo(
            mission=self.mission.name,
            instrument=instrument,
            tier="simulated",
            reference=from_ijd(index[0] * bin_s // 86400.0, float(index[0] * bin_s % 86400.0)),
            bin_s=bin_s,
            content_id=sha256_hex(start.tobytes() + counts.tobytes()),
            source=f"simulation, seed {self.seed}",
            simulated=True,
        )
        return LightCurve(start_s=start, width_s=np.full(len(index), bin_s), counts=counts, info=info)

    def observed_bins(self, instrument: str, start: Instant, stop: Instant) -> IntArray:
        """Native bins, counted from IJD 0, with centres in [start, stop) that came down, (n,)."""
        half_s = 0.5 * seconds_between(stop, start)
        centre_s = ijd_of(start) * 86400.0 + half_s
        return observed_bins(self.seed, self.noise, BINS_S[instrument], centre_s, half_s, self.data_windows_s(start, stop))

    def data_windows_s(self, start: Instant, stop: Instant) -> list[tuple[float, float]]:
        """Data intervals that touch a stretch, s of IJD; none after the mission's end."""
        intervals = [self._interval_s(number) for number in range(self.revolution(start), self.revolution(stop) + 1)]
        return [interval for interval in intervals if interval is not None]

    def _interval_s_of(self, number: int) -> tuple[float, float] | None:
        window = self.window(number)
        if self.mission.expectation(window.start).status != "ONLINE":
            return None
        return ijd_of(window.start) * 86400.0, ijd_of(window.stop) * 86400.0

    def _burst_counts(self, instrument: str, start_s: FloatArray, bin_s: float) -> FloatArray:
        counts = np.zeros(len(start_s))
        for burst in self.bursts:
            onset, total = self.onset_and_counts(burst, instrument)
            if onset - bin_s > start_s[-1] or onset + burst.longest_s < start_s[0]:
                continue
            since = start_s - onset
            counts += total * (burst.fraction_before(since + bin_s) - burst.fraction_before(since))
        return counts


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float64)

"""The simulated observatory as a source of data, with the delays of real data tiers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast, get_args

import numpy as np

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import NoData, NotYet, RefusedInput

from ..missions import parse_spectrum
from ..missions.base import DataTier
from .clock import seconds_between, shift
from .newest import Newest, newest_bin, newest_window, of_window
from .offset import ClockOffset
from .simulator import SimulatedBurst, SimulatedObservatory
from .simulator.bursts import Shape
from .simulator.draws import generator
from .tiers import LiveTier

#: Delays of simulated data: real-time 20 to 66 s (drawn per 8 s packet), NRT 3 h, CONS 25 d.
REALTIME_DELAY_S = (20.0, 66.0)
NRT_DELAY_S = 3 * 3600.0
CONS_DELAY_S = 25 * 86400.0


class SimulatedSource:
    """Answers from a `SimulatedObservatory`.

    Parameters
    ----------
    observatory
        What answers.
    clock
        The instant of "now", for data that is not there yet; None: all of the simulated time is past.
    """

    def __init__(self, observatory: SimulatedObservatory, clock: Callable[[], Instant] | None = None) -> None:
        self.observatory = observatory
        self._clock = clock

    @property
    def name(self) -> str:
        return f"simulation, seed {self.observatory.seed}"

    @property
    def simulated(self) -> bool:
        return True

    def delay_s(self, at: Instant) -> float:
        """Delay of the real-time stream at an instant."""
        day = max(int(seconds_between(at, Instant(utc="2000-01-01T00:00:00")) // 8.0), 0)
        low, high = REALTIME_DELAY_S
        return low + (high - low) * float(generator(self.observatory.seed, "latency", day).random())

    def tier(self, at: Instant) -> LiveTier | None:
        """The best tier that has data of an instant by now; None: not yet any."""
        if self._clock is None:
            return "cons"
        age = seconds_between(self._clock(), at)
        if age < self.delay_s(at):
            return None
        return "cons" if age >= CONS_DELAY_S else "nrt" if age >= NRT_DELAY_S else "realtime"

    def _until(self, stop: Instant) -> Instant:
        """The latest instant at or before `stop` whose real-time data has come; raises NotYet when that is too early to tell."""
        if self._clock is None:
            return stop
        now = self._clock()
        newest = shift(now, -self.delay_s(now))
        return min(stop, newest)

    async def attitude(self, at: Instant) -> Attitude:
        return await asyncio.to_thread(self.observatory.attitude, at)

    async def orbit(self, at: Instant) -> OrbitState:
        return await asyncio.to_thread(self.observatory.orbit, at)

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        newest = self._until(stop)
        if newest <= start:
            raise NotYet(f"No Data: no science windows after {newest} yet", where=self.name)
        return await asyncio.to_thread(self.observatory.pointings, start, newest)

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        start, stop = shift(t0, -half_width_s), shift(t0, half_width_s)
        newest = self._until(stop)
        if newest <= start:
            raise NotYet(f"No Data (at this time?): data until {newest} so far", where=self.name)
        if newest < stop:
            half = 0.5 * seconds_between(newest, start)
            t0, half_width_s = shift(start, half), half
        try:
            return await asyncio.to_thread(self.observatory.light_curve, instrument, t0, half_width_s)
        except NoData as error:
            raise NoData(error.message, where=self.name) from error

    async def expectation(self, at: Instant) -> DataExpectation:
        return await asyncio.to_thread(self.observatory.expectation, at)

    async def science_window(self, at: Instant) -> str:
        return await asyncio.to_thread(self.observatory.science_window, at)

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        """By the simulation's own delays, whether or not there is a clock: they are known for any instant."""
        if self._clock is not None:
            at = min(at, self._clock())
        end = self.observatory.mission.last_observation
        if tier.name == "realtime":
            until = shift(at, -self.delay_s(at))
            expected = self.observatory.expectation(until)
            until = until if expected.last_data is None else min(until, expected.last_data)
            return await self._newest_realtime(until)
        until = shift(at, -(NRT_DELAY_S if tier.name == "nrt" else CONS_DELAY_S))
        until = until if end is None else min(until, end)

        async def ask(start: Instant, stop: Instant) -> tuple[Pointing, ...]:
            return await asyncio.to_thread(self.observatory.pointings, start, stop)

        return of_window(await newest_window(ask, until), self.name, True)

    async def _newest_realtime(self, until: Instant) -> Newest:
        async def ask(t0: Instant, half_width_s: float) -> LightCurve:
            return await asyncio.to_thread(self.observatory.light_curve, self.observatory.mission.searched, t0, half_width_s)

        end = await newest_bin(ask, until)
        attitude = self.observatory.attitude(end)
        return Newest(end, self.name, None, attitude.x_ra_deg, attitude.x_dec_deg, True)

    def clock_offset(self) -> ClockOffset | None:
        return None

    async def aclose(self) -> None:
        """Nothing is held."""


def parse_burst(text: str) -> SimulatedBurst:
    """A burst as the command line gives it: "T0,RA,DEC,FLUENCE[,SPECTRUM[,T90[,SHAPE]]]" (UTC, deg, erg cm^-2, s).

    The parameters of a spectrum may be divided by commas, when T90 follows, or by semicolons:
    "2023-06-27T20:00:00,100,20,1e-6,band:-1,-2.5,300,2,pulse" or "…,band:-1;-2.5;300".

    Raises
    ------
    RefusedInput
        Naming the text.
    """
    fields = [field.strip().replace(";", ",") for field in text.split(",")]
    shape = fields.pop() if fields[-1] in get_args(Shape) else "pulse"
    try:
        if len(fields) < 4:
            raise ValueError("four fields at the least")
        ra, dec, fluence = (float(field) for field in fields[1:4])
        t90 = float(fields.pop()) if len(fields) > 5 else 1.0
        if not (np.isfinite([ra, dec, fluence, t90]).all() and -90 <= dec <= 90):
            raise ValueError("a number out of range")
        spectrum = ",".join(fields[4:]) or "hard"
        parse_spectrum(spectrum)
        return SimulatedBurst(Instant.parse(fields[0]), ra % 360.0, dec, fluence, spectrum, t90, cast(Shape, shape))
    except (ValueError, RefusedInput) as error:
        raise RefusedInput(
            f"not a burst (T0,RA,DEC,FLUENCE[,SPECTRUM[,T90[,SHAPE]]]): {error}", where=repr(text[:120])
        ) from error

"""The data services as a source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

import msgspec

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import BadRequest, NoData, TransientsError

from ..missions.base import DataTier
from ..missions.integral.windows import LAST_OBSERVATION
from .clock import seconds_between
from .joined import add_modules
from .newest import Newest, newest_bin, newest_window, of_window, reach
from .offset import ClockOffset
from .services import IntegralServices
from .veto import without_periodic_bins

#: Targets of our instruments.
_TARGETS = {"SPI-ACS": "ACS", "IBIS/Veto": "IBIS_VETO"}
_MODULES = 8
#: The real-time stream is asked for events younger than this.
_REALTIME_S = 2 * 86400.0
#: Recorded replies of 2023 to questions about the present gave the pointing before, or the one before that (docs/missions.md): attitudes
#: come with the near-real-time data, within 3 h. Two dither steps of 2.17 deg; after a slew to another field it is farther off.
_ATTITUDE_SETTLED_S, _STALE_DEG = 3 * 3600.0, 4.4


class ServiceSource:
    """Answers from the services: archived counts, else the real-time stream for young events.

    Parameters
    ----------
    services
        The client; closed with this source.
    clock
        "Now"; None: everything is past.
    """

    def __init__(self, services: IntegralServices, clock: Callable[[], Instant] | None = None) -> None:
        self.services = services
        self._clock = clock

    @property
    def name(self) -> str:
        return f"services at {self.services.address}"

    @property
    def simulated(self) -> bool:
        """Whether the services called themselves simulated in any reply so far."""
        return self.services.simulated

    async def attitude(self, at: Instant) -> Attitude:
        """The service's attitude; asked about the last hours, it may be an earlier pointing's, and its error says so."""
        attitude = await self.services.attitude(at)
        if attitude.source == "service" and self._age_below(at, _ATTITUDE_SETTLED_S):
            return msgspec.structs.replace(attitude, error_deg=_STALE_DEG, roll_error_deg=_STALE_DEG)
        return attitude

    async def orbit(self, at: Instant) -> OrbitState:
        return await self.services.orbit(at)

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        return await self.services.pointings(start, stop)

    async def expectation(self, at: Instant) -> DataExpectation:
        return await self.services.expectation(at)

    async def science_window(self, at: Instant) -> str:
        return await self.services.science_window(at)

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        if instrument == "ISGRI":
            modules = await asyncio.gather(
                *(self.services.light_curve(f"ISGRIRAW_MCE{i}", t0, half_width_s) for i in range(_MODULES))
            )
            return add_modules(modules, "ISGRI")
        if instrument not in _TARGETS:
            raise BadRequest(f"the services have no count rate of {instrument}", where=self.name)
        try:
            lc = await self.services.light_curve(_TARGETS[instrument], t0, half_width_s)
        except NoData as missing:
            if instrument != "SPI-ACS" or not self._is_young(t0):
                raise
            try:
                return (await self.services.realtime(t0, half_width_s))[0]
            except NoData:
                raise missing from None
        return without_periodic_bins(lc) if instrument == "IBIS/Veto" else lc

    def _is_young(self, at: Instant) -> bool:
        return self._age_below(at, _REALTIME_S)

    def _age_below(self, at: Instant, seconds: float) -> bool:
        return self._clock is not None and seconds_between(self._clock(), at) < seconds

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        # Nothing is younger than the mission's end: nobody looks through the years since.
        until = min(reach(tier, at, None if self._clock is None else self._clock()), LAST_OBSERVATION)
        if tier.name == "realtime":
            return await self._newest_realtime(until)
        word: Literal["nrt", "cons"] = tier.name

        async def ask(start: Instant, stop: Instant) -> tuple[Pointing, ...]:
            return await self.services.pointings(start, stop, word)

        return of_window(await newest_window(ask, until), f"scwlist/{word} of {self.services.address}", self.simulated)

    async def _newest_realtime(self, until: Instant) -> Newest:
        """End of the real-time stream: in a break of the data, what came before it."""

        async def ask(t0: Instant, half_width_s: float) -> LightCurve:
            return (await self.services.realtime(t0, half_width_s))[0]

        try:
            end = await newest_bin(ask, until)
        except NoData:
            last = (await self.services.expectation(until)).last_data
            if last is None:
                raise
            end = await newest_bin(ask, min(last, until))
        try:
            attitude = await self.services.attitude(end)
        except TransientsError:
            # How old the stream is does not hang on where it looked.
            return Newest(end, f"rtlc of {self.services.address}", simulated=self.simulated)
        place = attitude.x_ra_deg, attitude.x_dec_deg
        return Newest(end, f"rtlc of {self.services.address}", None, *place, self.simulated)

    def clock_offset(self) -> ClockOffset | None:
        return self.services.clock_offset

    async def aclose(self) -> None:
        await self.services.aclose()

"""The data services as a source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import BadRequest, NoData

from .clock import seconds_between
from .joined import add_modules
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

    async def aclose(self) -> None:
        await self.services.aclose()

"""What the service routes serve: a source of data, the mission it is of, and the clock."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping

from schemas import Instant, LightCurve
from schemas.errors import BadRequest, NoData

from ..missions.integral import Integral
from .base import DataSource
from .clock import from_ijd, instant_of, shift, time_of

#: Names of the services' targets (SPI-ACS 50 ms, IBIS/Veto 8 s, ISGRI's eight modules) and ours.
TARGETS = {"ACS": "SPI-ACS", "IBIS_VETO": "IBIS/Veto", **{f"ISGRIRAW_MCE{i}": f"ISGRI/MCE{i}" for i in range(8)}}
#: Targets that the services know and that a provider may have no data of.
_OTHER_TARGET = re.compile(
    r"IBIS_VETO_LAT|SPI_VETOGATE|SPI_VETONONSAT|SPI_VETOSAT|SPI_GE(DRATE|DSAT)(\d|1[0-8])|SPTI[1-8]", re.ASCII
)
#: Longest half width of a light curve, s.
LONGEST_S = 400_000.0


@dataclasses.dataclass(frozen=True, eq=False)
class Provider:
    """A source behind the service routes.

    Attributes
    ----------
    source
        What answers: the simulator, or an archive.
    mission
        Time scales, revolutions and geometry.
    clock
        "Now", UTC.
    one_revolution
        Whether a light curve that crosses a perigee is refused, as the original service does.
    """

    source: DataSource
    mission: Integral
    clock: Callable[[], Instant]
    one_revolution: bool = True
    #: Age at which a tier has the data of an instant, s.
    tier_delay_s: Mapping[str, float] = dataclasses.field(default_factory=lambda: {"nrt": 3 * 3600.0, "cons": 25 * 86400.0})

    @property
    def simulated(self) -> bool:
        return self.source.simulated

    async def counts(self, target: str, t0: Instant, half_width_s: float) -> LightCurve:
        """The light curve of a target as the services name it.

        Raises
        ------
        BadRequest
            An unknown target, a time outside the mission, too long a stretch, or one over two revolutions.
        NoData, NotYet
        """
        half = abs(half_width_s)
        if half > LONGEST_S:
            raise BadRequest(f"dt of {half:g} s is more than {LONGEST_S:g} s")
        if t0 < Instant(utc="2002-11-01T00:00:00") or t0 > self.clock():
            raise BadRequest("a time before 2002-11-01 or in the future")
        if target not in TARGETS:
            if _OTHER_TARGET.fullmatch(target):
                raise NoData(f"No Data (at this time?): none of {target} here")
            raise BadRequest(f"Bad Target: {target}")
        if self.one_revolution and self._revolution(shift(t0, -half)) != self._revolution(shift(t0, half)):
            raise BadRequest("Over revolution")
        return await self.source.light_curve(TARGETS[target], t0, half)

    def _revolution(self, at: Instant) -> int:
        return self.mission.revolution(time_of(at)).number

    def revolution_interval(self, number: int) -> tuple[Instant, Instant]:
        """Perigees that begin and end a revolution."""
        return instant_of(self.mission.perigee(number)), instant_of(self.mission.perigee(number + 1))

    async def window_interval(self, scw_id: str) -> tuple[Instant, Instant]:
        """Start and stop of a science window. Raises NoData when the source does not know it."""
        number = int(scw_id[:4])
        start, stop = self.revolution_interval(number)
        for pointing in await self.source.pointings(start, min(stop, self.clock())):
            if pointing.scw_id == scw_id[:12]:
                return pointing.start, pointing.stop
        raise NoData(f"No Data: no science window {scw_id}")


def parse_time(text: str, scale: str = "ANY") -> Instant:
    """A time as the services take it: "UTC" (ISO), "IJD", "MJD" (TT), or "ANY" of these.

    Raises
    ------
    BadRequest
        Naming the text.
    """
    try:
        if scale in ("UTC", "ANY") and ("-" in text[1:] or ":" in text):
            return Instant.parse(text)
        value = float(text)
        if scale == "MJD" or (scale == "ANY" and value > 40000):
            value -= 51544.0
        elif scale == "UTC":
            # The services read a bare number as IJD.
            pass
        if not 0 <= value < 20000:
            raise ValueError("outside the mission")
        return from_ijd(value)
    except ValueError as error:
        raise BadRequest(f"not a time in {scale}: {text[:60]!r} ({error})") from error

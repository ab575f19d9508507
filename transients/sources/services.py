"""Client of the data services around INTEGRAL: an operator's, a mirror's or the simulator's, all with the same interface."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, ParamSpec, TypeVar

import msgspec

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing, Tier
from schemas.errors import NoData, NotYet, OddReply, RefusedInput

from .clock import from_ijd, seconds_between, shift
from .formats import read_lightcurve
from .joined import join
from .offset import ClockOffset
from .parse import attitude_from_text, expectation_from_prophecy, orbit_from_text, pointings_from_columns, spacecraft_from_json
from .refusals import OverRevolution
from .transport import Reply, Transport

TimeScale = Literal["UTC", "IJD", "MJD", "SCWID", "REVNUM", "ANY"]
#: Data younger than this may still come: NRT takes hours.
_STILL_COMING_S = 12 * 3600.0
_LONGEST_HISTORY_S = 3 * 86400.0
_WINDOW_COLUMNS = "SWID,RA_SCX,DEC_SCX,RA_SCZ,DEC_SCZ,TSTART,TSTOP,SW_TYPE,GOOD_ISGRI"


P = ParamSpec("P")
T = TypeVar("T")


def _asks(question: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """A question whose reply, where it is no answer, may be one when it is asked again."""

    @functools.wraps(question)
    async def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await question(*args, **kwargs)
        except RefusedInput as error:
            raise OddReply(error.message, where=error.where) from error

    return asked


class IntegralServices:
    """The services under one gateway address.

    Parameters
    ----------
    gateway_url
        Address that `timesystem/…`, `scsystem/…` and `integralhk/…` lie under.
    timeout_s, attempts, wait_s
        See `Transport`.
    clock
        "Now": tells "no data" from "not yet". None: data that is missing is taken as never to come.
    """

    def __init__(
        self,
        gateway_url: str,
        *,
        timeout_s: float = 60.0,
        attempts: int = 3,
        wait_s: float = 0.5,
        clock: Callable[[], Instant] | None = None,
    ) -> None:
        self._transport = Transport(gateway_url, timeout_s=timeout_s, attempts=attempts, wait_s=wait_s)
        self._clock = clock
        #: Whether any reply so far called itself simulated.
        self.simulated = False

    @property
    def address(self) -> str:
        """The gateway's address."""
        return self._transport.base_url

    @property
    def clock_offset(self) -> ClockOffset | None:
        """This machine's clock against the gateway's, as its replies tell it."""
        return self._transport.clock_offset

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _get(self, path: str, params: Mapping[str, str] | None = None, at: Instant | None = None) -> Reply:
        try:
            reply = await self._transport.get(path, params)
        except NoData as error:
            raise self._by_age(error, at) from error
        self.simulated = self.simulated or reply.simulated
        return reply

    def _by_age(self, error: NoData, at: Instant | None) -> NoData:
        """NotYet for what is young enough to come still."""
        if isinstance(error, NotYet) or self._clock is None or at is None:
            return error
        if seconds_between(self._clock(), at) < _STILL_COMING_S:
            return NotYet(error.message, where=error.where)
        return error

    # Time

    @_asks
    async def convert_time(self, value: str, given: TimeScale, wanted: TimeScale) -> Any:
        """A time in another scale: text for UTC, SCWID, REVNUM; a dict for ANY; (start, stop) IJD for windows and revolutions.

        Raises
        ------
        NoData
            No science window is at that time.
        OddReply
            The reply is no answer.
        """
        reply = await self._get(f"timesystem/api/v1.0/converttime/{given}/{value}/{wanted}")
        text = reply.text.strip()
        if wanted == "ANY":
            return reply.json()
        text = text.strip('"').strip()
        if "is close" in text:
            raise NoData(f"outside science windows: {text[:120]}", where=reply.address)
        if not text or "\n" in text or "<" in text:
            raise RefusedInput(f"not a time: {text[:80]!r}", where=reply.address)
        if wanted == "IJD" and given in ("REVNUM", "SCWID"):
            return _two_times(text, reply.address)
        return text

    async def revolution_start(self, number: int) -> float:
        """IJD of the start of a revolution."""
        start, _ = await self.convert_time(f"{number:04d}", "REVNUM", "IJD")
        return float(start)

    @_asks
    async def science_window(self, at: Instant) -> str:
        """Id of the science window at an instant."""
        text = await self.convert_time(at.iso, "UTC", "SCWID")
        if not (len(text) == 12 and text.isdigit()):
            raise RefusedInput(f"not a science window id: {text[:60]!r}", where=self.address)
        return str(text)

    # The spacecraft

    @_asks
    async def spacecraft(self, at: Instant, ra_deg: float = 0.0, dec_deg: float = 0.0) -> tuple[Attitude, OrbitState]:
        """Attitude and orbit in one request."""
        reply = await self._get(f"scsystem/api/v1.0/sc/{at.iso}/{ra_deg!r}/{dec_deg!r}", at=at)
        return spacecraft_from_json(reply.json(), at, reply.address, reply.simulated)

    @_asks
    async def attitude(self, at: Instant) -> Attitude:
        """Axes of the spacecraft."""
        reply = await self._get(f"integralhk/api/v1.0/att/{at.iso}", at=at)
        return attitude_from_text(reply.text, at, reply.address, reply.simulated)

    @_asks
    async def orbit(self, at: Instant) -> OrbitState:
        """Place of the spacecraft."""
        reply = await self._get(f"integralhk/api/v1.0/ephs/{at.iso}", at=at)
        return orbit_from_text(reply.text, at, reply.address, reply.simulated)

    @_asks
    async def history(self, start: Instant, stop: Instant, tier: Literal["cons", "nrt"] = "cons") -> dict[str, Any]:
        """Columns of attitude and orbit between two instants, asked for in pieces of at most 3 d."""
        merged: dict[str, dict[str, list[Any]]] = {"attitude": {}, "orbit": {}}
        begin = start
        while begin < stop:
            end = min(stop, shift(begin, _LONGEST_HISTORY_S))
            reply = await self._get(f"integralhk/api/v1.0/sc/{begin.iso}/{end.iso}", {"source": tier}, at=end)
            piece = reply.json()
            if not isinstance(piece, dict) or not {"attitude", "orbit"} <= piece.keys():
                raise RefusedInput("not a history of attitude and orbit", where=reply.address)
            for part, table in merged.items():
                for column, values in piece[part].items():
                    table.setdefault(column, []).extend(values)
            begin = end
        return merged

    @_asks
    async def pointings(
        self, start: Instant, stop: Instant, tier: Literal["any", "nrt", "cons"] = "any", **wishes: str
    ) -> tuple[Pointing, ...]:
        """Science windows that overlap [start, stop]; `wishes` go on as they are (ra, dec, radius, min_good_isgri)."""
        reply = await self._get(
            f"timesystem/api/v1.0/scwlist/{tier}/{start.iso}/{stop.iso}", {**wishes, "return_columns": _WINDOW_COLUMNS}, at=stop
        )
        return pointings_from_columns(reply.json(), reply.address)

    # Counts

    @_asks
    async def light_curve(self, target: str, t0: Instant, half_width_s: float) -> LightCurve:
        """Archived counts of a target ("ACS", "IBIS_VETO", "ISGRIRAW_MCE0" …); over a perigee by asking twice.

        Raises
        ------
        NoData, NotYet, ServiceRefused, ServiceUnreachable, BadRequest, OddReply
        """
        try:
            return await self._genlc(target, t0, half_width_s)
        except OverRevolution:
            boundary = await self._boundary(shift(t0, -half_width_s), shift(t0, half_width_s))
        low, high = seconds_between(boundary, t0) + half_width_s, half_width_s - seconds_between(boundary, t0)
        if low <= 0 or high <= 0:
            raise OverRevolution("the service refuses a request within one revolution", where=self.address)
        # A bin short of the perigee on either side: no data is taken there in any case.
        before = self._genlc(target, shift(boundary, -0.5 * low), 0.5 * low - 0.05)
        after = self._genlc(target, shift(boundary, 0.5 * high), 0.5 * high - 0.05)
        parts = await asyncio.gather(before, after, return_exceptions=True)
        found = [part for part in parts if isinstance(part, LightCurve)]
        failed = [part for part in parts if isinstance(part, BaseException)]
        if any(not isinstance(error, NoData) for error in failed) or not found:
            raise next((e for e in failed if not isinstance(e, NoData)), failed[0])
        return join(found, [str(error) for error in failed])

    async def _boundary(self, start: Instant, stop: Instant) -> Instant:
        """The perigee between two instants of successive revolutions."""
        first, last = await self._revolution(start), await self._revolution(stop)
        if last != first + 1:
            raise OverRevolution(f"{start} to {stop} spans revolutions {first} to {last}: ask for less", where=self.address)
        return from_ijd(await self.revolution_start(last))

    async def _revolution(self, at: Instant) -> int:
        text = await self.convert_time(at.iso, "UTC", "REVNUM")
        try:
            return math.floor(float(text))
        except ValueError as error:
            raise RefusedInput(f"not a revolution number: {text[:60]!r}", where=self.address) from error

    async def _genlc(self, target: str, t0: Instant, half_width_s: float) -> LightCurve:
        reply = await self._get(f"integralhk/api/v1.0/genlc/{target}/{t0.iso}/{half_width_s!r}", at=t0)
        return self._read(reply, t0, half_width_s, "unknown")

    @_asks
    async def realtime(self, t0: Instant, half_width_s: float) -> tuple[LightCurve, DataExpectation | None]:
        """SPI-ACS counts of the real-time stream, and whether data is expected."""
        reply = await self._get(f"integralhk/api/v1.0/rtlc/{t0.iso}/{half_width_s!r}", {"json": "", "prophecy": ""}, at=t0)
        document = reply.json()
        said = document.get("prophecy") if isinstance(document, dict) else None
        expected = expectation_from_prophecy(said, t0, reply.address) if said else None
        return self._read(reply, t0, half_width_s, "realtime"), expected

    @_asks
    async def expectation(self, at: Instant) -> DataExpectation:
        """Whether data was expected at an instant, as the real-time service tells it."""
        reply = await self._get(f"integralhk/api/v1.0/rtlc/{at.iso}/1", {"json": "", "prophecy": ""}, at=at)
        document = reply.json()
        if not isinstance(document, dict) or not document.get("prophecy"):
            raise RefusedInput("the reply has no prophecy", where=reply.address)
        return expectation_from_prophecy(document["prophecy"], at, reply.address)

    def _read(self, reply: Reply, t0: Instant, half_width_s: float, tier: Tier) -> LightCurve:
        try:
            lc = read_lightcurve(reply.content, reply.address)
            _check_answer(lc, t0, half_width_s, reply.address)
        except NoData as error:
            raise self._by_age(error, t0) from error
        simulated = reply.simulated or lc.info.simulated
        info = msgspec.structs.replace(lc.info, tier="simulated" if simulated else tier, simulated=simulated)
        return LightCurve(start_s=lc.start_s, width_s=lc.width_s, counts=lc.counts, info=info)

    async def health(self) -> dict[str, str]:
        """Status words by service: {"gateway": "OK", "realtime": "NOK"}."""
        words = {}
        for name, path in (("gateway", "healthcheck"), ("realtime", "integralhk/api/v1.0/rthealth")):
            reply = (await self._get(path)).json()
            if not isinstance(reply, dict) or "status" not in reply:
                raise RefusedInput("a health check without status", where=self.address + path)
            words[name] = str(reply["status"])
        return words


def _check_answer(lc: LightCurve, t0: Instant, half_width_s: float, address: str) -> None:
    """Raises RefusedInput where a light curve cannot be the counts that were asked for."""
    if (lc.counts < 0.0).any():
        raise RefusedInput("counts below zero", where=address)
    # Of what a service gives beyond the window by a bin or so nobody makes a fault.
    slack_s = half_width_s + 2.0 * lc.info.bin_s
    offset_s = seconds_between(lc.info.reference, t0)
    first_s, last_s = float(lc.start_s[0]) + offset_s, float(lc.stop_s[-1]) + offset_s
    if last_s < -slack_s or first_s > slack_s:
        raise RefusedInput(f"counts of {first_s:+.0f} to {last_s:+.0f} s from {t0}, not within {half_width_s:g} s", where=address)


def _two_times(text: str, address: str) -> tuple[float, float]:
    """`<word> t1 t2`, `t1:t2` or `t1 t2`."""
    numbers = []
    for word in text.replace(":", " ").split():
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    if len(numbers) < 2:
        raise RefusedInput(f"not two times: {text[:80]!r}", where=address)
    return numbers[-2], numbers[-1]
